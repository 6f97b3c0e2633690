"""Whether a curve repeats itself with a given period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def levelled(values: Floats, period: int) -> Floats:
    """[n] less its mean over the ``period`` points around each. [n - period + 1]

    The mean over a whole period does not see what repeats with it, so that trends go and cycles
    stay. The half period at either end, which has no such mean, is dropped. n >= period.
    """
    means = np.convolve(values, np.full(period, 1 / period), mode="valid")
    first = (period - 1) // 2
    return np.asarray(values[first : first + len(means)] - means, dtype=np.float64)


def repeats(values: Floats, period: int) -> float:
    """How much of the variance of [n] comes back after ``period`` points, -1 to 1.

    The autocorrelation at that lag: 0 for noise, 1 for a pattern that comes back whole. To be
    asked of a levelled curve of more than one period. NaN for a constant.
    """
    before, after = values[:-period], values[period:]
    return float(np.sum(before * after) / np.sqrt(np.sum(before**2) * np.sum(after**2)))


def wave(values: Floats, period: int) -> float:
    """How smooth the mean course through a period of [n >= period] is, -1 to 1.

    The autocorrelation at lag 1 of the mean over all whole periods: 0 where the points of a period
    come in any order, near 1 where they rise and fall slowly. NaN for a constant.
    """
    whole = len(values) // period * period
    course = values[:whole].reshape(-1, period).mean(axis=0)
    course = course - course.mean()
    return float(np.sum(course[:-1] * course[1:]) / np.sum(course**2))
