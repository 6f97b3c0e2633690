"""What a terminal can show: its width, its colors, its characters; lines wrapped to fit it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tb_diagnose.report.document.numbers import visible

_CODES = {"red": "31", "yellow": "33", "blue": "34", "green": "32", "bold": "1", "dim": "2"}
_ASCII: dict[str, str | int | None] = {
    "✗": "x", "▲": "!", "●": "i", "✓": "+", "○": "?", "└": "`", "·": "-", "–": "-", "−": "-",
    "→": "->", "…": "...", "×": "x", "∞": "inf", "≥": ">=", "≤": "<=", "≈": "~", "±": "+-",
    "’": "'", "‘": "'", "“": '"', "”": '"', "µ": "u", "σ": "sigma", "²": "^2", "√": "sqrt",
    "▁": "_", "▂": "_", "▃": ".", "▄": "-", "▅": "-", "▆": "=", "▇": "=", "█": "#",
}  # fmt: skip
_BLANKS = re.compile(r"[\t\n\r\v\f]")

#: What is of one column each, as nearly all is.
_NARROW = re.compile(f"[ -~{''.join(_ASCII)}]*")

#: Between words, but not before a dot, within "11.1 M" or within "2m 41s".
_BREAK = re.compile(r" +(?!·|[kMG]\b|\d+[smhd]\b)")


class Screen(NamedTuple):
    """How to print.

    Attributes:
        width: columns of the terminal.
        color: whether it understands ANSI colors.
        unicode: whether its encoding has the characters that this report uses.
        verbose: whether all evidence and all outcomes are shown.
        quiet: whether a run gets one line.
        encoding: of the characters.
    """

    width: int = 100
    color: bool = False
    unicode: bool = True
    verbose: bool = False
    quiet: bool = False
    encoding: str = "utf-8"

    @property
    def prose(self) -> int:
        """Columns for sentences: longer lines than 104 are hard to read (chosen)."""
        return min(self.width, 104)

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles, where there is color."""
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def finish(self, text: str) -> str:
        """The whole report in characters that this terminal has."""
        if self.unicode:
            return text
        return text.translate(str.maketrans(_ASCII)).encode("ascii", "replace").decode()


def plain(text: str) -> str:
    """A text from a log as one line, with nothing in it that could command the terminal."""
    return visible(_BLANKS.sub(" ", text))


def shortened(text: str, width: int) -> str:
    """A text in at most ``width`` columns, the rest of it behind an ellipsis."""
    if columns(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += columns(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def columns(text: str) -> int:
    """How many columns a text without control characters takes."""
    if text.isascii() or _NARROW.fullmatch(text):
        return len(text)
    return sum(map(_columns, text))


@lru_cache(maxsize=1024)
def _columns(character: str) -> int:
    wide = unicodedata.east_asian_width(character) in "WF"
    return 1 + wide - bool(unicodedata.combining(character))


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> Iterator[str]:
    """The words of a text in lines of at most ``width`` columns.

    The first line begins with ``first``, the others with ``rest`` (as many blanks where None). A
    word longer than a line stands alone on one: paths and code must stay whole to be copied.
    """
    even = text and "  " not in text and text == text.strip(" ")
    if even and columns(first) + columns(text) <= width:
        yield first + text  # as nearly all do
        return
    line, empty = first, True
    blank = " " * columns(first) if rest is None else rest
    for word in filter(None, _BREAK.split(text)):
        if not empty and columns(line) + 1 + columns(word) > width:
            yield line
            line, empty = blank, True
        line += word if empty else f" {word}"
        empty = False
    if not empty:
        yield line
