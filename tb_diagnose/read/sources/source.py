"""Where bytes come from: a local file, or a remote one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
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
        remote: whether each read is a question over the network.
    """

    size: int
    remote: bool

    def readinto(self, view: memoryview, offset: int, /) -> int:
        """Reads from ``offset`` on into ``view``; returns how many bytes, 0 only at the end."""

    def data_from(self, offset: int, /) -> int:
        """The first place from ``offset`` on that is not in a hole of the file."""


class _Local:
    remote = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        if is_virtual((status.st_dev, status.st_ino)):
            raise OSError(errno.EINVAL, "it is a file of the operating system")
        self.size = status.st_size

    def readinto(self, view: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [view], offset)
        # Windows has no such call, and counts the place in the file itself.
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        part = os.read(self._descriptor, len(view))
        view[: len(part)] = part
        return len(part)

    def data_from(self, offset: int) -> int:
        if not hasattr(os, "SEEK_DATA"):
            return offset
        try:
            return os.lseek(self._descriptor, offset, os.SEEK_DATA)
        except OSError as error:
            # There is nothing but a hole any more, or the file system does not tell.
            return self.size if error.errno == errno.ENXIO else offset


def is_virtual(identity: object) -> bool:
    """Whether a file or folder, (device, inode), is made up by the operating system."""
    return isinstance(identity, tuple) and identity[0] in _virtual()


@lru_cache(maxsize=1)
def _virtual() -> frozenset[int]:
    """The devices of file systems that hold no logs; reading from a file there may never end."""
    found = set()
    for folder in ("/proc", "/sys"):
        with suppress(OSError):
            found.add(Path(folder).stat().st_dev)
    return frozenset(found - {Path(os.sep).stat().st_dev})


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
    # A pipe that has taken the file's place must not be waited for.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    try:
        yield _Local(descriptor)
    finally:
        os.close(descriptor)


def beginning(path: Place, size: int) -> bytes:
    """The first ``size`` bytes of a file, or all if it has fewer. Raises OSError."""
    if isinstance(path, Remote):
        return path.store.read(path.key, 0, min(size, path.stat().st_size))
    with opened(path) as source:
        view = memoryview(bytearray(min(size, source.size)))
        return bytes(view[: source.readinto(view, 0)])


def below(folder: Place, path: Place) -> str:
    """``path`` relative to ``folder``, with slashes; ``""`` where it is not below it."""
    if path.parent == folder:
        return path.name
    inner, outer = (
        PurePosixPath(each.key) if isinstance(each, Remote) else each for each in (path, folder)
    )
    return inner.relative_to(outer).as_posix() if inner.is_relative_to(outer) else ""


def readable(name: str) -> str:
    """A name for a person: bytes in it that are no UTF-8 are shown as ``\\xff``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
