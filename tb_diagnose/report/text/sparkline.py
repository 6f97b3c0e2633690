"""A curve in one line of eight block heights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tb_diagnose.report.document.schema import CurvePart
from tb_diagnose.report.text.phrases import brief

_BLOCKS = "▁▂▃▄▅▆▇█"
_MISSING = "×"
#: Beyond this ratio of largest to smallest, heights are logarithmic (chosen: on a linear scale
#: eight heights would show everything below an eighth of the largest as the same).
_WIDE = 1e3
#: A peak is told when it tops both ends by this factor (chosen: less can be seen in the line).
_PEAK = 1.5


class Columns(NamedTuple):
    """A curve in a few columns of one width in steps.

    Attributes:
        heights: the largest value in each column, None where there is none.
        gaps: columns that hold a point that is not finite.
        low, reach: the first step, and how many there are to the last.
    """

    heights: list[float | None]
    gaps: set[int]
    low: int
    reach: int

    def at(self, step: int) -> int:
        """The column of a step."""
        return (step - self.low) * len(self.heights) // self.reach


def in_columns(curve: CurvePart, width: int) -> Columns:
    """The curve in at most ``width`` columns; in none where it has no point."""
    broken = curve["nonfinite"]
    ends = [*curve["steps"], *(step for part in broken for step in (part["first"], part["last"]))]
    if not ends:
        return Columns([], set(), 0, 1)
    low, reach = min(ends), max(ends) - min(ends) + 1
    points = len(curve["steps"]) + sum(part["count"] for part in broken)
    columns = Columns([None] * max(1, min(width, reach, points)), set(), low, reach)
    for step, value in zip(curve["steps"], map(float, curve["values"]), strict=True):
        at = columns.at(step)
        other = columns.heights[at]
        columns.heights[at] = value if other is None else max(value, other)
    for part in broken:
        columns.gaps.update(range(columns.at(part["first"]), columns.at(part["last"]) + 1))
    return columns


def sparkline(curve: CurvePart, width: int, marked: Sequence[int] = ()) -> tuple[str, set[int]]:
    """The curve in at most ``width`` columns, and which of them hold the ``marked`` steps.

    A column shows the largest value in it, × where only NaN or infinity stood.
    """
    columns = in_columns(curve, width)
    inside = (step for step in marked if 0 <= step - columns.low < columns.reach)
    hot = {columns.at(step) for step in inside} if columns.heights else set()
    return _drawn(columns.heights, columns.gaps), hot


def caption(curve: CurvePart) -> tuple[str, str]:
    """The numbers around the line: the first value; the last, and the peak where it tops both."""
    values = [float(value) for value in curve["values"]]
    broken = curve["nonfinite"]
    if not values:
        return "", brief(broken[-1]["value"]) if broken else ""
    ends_broken = bool(broken) and broken[-1]["last"] > curve["steps"][-1]
    top = max(values)
    peak = f", up to {brief(top)}" if top > _PEAK * max(abs(values[0]), abs(values[-1])) else ""
    return brief(values[0]), brief(broken[-1]["value"] if ends_broken else values[-1]) + peak


def _drawn(heights: Sequence[float | None], gaps: set[int]) -> str:
    known = [height for height in heights if height is not None]
    if known and min(known) > 0 and max(known) / min(known) > _WIDE:
        heights = [None if height is None else math.log(height) for height in heights]
        known = [math.log(value) for value in known]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    # Halves, so that the difference of two huge numbers does not overflow.
    least, reach, top = low / 2, high / 2 - low / 2, len(_BLOCKS) - 1
    line, last = "", _MISSING
    for at, height in enumerate(heights):
        if height is not None:
            last = _BLOCKS[round((height / 2 - least) / reach * top) if reach > 0 else 0]
        line += _MISSING if height is None and at in gaps else last
    return line
