"""Where bytes come from: a local file, or a remote one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from tb_diagnose.read.sources.ranges import Ranges
from tb_diagnose.read.sources.remote import Remote, is_remote, remote

#: A file or folder, wherever it is.
Place = Path | Remote


class Source(Protocol):
    """An open file.

    Attributes:
        size: its bytes when it was opened.
        node: what tells it from a file that takes its place.
    """

    size: int
    node: tuple[int, int]

    def readinto(self, view: memoryview, offset: int) -> int:
        """Reads from ``offset`` on into ``view``; returns how many bytes, 0 only at the end."""


class _Local:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        self.size, self.node = status.st_size, (status.st_dev, status.st_ino)

    def readinto(self, view: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [view], offset)
        # Windows has no such call, and counts the place in the file itself.
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        part = os.read(self._descriptor, len(view))
        view[: len(part)] = part
        return len(part)


def place(path: str | Place) -> Place:
    """A path, or an address such as ``s3://bucket/logs``.

    Raises OSError, one sentence, where what reading such an address takes is not installed.
    """
    if isinstance(path, Remote):
        return path
    return remote(path) if isinstance(path, str) and is_remote(path) else Path(path)


@contextmanager
def opened(path: Place) -> Iterator[Source]:
    """The bytes of a file. Raises OSError."""
    if isinstance(path, Remote):
        yield Ranges(path)
        return
    # Not by ``Path.open``, which makes a stream of it: of a short file, that is half the work.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        yield _Local(descriptor)
    finally:
        os.close(descriptor)


def beginning(path: Place, size: int) -> bytes:
    """The first ``size`` bytes of a file, or all if it has fewer. Raises OSError."""
    if isinstance(path, Remote):
        return path.store.read(path.key, 0, min(size, path.stat().st_size))
    with path.open("rb") as handle:
        return handle.read(size)


def below(folder: Place, path: Place) -> str:
    """``path`` relative to ``folder``, with slashes; ``""`` where it is not below it."""
    if path.parent == folder:
        return path.name
    inner, outer = (
        PurePosixPath(each.key) if isinstance(each, Remote) else each for each in (path, folder)
    )
    return inner.relative_to(outer).as_posix() if inner.is_relative_to(outer) else ""
