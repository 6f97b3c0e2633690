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
    """

    size: int

    def readinto(self, view: memoryview, offset: int) -> int:
        """Reads from ``offset`` on into ``view``; returns how many bytes, 0 only at the end."""


class _Local:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def readinto(self, view: memoryview, offset: int) -> int:
        return os.preadv(self._descriptor, [view], offset)


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
    with path.open("rb", buffering=0) as handle:
        yield _Local(handle.fileno())


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
