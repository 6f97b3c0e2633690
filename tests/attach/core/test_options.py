"""Wrong arguments fail at once, with one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tb_diagnose.attach.core.options import check_options, checked_folder, described_error

WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "every below 1": ({"every": 0}, ValueError, "every is 1 or more"),
    "every no number": ({"every": "often"}, TypeError, "every is a whole number"),
    "every a half": ({"every": 0.5}, TypeError, "every is a whole number"),
    "budget of nothing": ({"budget": 0.0}, ValueError, "share of the training's time"),
    "budget above all": ({"budget": 2}, ValueError, "share of the training's time"),
    "budget no number": ({"budget": "2 %"}, TypeError, "share of the training's time"),
    "on_finding unknown": ({"on_finding": "halt"}, ValueError, 'on_finding is "warn", "stop"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_senseless_option_is_refused(case: str) -> None:
    options, kind, message = WRONG[case]
    with pytest.raises(kind, match=message):
        check_options(**{"every": None, "budget": 0.02, "on_finding": None} | options)


def test_sensible_options_pass() -> None:
    check_options(None, 0.02, None)
    check_options(7, 1, print)
    check_options(1, 0.5, "stop")


def test_a_folder_is_a_path() -> None:
    assert checked_folder(None) is None
    assert str(checked_folder("logs")) == "logs"
    with pytest.raises(TypeError, match=r"^logdir is a folder's path, not a list$"):
        checked_folder(["logs"])


def test_an_error_names_what_was_given() -> None:
    assert str(described_error("writer", "a path", 3)) == "writer is a path, not an int"
    assert str(described_error("writer", "a path", None)) == "writer is a path, not None"
