"""Standard output, standard error and files: what they can show, and writing to them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, TextIO

from tb_diagnose.report.text.screen import Screen

#: Columns where no terminal tells (chosen: what a log viewer or a mail shows unbroken), and the
#: fewest that text is wrapped to.
_WIDTH, _NARROWEST = 100, 40
#: Seconds before progress is shown, and between two updates (chosen: no flicker on short jobs).
_PATIENCE = 1.0
_PAUSE = 0.1
#: One character of each kind that the report uses; a terminal that has these has them all.
_SAMPLE = "✗▲●✓○└·–→…×▁█"


def screen(*, color: str, file: Path | None, verbose: bool = False, quiet: bool = False) -> Screen:
    """How to print to standard output, or to ``file``; ``color`` is auto, always or never."""
    terminal = file is None and sys.stdout is not None and sys.stdout.isatty()
    return Screen(
        width=_width(terminal=terminal),
        color=color == "always" or (color == "auto" and _colors(terminal=terminal)),
        unicode=file is not None or sys.stdout is None or _has(sys.stdout, _SAMPLE),
        verbose=verbose,
        quiet=quiet,
        encoding=(file is None and getattr(sys.stdout, "encoding", None)) or "utf-8",
    )


def _width(*, terminal: bool) -> int:
    """Of the terminal, or what ``COLUMNS`` says; a pipe without it has the default."""
    if terminal or os.environ.get("COLUMNS", "").isdecimal():
        return max(_NARROWEST, shutil.get_terminal_size((_WIDTH, 24)).columns)
    return _WIDTH


def _colors(*, terminal: bool) -> bool:
    """By the conventions of no-color.org and force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "")
    return forced not in ("", "0") or (terminal and os.environ.get("TERM") != "dumb")


def write(text: str, *, utf8: bool = False) -> bool:
    """Write to standard output in its encoding, or in ``utf8``.

    Returns False where its reader has gone away, as ``head`` does, which is no error. Raises
    OSError where it is closed or full.
    """
    encoding = "utf-8" if utf8 else getattr(sys.stdout, "encoding", None) or "utf-8"
    return write_bytes([text.encode(encoding, "replace")])


def write_bytes(chunks: Iterable[bytes]) -> bool:
    """The same for bytes that come in pieces."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    try:
        for chunk in chunks:
            if hasattr(sys.stdout, "buffer"):
                sys.stdout.flush()
                sys.stdout.buffer.write(chunk)
            else:
                sys.stdout.write(chunk.decode())
        sys.stdout.flush()
    except OSError as error:
        _drop_output()
        if isinstance(error, BrokenPipeError):
            return False
        raise
    return True


def save(chunks: Iterable[bytes], path: Path) -> None:
    """Write a file beside ``path`` and put it in its place: a full disk keeps what was there.

    Raises OSError. What is no file, such as a pipe, is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            _write_all(chunks, file)
        return
    target = Path(os.path.realpath(path))  # a link stays a link
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _write_all(chunks, file)
        _take_mode(target, Path(name))
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _write_all(chunks: Iterable[bytes], file: BinaryIO) -> None:
    file.writelines(chunks)
    file.flush()


def _take_mode(target: Path, fresh: Path) -> None:
    """The permissions of the file that is replaced, or those that a new file has."""
    if target.exists():
        shutil.copymode(target, fresh)
    else:
        mask = os.umask(0)
        os.umask(mask)
        fresh.chmod(0o666 & ~mask)


def _drop_output() -> None:
    """Python flushes standard output once more at exit, and would complain then."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Ticker:
    """``12 of 300 folders`` on one line of a terminal's standard error, once it takes long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shows = stream.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        if self._shows and time.monotonic() >= self._next:
            self._stream.write(f"\r{done:,} of {total:,} folders")
            self._stream.flush()
            self._next = time.monotonic() + _PAUSE
            self._shown = True

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _has(stream: TextIO, sample: str) -> bool:
    try:
        sample.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
