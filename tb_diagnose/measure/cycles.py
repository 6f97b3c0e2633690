"""Whether a curve repeats itself with a given period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def repeats(values: Floats, period: int) -> float:
    """How much of the variance of [n] comes back after ``period`` points, -1 to 1.

    The autocorrelation at that lag, once the mean of each period is taken out, so that neither a
    trend nor steps between the periods count: 0 for noise, 1 for a pattern that comes back whole.
    n must be at least two periods; what is left over at the end is dropped. NaN for a constant.
    """
    folded = _folded(values, period)
    before, after = folded[:-1].ravel(), folded[1:].ravel()
    return float(np.sum(before * after) / np.sqrt(np.sum(before**2) * np.sum(after**2)))


def wave(values: Floats, period: int) -> float:
    """How smooth the mean course through a period of [n] is, -1 to 1.

    The autocorrelation at lag 1 of the mean over all periods: 0 where the points of a period come
    in any order, near 1 where they rise and fall slowly. NaN for a constant.
    """
    course = _folded(values, period).mean(axis=0)
    return float(np.sum(course[:-1] * course[1:]) / np.sum(course**2))


def _folded(values: Floats, period: int) -> Floats:
    """[periods, period], each row with mean 0."""
    whole = len(values) // period * period
    folded = np.asarray(values[:whole], dtype=np.float64).reshape(-1, period)
    return np.asarray(folded - folded.mean(axis=1, keepdims=True))
