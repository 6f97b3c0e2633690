"""Straight lines through parts of a curve, and how sure a change from one to the next is."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: False changes per curve that are accepted where there is only noise.
FALSE_CHANGES = 5e-3


class Line(NamedTuple):
    """A weighted least-squares line through some points.

    Attributes:
        first, last: index of its first and last point.
        center, level: where its error is smallest, and its height there.
        slope: height for each unit of ``center``.
        level_error, slope_error: standard errors, for points of the error that was given.
    """

    first: int
    last: int
    center: float
    level: float
    slope: float
    level_error: float
    slope_error: float

    @property
    def slope_score(self) -> float | None:
        """The slope in units of its standard error; None for a single point."""
        known = self.last > self.first and self.slope_error > 0
        return self.slope / self.slope_error if known else None

    def at(self, place: float) -> float:
        """Height at a place."""
        return self.level + self.slope * (place - self.center)

    def at_all(self, places: NDArray[Any]) -> Floats:
        """Height at each of [n] places. [n]"""
        return np.asarray(self.level + self.slope * (places - self.center))

    def error_at(self, place: float) -> float:
        """Standard error of the height at a place."""
        return math.hypot(self.level_error, self.slope_error * (place - self.center))


def change_penalty(points: int) -> float:
    """What a further piece must take from the sum of squares (in units of the noise variance).

    A piece more fits two numbers more, so that in pure noise each place takes a chi-square of two
    degrees off: more than x with probability exp(-x / 2). Over n places that is n exp(-x / 2).
    """
    return 2 * math.log(max(points, 2) / FALSE_CHANGES)


def universal_limit(points: int, chance: float = FALSE_CHANGES) -> float:
    """What the largest of n normal values exceeds with no more than this probability.

    In standard deviations. Source: Donoho and Johnstone 1994, "Ideal spatial adaptation by
    wavelet shrinkage", with the probability kept explicit.
    """
    return math.sqrt(2 * math.log(max(points, 2) / chance))


def fit_line(places: Floats, heights: Floats, errors: Floats, first: int, last: int) -> Line:
    """The line through the points ``first`` to ``last`` of [n]; level through a single one."""
    t, z = places[first : last + 1], heights[first : last + 1]
    weights = errors[first : last + 1] ** -2.0
    total = float(weights.sum())
    center = float((weights * t).sum()) / total
    level = float((weights * z).sum()) / total
    apart = t - center
    spread = float((weights * apart**2).sum())
    slope = float((weights * apart * (z - level)).sum()) / spread if spread > 0 else 0.0
    slope_error = spread**-0.5 if spread > 0 else math.inf
    if last == first:
        slope_error = 0.0
    return Line(first, last, center, level, slope, total**-0.5, slope_error)
