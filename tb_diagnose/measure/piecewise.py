"""Straight pieces that describe a curve: the best segmentation of all, by dynamic programming."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: False changes per curve that are accepted where there is only noise.
FALSE_CHANGES = 5e-3
#: Points that a piece in the middle has at least: fewer come back, and are excursions.
SHORTEST = 3


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


def costs(places: Floats, heights: Floats, errors: Floats) -> Floats:
    """Weighted squares that a line through the points i to j - 1 leaves, at [j, i]; else inf.

    ``places``, ``heights`` and standard ``errors`` are [n]; the result is [n + 1, n + 1].
    """
    n = len(places)
    weights = errors**-2.0
    t = (places - places.mean()) / max(float(np.ptp(places)), 1.0)
    z = heights - np.sort(heights)[n // 2]
    columns = np.stack([weights, weights * t, weights * t * t, weights * z, weights * t * z,
                        weights * z * z])  # fmt: skip
    sums = np.zeros((6, n + 1))
    np.cumsum(columns, axis=1, out=sums[:, 1:])
    w, wt, wtt, wz, wtz, wzz = sums[:, :, None] - sums[:, None, :]
    lower = np.tri(n + 1, k=-1, dtype=np.bool_)
    w = np.where(lower, w, 1.0)
    stt, stz, szz = wtt - wt * wt / w, wtz - wt * wz / w, wzz - wz * wz / w
    straight = np.where(stt > 1e-12 * w, stt, np.inf)
    left = np.maximum(szz - stz * stz / straight, 0.0)
    return np.where(lower, left, np.inf)


def segment(
    places: Floats, heights: Floats, errors: Floats, sizes: Places
) -> list[tuple[int, int]]:
    """The pieces [(first, last)] whose lines, with a penalty for each, fit [n >= 1] points best.

    Exact: every segmentation is considered (Jackson et al. 2005, "An algorithm for optimal
    partitioning of data on an interval"). O(n^2): long curves are binned first, and ``sizes`` [n]
    says how many points each is made of. Only the first and the last piece may have fewer than
    three.
    """
    n = len(places)
    penalty = change_penalty(n)
    cost = costs(places, heights, errors)
    for short in range(1, SHORTEST):
        starts = np.arange(1, n - short)
        counts = np.convolve(sizes, np.ones(short, np.int64), "valid")[1:-1]
        starts = starts[counts < SHORTEST]
        cost[starts + short, starts] = np.inf
    best = np.zeros(n + 1)
    last = np.zeros(n + 1, np.int64)
    for j in range(1, n + 1):
        total = best[:j] + cost[j, :j]
        last[j] = i = int(total.argmin())
        best[j] = total[i] + penalty
    pieces, j = [], n
    while j > 0:
        pieces.append((int(last[j]), j - 1))
        j = int(last[j])
    return pieces[::-1]


def fit_line(places: Floats, heights: Floats, errors: Floats, first: int, last: int) -> Line:
    """The line through the points ``first`` to ``last`` of [n]; level through a single one."""
    t, z = places[first : last + 1], heights[first : last + 1]
    weights = errors[first : last + 1] ** -2.0
    total = float(weights.sum())
    center = float(np.sum(weights * t)) / total
    level = float(np.sum(weights * z)) / total
    spread = float(np.sum(weights * (t - center) ** 2))
    slope = float(np.sum(weights * (t - center) * (z - level))) / spread if spread > 0 else 0.0
    slope_error = spread**-0.5 if spread > 0 else math.inf
    if last == first:
        slope_error = 0.0
    return Line(first, last, center, level, slope, total**-0.5, slope_error)
