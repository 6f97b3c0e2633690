"""Single values, and short bursts, that stand far above what lies on both sides of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median, quantile, row_medians

Floats = NDArray[np.float64]

#: Values of one side that a peak is compared with: a sixteenth of the curve, up to 25, and for a
#: burst a quarter.
_FEWEST, _SIDES = 2, ((16, 25), (4, 1000))
#: Fewer values show no usual spread.
ENOUGH = 20
#: Nine of ten normal deviations are below so many standard deviations, half below so many.
_SHARE, _NORMAL, _HALF = 0.9, 1.645, 0.6745
#: What is further out than so many standard deviations, by the median, tells nothing of the spread.
_OUTSIDE = 10.0
#: Peaks that are looked at, the highest first.
_CANDIDATES = 200


class Peak(NamedTuple):
    """A value above both of its sides.

    Attributes:
        place: which of the values.
        base: the higher one of the medians of both sides, in the unit of the values.
        factor: the value over that base; for values of both signs, how many times the size of the
            base it lies above it, plus 1.
        score: its height above the base by the usual spread of the values about their local
            median, of their logarithms where all are positive.
    """

    place: int
    base: float
    factor: float
    score: float


def find_peaks(values: Floats, factor: float, score: float) -> list[Peak]:
    """Peaks of [n] finite values of at least this factor and score, in order.

    The spread is that which nine of ten values keep to, without those that are far outside. One of
    several values that belong together, the highest, stands for all: also of a burst that lasts
    longer than the sides of single values are. None among fewer than 20 values.
    """
    sides = [min(max(len(values) // parts, _FEWEST), most) for parts, most in _SIDES]
    if len(values) < ENOUGH:
        return []
    positive = bool(values.min() > 0)
    heights = np.log(values) if positive else values.astype(np.float64)
    above = heights - _local_medians(heights, 2 * sides[0] + 1)
    spread = _spread(np.abs(above))
    needed = max(score * spread, math.log(factor) if positive else 0.0)
    found: list[Peak] = []
    for side in dict.fromkeys(sides):
        if side != sides[0]:
            above = heights - _local_medians(heights, 2 * side + 1)
        for index in _candidates(above, needed / 2):
            if any(abs(index - peak.place) <= side for peak in found):
                continue
            peak = _peak(heights, index, side, spread, positive=positive)
            if peak.factor >= factor and peak.score >= score:
                found.append(peak)
    return sorted(found)


def _candidates(above: Floats, needed: float) -> list[int]:
    """Where [n] heights above their surroundings are great, but for the ends, the highest first."""
    high = np.flatnonzero(above[_FEWEST:-_FEWEST] > needed) + _FEWEST
    ordered: list[int] = high[np.argsort(-above[high], kind="stable")][:_CANDIDATES].tolist()
    return ordered


def without_peaks(values: Floats, factor: float, score: float) -> Floats:
    """The same [n] values with each peak lowered to its base."""
    peaks = find_peaks(values, factor, score)
    if not peaks:
        return values
    lowered: Floats = values.copy()
    lowered[[peak.place for peak in peaks]] = [peak.base for peak in peaks]
    return lowered


def _spread(sizes: Floats) -> float:
    """The standard deviation that [n] deviations without sign tell of, were they normal."""
    middle = float(median(sizes))
    if middle > 0:
        sizes = sizes[sizes <= _OUTSIDE * middle / _HALF]
    return float(quantile(sizes, _SHARE)) / _NORMAL


def _peak(heights: Floats, index: int, side: int, spread: float, *, positive: bool) -> Peak:
    """The value at an index, against the medians of ``side`` values before and behind it."""
    before, behind = heights[max(0, index - side) : index], heights[index + 1 : index + 1 + side]
    base = max(float(median(before)), float(median(behind)))
    up = float(heights[index]) - base
    score = up / spread if spread > 0 else math.copysign(math.inf, up) if up else 0.0
    if positive:
        return Peak(index, math.exp(base), math.exp(min(up, 700.0)), score)
    return Peak(index, base, 1 + up / abs(base) if base else math.inf, score)


def _local_medians(heights: Floats, window: int) -> Floats:
    """Medians of blocks of ``window`` values, and straight lines between their middles. [n]"""
    blocks = len(heights) // window
    levels = row_medians(heights[: blocks * window].reshape(blocks, window))
    return np.interp(np.arange(len(heights)), window * (np.arange(blocks) + 0.5), levels)
