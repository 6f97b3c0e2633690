"""Where bytes come from: a local file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tb_diagnose.read.sources.source import opened


@pytest.mark.parametrize("system", ("posix", "windows"))
def test_any_part_of_a_file_is_read(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if system == "windows":
        monkeypatch.delattr(os, "preadv")
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    view = bytearray(4)
    with opened(path) as source:
        assert source.size == 10
        assert [source.readinto(memoryview(view), at) for at in (10, 8, 3)] == [0, 2, 4]
    assert view == b"3456"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "kernel").symlink_to("/proc/version")
    for name in ("pipe", "device", "kernel"):
        with pytest.raises(OSError, match="it is"), opened(tmp_path / name):
            pass


def test_holes_are_known(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(1 << 24)
        file.seek(1 << 23)
        file.write(b"data")
    with opened(path) as source:
        assert source.data_from(0) in (0, 1 << 23)  # as far as the file system tells
        assert source.data_from((1 << 23) + 2) == (1 << 23) + 2
        assert source.data_from(1 << 24) == 1 << 24


def test_what_cannot_be_opened_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(tmp_path / "gone"):
        pass
