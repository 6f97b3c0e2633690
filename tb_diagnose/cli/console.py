"""Standard output and standard error: what they can show, and writing to them."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TextIO

from tb_diagnose.report.screen import Screen

#: Columns where no terminal tells (chosen: what a log viewer or a mail shows unbroken).
_WIDTH = 100
#: Seconds before progress is shown, and between two updates (chosen: no flicker on short jobs).
_PATIENCE = 1.0
_PAUSE = 0.1
#: One character of each kind that the report uses; a terminal that has these has them all.
_SAMPLE = "✗▲●✓○└·–→…×▁█"


def screen(*, colour: str, verbose: bool, file: Path | None) -> Screen:
    """How to print to standard output, or to ``file``; ``colour`` is auto, always or never."""
    terminal = file is None and sys.stdout.isatty()
    dumb = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Screen(
        width=max(40, shutil.get_terminal_size((_WIDTH, 24)).columns) if terminal else _WIDTH,
        colour=colour == "always" or (colour == "auto" and terminal and not dumb),
        unicode=file is not None or _has(sys.stdout, _SAMPLE),
        verbose=verbose,
    )


def write(text: str, file: Path | None, *, utf8: bool = False) -> bool:
    """Write to ``file`` in UTF-8, or to standard output in its encoding (or in ``utf8``).

    Raises OSError where the file cannot be written. A reader of standard output that has gone
    away, as ``head`` does, is no error; False then.
    """
    if file is not None:
        file.write_text(text, encoding="utf-8", newline="\n")
        return True
    try:
        if utf8 and hasattr(sys.stdout, "buffer"):
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode("utf-8"))
        else:
            encoding = sys.stdout.encoding or "utf-8"
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more at exit, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


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
