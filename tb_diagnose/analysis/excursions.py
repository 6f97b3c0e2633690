"""Which single points of a curve are excursions, and which are segments of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.outliers import departures, outlier_limit
from tb_diagnose.measure.partition import SHORTEST
from tb_diagnose.measure.piecewise import Line, fit_line

Floats = NDArray[np.float64]


class Departure(NamedTuple):
    """Points that depart from the curve's course and come back. Indices into the finite values.

    Attributes:
        first, last, peak: where it begins, ends, and is furthest away.
        score: how far that is, in units of the noise; negative below the course.
    """

    first: int
    last: int
    peak: int
    score: float


def judge_points(
    heights: Floats, lines: Sequence[Line], returned: Sequence[tuple[int, int]]
) -> tuple[list[Line], list[Departure], float]:
    """The lines with segments of a few points at the ends, the excursions, and their limit.

    ``heights`` [n] and ``lines`` are in units of the noise, ``returned`` the points, from first to
    last, that are known to depart from their line and to come back to it. Departures that reach an
    end of the curve are segments, the others excursions.
    """
    segments = _without_short_ends(lines)
    residuals = heights - fitted(segments, len(heights))
    limit = outlier_limit(residuals)
    runs = departures(residuals, limit)
    end = len(heights) - 1
    if runs and runs[-1][1] == end and runs[-1][0] > segments[-1].first:
        first = runs.pop()[0]
        before = _without_short_ends([*segments[:-1], segments[-1]._replace(last=first - 1)])
        segments = [*before, _line(heights, first, end)]
    if runs and runs[0][0] == 0 and runs[0][1] < segments[0].last:
        last = runs.pop(0)[1]
        segments = [_line(heights, 0, last), segments[0]._replace(first=last + 1), *segments[1:]]
    runs = [run for run in runs if _stands_out(heights, run, limit)]
    for first, last in returned:
        if not any(start <= last and stop >= first for start, stop, _ in runs):
            peak = first + int(np.abs(residuals[first : last + 1]).argmax())
            runs.append((first, last, peak))
    excursions = [Departure(*run, float(residuals[run[2]])) for run in sorted(runs)]
    return segments, excursions, limit


def _stands_out(heights: Floats, departure: tuple[int, int, int], limit: float) -> bool:
    """Whether it is apart from what comes before and behind it, and no bend of the course."""
    first, last, peak = departure
    beside = heights[[at for at in (first - 1, last + 1) if 0 <= at < len(heights)]]
    apart = heights[peak] - beside
    return bool(np.all(apart > limit / 2) or np.all(apart < -limit / 2))


def fitted(lines: Sequence[Line], points: int) -> Floats:
    """The height of the lines at each point. [points]"""
    heights = np.empty(points)
    for line in lines:
        heights[line.first : line.last + 1] = line.at_all(np.arange(line.first, line.last + 1))
    return heights


def _without_short_ends(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of one or two points at the ends left to their neighbors.

    Least squares does not tell a segment of so few from an outlier; single points are judged by
    the tail of the residuals.
    """
    segments = list(lines)
    if len(segments) > 1 and segments[-1].last - segments[-1].first + 1 < SHORTEST:
        last = segments.pop().last
        segments[-1] = segments[-1]._replace(last=last)
    if len(segments) > 1 and segments[0].last - segments[0].first + 1 < SHORTEST:
        segments = [segments[1]._replace(first=segments[0].first), *segments[2:]]
    return segments


def _line(heights: Floats, first: int, last: int) -> Line:
    """The line through the points ``first`` to ``last``."""
    places = np.arange(len(heights), dtype=np.float64)[first : last + 1]
    count = last - first + 1
    line = fit_line(places, heights[first : last + 1], np.ones(count), 0, count - 1)
    return line._replace(first=first, last=last)
