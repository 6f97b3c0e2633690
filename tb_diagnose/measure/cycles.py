"""Whether a curve repeats itself with a given period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Points a period needs for its correlation to mean something: noise then has 0.2 over 3 of them.
LEAST = 20


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


def is_running_mean(values: Floats, period: int) -> bool:
    """Whether the noise of [n] dies down within each period, as that of a mean since its start.

    The changes in the second half of a period are below 0.4 of those in its first quarter: under a
    mean since the start they shrink as 1 / t, to a third at most between the two.
    """
    changes = np.abs(np.diff(values))
    place = np.arange(len(changes)) % period
    early = changes[place < period // 4]
    late = changes[(place >= period // 2) & (place < period - 1)]
    return bool(len(early) and len(late) and np.median(late) < 0.4 * np.median(early))
