"""The course of a curve in a few numbers: start, best, end, noise, and the climbs in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import (
    Condensed,
    best,
    condense,
    end_level,
    finite,
    noise,
    start_level,
)
from tb_diagnose.measure.recent import Recent


class Course(NamedTuple):
    """A curve that should fall, in a few numbers. All levels in the curve's unit.

    Attributes:
        points: how many finite values the curve has.
        condensed: the curve as at most 50 medians.
        start, best, end: levels; ``best`` is the lowest running median of three.
        at_best: index of the best in ``condensed``.
        noise: standard deviation of the point-to-point noise of ``condensed``.
    """

    points: int
    condensed: Condensed
    start: float
    best: float
    end: float
    at_best: int
    noise: float

    @property
    def progress(self) -> float:
        """How far the curve came down from its start to its best, never negative."""
        return max(self.start - self.best, 0.0)

    @property
    def rise(self) -> float:
        """How far the end lies above the best, never negative.

        The end is a median over a tenth of the curve, which may begin before the best: a curve
        that falls to its last point ends below it. What rose must be seen behind the best.
        """
        highest = float(np.max(self.after, initial=-np.inf))
        return max(min(self.end, highest) - self.best, 0.0)

    @property
    def after(self) -> NDArray[np.float64]:
        """The condensed values behind the best. [m - 1 - at_best]"""
        return self.condensed.values[self.at_best + 1 :]


#: The courses of the last few arrays, or that there is none: a dozen diagnoses ask for that of the
#: same loss.
_recent: Recent[tuple[Course | None]] = Recent(8)


def course(values: NDArray[Any], sign: int = 1) -> Course | None:
    """The course of [n] values, non-finite ones left out; None where fewer than 2 are finite.

    ``sign`` is -1 for a curve that should rise: the course of its negative.
    """
    known = _recent.get(values, sign)
    if known is None:
        found = _course(finite(values), condense(values), sign)
        known = _recent.note(values, (found,), sign)
    return known[0]


def _course(numbers: NDArray[np.float64], condensed: Condensed, sign: int) -> Course | None:
    if len(numbers) < 2:
        return None
    if sign < 0:
        condensed = replace(condensed, values=-condensed.values)
    at, level = best(condensed.values)
    return Course(
        points=len(numbers),
        condensed=condensed,
        start=sign * start_level(numbers),
        best=level,
        end=sign * end_level(numbers),
        at_best=at,
        noise=noise(condensed.values),
    )


def largest_climb(values: NDArray[np.float64]) -> float:
    """The largest rise of [n] from any point to any later one, in the curve's unit; 0 if none."""
    if len(values) < 2:
        return 0.0
    return float(np.max(values - np.minimum.accumulate(values)))
