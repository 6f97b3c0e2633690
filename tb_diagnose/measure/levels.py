"""Where a curve stands: its level at the start, at the end and at its best, and its noise.

A long curve is first condensed to the medians of a few dozen equal stretches. That makes the
statistics below mean the same on 5 epochs as on 100,000 steps, deaf to single spikes, and cheap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median, row_medians, window_medians
from tb_diagnose.measure.recent import Recent

Floats = NDArray[np.float64]

#: Stretches a long curve is condensed to: enough to see where it turns, few enough that each
#: holds a hundred values of a 5,000-step curve.
STRETCHES = 50

#: The median absolute deviation of a normal distribution is 0.6745 of its standard deviation
#: (Rousseeuw and Croux 1993, "Alternatives to the median absolute deviation", section 1).
MAD_TO_STD = 1 / 0.6745


@dataclass(frozen=True, eq=False)
class Condensed:
    """A curve as at most ``STRETCHES`` medians.

    Attributes:
        values: [m] the median of each stretch, in the curve's unit.
        first, last: [m] index of each stretch's first and last point in the original curve.
    """

    values: Floats
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)


#: The finite values of the last few curves, and what they were condensed to.
_finite: Recent[Floats] = Recent(16)
_condensed: Recent[Condensed] = Recent(16)
#: Longer curves are not kept: memory would be short before time is.
_LONG = 1 << 16


def finite(values: NDArray[Any]) -> Floats:
    """The finite values of [n], as float64 [k <= n], in order."""
    found = _finite.get(values)
    if found is not None:
        return found
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    if not known.all():
        numbers = numbers[known]
    if not _lasts(values):
        return numbers
    # A copy is no more to be written to than the curve itself.
    numbers.flags.writeable = False
    return _finite.note(values, numbers)


def _lasts(values: NDArray[Any]) -> bool:
    """Whether a curve is as read from a log, which nobody may write to, and short enough to keep
    what was worked out of it.
    """
    return not values.flags.writeable and len(values) <= _LONG


def highest(values: NDArray[Any]) -> float:
    """The largest finite value of [n]; NaN where there is none."""
    most = float(values.max()) if len(values) else math.nan
    if math.isfinite(most):
        return most
    known = finite(values)
    return float(known.max()) if len(known) else math.nan


def differences(values: NDArray[Any]) -> NDArray[Any]:
    """From each of [n] to the next: ``numpy.diff``, which takes longer on a short curve. [n - 1]"""
    return np.asarray(values[1:] - values[:-1])


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different ones of [n] numbers, none of them NaN, in ascending order.

    ``numpy.unique`` without its import of masked arrays, which a short call would wait for.
    """
    if bool((values[1:] > values[:-1]).all()):  # as clocks are
        return values
    ascending: NDArray[Any] = np.sort(values)
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return np.asarray(ascending[first])


def typical(table: NDArray[Any]) -> Floats:
    """Median of each column of [n, k], non-finite values left out; NaN where none is left. [k]"""
    columns = (finite(column) for column in np.asarray(table).T)
    return np.array([median(each) if len(each) else np.nan for each in columns])


def condense(values: NDArray[Any], stretches: int = STRETCHES) -> Condensed:
    """Cut [n] into at most ``stretches`` nearly equal pieces and take each one's median.

    Non-finite values are left out of the medians; a stretch without a finite value is dropped.
    """
    numbers = finite(values)
    if len(numbers) == len(values):
        values = numbers  # of the curve as logged and of its finite values, it is the same
    found = _condensed.get(values, stretches)
    if found is None:
        found = _condense(values, stretches)
        if _lasts(values):
            _condensed.note(values, found, stretches)
    return found


def _condense(values: NDArray[Any], stretches: int) -> Condensed:
    numbers = finite(values)
    where = None if len(numbers) == len(values) else np.flatnonzero(np.isfinite(values))
    if len(numbers) <= stretches:
        where = np.arange(len(numbers)) if where is None else where
        return Condensed(numbers, where, where)
    edges, lasts = _edges(len(numbers), stretches)
    first, last = (edges[:-1], lasts) if where is None else (where[edges[:-1]], where[lasts])
    return Condensed(_medians(numbers, edges), first, last)


@lru_cache(maxsize=64)
def _edges(points: int, pieces: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where ``points`` are cut into ``pieces`` whose sizes differ by one at most. [pieces + 1]

    And the last point of each piece. [pieces] Runs of one length, of which a search has a thousand,
    are all cut alike.
    """
    edges = np.linspace(0, points, pieces + 1).astype(np.int64)
    lasts = edges[1:] - 1
    edges.flags.writeable = lasts.flags.writeable = False
    return edges, lasts


def _medians(values: Floats, edges: NDArray[np.int64]) -> Floats:
    """Median of each piece between ``edges``, whose sizes differ by one at most."""
    fewest, more = divmod(len(values), len(edges) - 1)
    if not more:
        return row_medians(values.reshape(-1, fewest))
    sizes = differences(edges)
    medians = np.empty(len(sizes))
    for size in (fewest, fewest + 1):
        those = np.flatnonzero(sizes == size)
        medians[those] = row_medians(values[edges[those][:, None] + np.arange(size)])
    return medians


def noise(values: Floats) -> float:
    """Standard deviation of the point-to-point noise of [n], robustly, with the trend taken out.

    From second differences y[i-1] - 2 y[i] + y[i+1], which vanish on a straight line and have six
    times the variance of independent noise. In the curve's unit; 0 for fewer than 3 points.
    Source: Gasser, Sroka and Jennen-Steinmetz 1986, "Residual variance and residual pattern in
    nonlinear regression", made robust by taking the median.
    """
    if len(values) < 3:
        return 0.0
    seconds = differences(differences(values))
    return float(median(np.abs(seconds)) * MAD_TO_STD / np.sqrt(6))


def start_level(values: Floats, share: float = 0.05) -> float:
    """The level a curve [n >= 1] starts from: the median of its first ``share``, 1 to 5 points.

    A curve falls fastest at its start, so that few points are taken, however many there are.
    """
    count = int(min(max(len(values) * share, 1), 5))
    return float(median(values[:count]))


def end_level(values: Floats, share: float = 0.1) -> float:
    """The level a curve [n >= 1] ends at: the median of its last ``share``, at least 3 points."""
    count = max(min(3, len(values)), int(len(values) * share))
    return float(median(values[-count:]))


def rested(values: Floats, still: float) -> bool:
    """Whether a curve [n] was, after a fifth of its points, where it ends.

    That is, not ``still`` of its level or more away, by the median of three; False for n < 5.
    """
    fifth = len(values) // 5
    if not fifth:
        return False
    then = float(median(values[fifth - 1 : fifth + 2]))
    return abs(then - end_level(values)) < still * then


def smoothed(values: Floats, width: int = 3) -> Floats:
    """Running median of [n] over ``width`` (odd) points; the ends take what they have. [n]"""
    if len(values) < width:
        return np.array(values)
    half = width // 2
    medians = np.empty(len(values))
    medians[half : len(values) - half] = window_medians(values, width)
    if half == 1:
        medians[0], medians[-1] = (values[0] + values[1]) / 2, (values[-2] + values[-1]) / 2
        return medians
    for i in range(half):
        medians[i] = median(values[: i + half + 1])
        medians[-1 - i] = median(values[-1 - i - half :])
    return medians


def best(values: Floats) -> tuple[int, float]:
    """Index and level of the best of [n >= 1]: the lowest running median of three.

    One lucky point is not the best; but of fewer than 8 points each counts.
    """
    steady = smoothed(values) if len(values) >= 8 else values
    at = int(np.argmin(steady))
    return at, float(steady[at])
