"""Values that stand out from the rest of their kind, and runs of them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import quantile, row_medians
from tb_diagnose.measure.noise import sampled
from tb_diagnose.measure.piecewise import universal_limit

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: Share of curves of pure noise in which a value may stand out.
FALSE_OUTLIERS = 1e-3
#: Fewer residuals say little of their tail: its 95th percentile would be one of the two largest.
_TAIL = 40
#: The tail is told by two pairs of quantiles: a twentieth or a fifth of the values may stand out.
_SHARES = ((0.8, 0.95), (0.5, 0.8))
#: In fewer values than this, two in a row that stand out are no accident.
_SHORT = 32
#: A value further from its neighbors' median is moved to that distance, in standard errors.
_CLIP = 3.0


def outlier_limit(residuals: Floats) -> float:
    """Size that the largest of [n] residuals (in units of the noise) hardly exceeds by chance.

    That of normal noise, or of a heavier tail: two quantiles of the sizes give the exponent of a
    Weibull tail, which is extrapolated to one curve in a thousand; of two such pairs, the one that
    makes the tail lighter, since the other may hold outliers.
    """
    n = len(residuals)
    limit = universal_limit(n, FALSE_OUTLIERS)
    if n < _TAIL:
        return limit
    sizes = np.abs(sampled(residuals))
    return max(limit, min(_extrapolated(sizes, n, *shares) for shares in _SHARES))


def _extrapolated(sizes: Floats, n: int, usual: float, high: float) -> float:
    """What one of n sizes exceeds in one of a thousand curves, by two quantiles of a sample."""
    low, top = quantile(sizes, usual), quantile(sizes, high)
    if not top > low > 0:
        return top
    power = math.log(math.log(1 - high) / math.log(1 - usual)) / math.log(top / low)
    further = math.log(n / FALSE_OUTLIERS) / -math.log(1 - high)
    return top * math.exp(min(math.log(further) / power, 300.0))


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of true values in [n]."""
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1 if len(mask) else np.empty(0, np.int64)
    bounds = [0, *edges.tolist(), len(mask)]
    return [(i, j - 1) for i, j in pairwise(bounds) if j > i and mask[i]]


def departures(residuals: Floats, limit: float) -> list[tuple[int, int, int]]:
    """(first, last, peak) of each run of [n] residuals on one side that exceeds the limit.

    A run begins and ends where half of the limit is crossed.
    """
    found = []
    for side in (1.0, -1.0):
        heights = side * residuals
        if heights.max(initial=0.0) > limit:
            for first, last in runs(heights > limit / 2):
                peak = first + int(heights[first : last + 1].argmax())
                if heights[peak] > limit:
                    found.append((first, last, peak))
    return sorted(found)


def moving_median(values: Floats) -> Floats:
    """Median of the five values around each of [n]; of three, and of one, at the ends. [n]

    Of three throughout where n < 32: in so few points, two that stand out are no accident.
    """
    n = len(values)
    found: Floats = values.copy()
    if n < 3:
        return found
    if n < _SHORT:
        found[1:-1] = row_medians(_windows(values, 3))
    else:
        found[[1, -2]] = row_medians(np.array([values[:3], values[-3:]]))
        found[2:-2] = row_medians(_windows(values, 5))
    return found


def _windows(values: Floats, size: int) -> Floats:
    """Every ``size`` values in a row of [n]. [n - size + 1, size]"""
    first = np.arange(len(values) - size + 1)
    return np.asarray(values[first[:, None] + np.arange(size)])


def clip_outliers(values: Floats, errors: Floats) -> Floats:
    """[n] values, none further than three of its standard ``errors`` from its neighbors' median.

    Excursions of one or two values go; the very ends, which have no neighbors, stay.
    """
    middle = moving_median(values)
    low, high = middle - _CLIP * errors, middle + _CLIP * errors
    return np.asarray(np.minimum(np.maximum(values, low), high))
