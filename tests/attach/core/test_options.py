"""Wrong arguments fail at once, with one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_diagnose.attach.core.options import check_options, checked_folder, described_error

WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "every below 1": ({"every": 0}, ValueError, "every must be 1 or more"),
    "every no number": ({"every": "often"}, TypeError, "every must be a whole number"),
    "every a half": ({"every": 0.5}, TypeError, "every must be a whole number"),
    "budget of nothing": ({"budget": 0.0}, ValueError, "share of the training's time"),
    "budget above all": ({"budget": 2}, ValueError, "share of the training's time"),
    "budget no number": ({"budget": "2 %"}, TypeError, "share of the training's time"),
    "on_finding unknown": ({"on_finding": "halt"}, ValueError, 'on_finding must be "warn", "stop"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_senseless_option_is_refused(case: str) -> None:
    options, kind, message = WRONG[case]
    with pytest.raises(kind, match=message):
        check_options(**{"every": None, "budget": 0.02, "on_finding": None} | options)


def test_sensible_options_pass() -> None:
    check_options(None, 0.02, None)
    check_options(7, 1, print)
    check_options(np.int64(7), np.float32(0.02), print)
    check_options(1, 0.5, "stop")


def test_a_folder_is_a_path(tmp_path: Path) -> None:
    assert checked_folder("logs/new") == Path("logs/new")
    assert checked_folder(tmp_path) == tmp_path


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TypeError, match=r"^logdir must be a folder's path, not a list$"):
        checked_folder(["logs"])
    with pytest.raises(TypeError, match="not a bytes"):
        checked_folder(b"logs")
    with pytest.raises(ValueError, match=r'not empty; "." is the current folder$'):
        checked_folder("")
    with pytest.raises(ValueError, match=r"file is a file$"):
        checked_folder(tmp_path / "file" / "logs")
    with pytest.raises(ValueError, match=r"on this machine, not s3://bucket/logs$"):
        checked_folder("s3://bucket/logs")


def test_a_folder_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(ValueError, match=r"cannot be written to$"):
        checked_folder(tmp_path)


def test_an_error_names_what_was_given() -> None:
    assert str(described_error("writer", "a path", 3)) == "writer must be a path, not an int"
    assert str(described_error("writer", "a path", None)) == "writer must be a path, not None"
