"""Writing files: whole or not at all, and what stood there is kept."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tb_diagnose.cli.console import save, screen, write


def full() -> Iterator[bytes]:
    yield b"half"
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text("old")
    path.chmod(0o640)
    save([b"new", b"er"], path)
    assert path.read_text() == "newer"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["r.txt"]


def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text("old")
    with pytest.raises(OSError, match="No space left"):
        save(full(), path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["r.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "r.txt", tmp_path / "link"
    path.write_text("old")
    link.symlink_to(path)
    save([b"new"], link)
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no device here")
def test_a_device_is_written_to() -> None:
    save([b"new"], Path("/dev/null"))
    assert not Path("/dev/null").is_file()


def test_closed_standard_output_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OSError, match="standard output is closed"):
        write("text")


@pytest.mark.parametrize(
    ("environment", "color", "expected"),
    (
        ({}, "auto", False),
        ({}, "always", True),
        ({"FORCE_COLOR": "1"}, "auto", True),
        ({"FORCE_COLOR": "1"}, "never", False),
        ({"FORCE_COLOR": "0"}, "auto", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
    ),
)
def test_colors_by_convention(
    environment: dict[str, str], color: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert screen(color=color, file=None).color is expected
