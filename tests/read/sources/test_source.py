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


def test_a_file_is_told_from_the_one_that_takes_its_place(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    for each in (path, other):
        each.write_bytes(b"same")
    with opened(path) as source:
        before = source.node
    other.replace(path)
    with opened(path) as source:
        assert source.node != before


def test_what_cannot_be_opened_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(tmp_path / "gone"):
        pass
