"""Where a curve stands: its level at the start, at the end and at its best, and its noise.

A long curve is first condensed to the medians of a few dozen equal stretches. That makes the
statistics below mean the same on 5 epochs as on 100,000 steps, deaf to single spikes, and cheap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median, medians, middle_of
from tb_diagnose.measure.recent import Recent
from tb_diagnose.measure.reductions import all_of, max_of

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


#: The finite values of the last few curves, what they were condensed to, and whether they rise.
_finite: Recent[Floats] = Recent()
_condensed: Recent[Condensed] = Recent()
_ascending: Recent[bool] = Recent()
#: Longer curves are not kept: memory would be short before time is.
_LONG = 1 << 16


def finite(values: NDArray[Any]) -> Floats:
    """The finite values of [n], as float64 [k <= n], in order."""
    found = _finite.get(values)
    if found is not None:
        return found
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    if not all_of(known):
        numbers = numbers[known]
    if not lasts(values):
        return numbers
    # A copy is no more to be written to than the curve itself.
    numbers.flags.writeable = False
    return _finite.note(values, numbers)


def lasts(values: NDArray[Any]) -> bool:
    """Whether a curve is as read from a log, which nobody may write to, and short enough to keep
    what was worked out of it.
    """
    return not values.flags.writeable and len(values) <= _LONG


def ascending(values: NDArray[Any]) -> bool:
    """Whether none of [n] is less than the one before it; not so where one is NaN."""
    known = _ascending.get(values)
    if known is None:
        known = all_of(values[1:] >= values[:-1])
        if lasts(values):
            _ascending.note(values, known)
    return known


def highest(values: NDArray[Any]) -> float:
    """The largest finite value of [n]; NaN where there is none."""
    most = max_of(values) if len(values) else math.nan
    if math.isfinite(most):
        return most
    known = finite(values)
    return max_of(known) if len(known) else math.nan


def differences(values: NDArray[Any]) -> NDArray[Any]:
    """From each of [..., n] to the next: ``numpy.diff``, which takes longer on short curves.

    [..., n - 1]
    """
    return np.asarray(values[..., 1:] - values[..., :-1])


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different ones of [n] numbers, none of them NaN, in ascending order.

    ``numpy.unique`` without its import of masked arrays, which a short call would wait for.
    """
    if all_of(values[1:] > values[:-1]):  # as clocks are
        return values
    ordered: NDArray[Any] = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.asarray(ordered[first])


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
        if lasts(values):
            _condensed.note(values, found, stretches)
    return found


def finite_rows(curves: Sequence[NDArray[Any]]) -> tuple[list[int], Floats]:
    """Which of k curves [n] are finite throughout, and the values of these. [kept, n]"""
    table = np.empty((len(curves), len(curves[0])))
    for row, values in zip(table, curves, strict=True):
        row[:] = values
    which: list[int] = np.flatnonzero(np.isfinite(table).all(axis=1)).tolist()
    table = table if len(which) == len(curves) else table[which]
    table.flags.writeable = False
    return which, table


def condense_together(
    curves: Sequence[NDArray[Any]], table: Floats
) -> tuple[Floats, list[Condensed]]:
    """``finite`` and ``condense`` of k curves by the same calls of NumPy; both keep what is found.

    ``table`` [k, n] are their values, all of them finite; of each, ``lasts`` is true. Returns what
    they are condensed to, [k, m] and one by one.
    """
    levels, first, last = _stretched(table, STRETCHES)
    condensed = []
    for values, row, level in zip(curves, table, levels, strict=True):
        for each in (values, row):
            _finite.note(each, row)
        condensed.append(_condensed.note(row, Condensed(level, first, last), STRETCHES))
    return levels, condensed


def _condense(values: NDArray[Any], stretches: int) -> Condensed:
    numbers = finite(values)
    levels, first, last = _stretched(numbers, stretches)
    if len(numbers) < len(values):
        where = np.flatnonzero(np.isfinite(values))
        first, last = where[first], where[last]
    return Condensed(levels, first, last)


def _stretched(
    values: Floats, stretches: int
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """The median of each stretch of [..., n] finite values, and its first and last place."""
    points = values.shape[-1]
    if points <= stretches:
        places = np.arange(points)
        return values, places, places
    edges, ends = _edges(points, stretches)
    return piecewise(values, edges), edges[:-1], ends


@lru_cache(maxsize=64)
def _edges(points: int, pieces: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where ``points`` are cut into ``pieces`` whose sizes differ by one at most. [pieces + 1]

    And the last point of each piece. [pieces] Runs of one length, of which a search has a thousand,
    are all cut alike.
    """
    edges = np.linspace(0, points, pieces + 1).astype(np.int64)
    ends = edges[1:] - 1
    edges.flags.writeable = ends.flags.writeable = False
    return edges, ends


def piecewise(values: Floats, edges: NDArray[np.int64]) -> Floats:
    """Median of each of p pieces of [..., n] between ``edges``, with sizes that differ by one at
    most. [..., p]
    """
    pieces = len(edges) - 1
    fewest, more = divmod(values.shape[-1], pieces)
    if not more:
        return np.asarray(medians(values.reshape(*values.shape[:-1], pieces, fewest)))
    sizes = differences(edges)
    found = np.empty((*values.shape[:-1], pieces))
    for size in (fewest, fewest + 1):
        those = (sizes == size).nonzero()[0]
        found[..., those] = medians(values[..., edges[those][:, None] + np.arange(size)])
    return found


def noise(values: Floats) -> float:
    """Standard deviation of the point-to-point noise of [n], robustly, with the trend taken out.

    From second differences y[i-1] - 2 y[i] + y[i+1], which vanish on a straight line and have six
    times the variance of independent noise. In the curve's unit; 0 for fewer than 3 points.
    Source: Gasser, Sroka and Jennen-Steinmetz 1986, "Residual variance and residual pattern in
    nonlinear regression", made robust by taking the median.
    """
    return float(noises(values))


def noises(values: Floats) -> Any:
    """``noise`` of each curve of [..., n]. [...]"""
    if values.shape[-1] < 3:
        return np.zeros(values.shape[:-1])
    seconds = differences(differences(values))
    return medians(np.abs(seconds)) * MAD_TO_STD / np.sqrt(6)


def start_level(values: Floats, share: float = 0.05) -> float:
    """The level a curve [n >= 1] starts from: the median of its first ``share``, 1 to 5 points.

    A curve falls fastest at its start, so that few points are taken, however many there are.
    """
    return float(start_levels(values, share))


def start_levels(values: Floats, share: float = 0.05) -> Any:
    """``start_level`` of each curve of [..., n >= 1]. [...]"""
    count = int(min(max(values.shape[-1] * share, 1), 5))
    return medians(values[..., :count])


def end_level(values: Floats, share: float = 0.1) -> float:
    """The level a curve [n >= 1] ends at: the median of its last ``share``, at least 3 points."""
    return float(end_levels(values, share))


def end_levels(values: Floats, share: float = 0.1) -> Any:
    """``end_level`` of each curve of [..., n >= 1]. [...]"""
    n = values.shape[-1]
    count = max(min(3, n), int(n * share))
    return medians(values[..., -count:])


def rested(values: Floats, still: float) -> bool:
    """Whether a curve [n] was, after a fifth of its points, where it ends.

    That is, not ``still`` of its level or more away, by the median of three; False for n < 5.
    """
    fifth = len(values) // 5
    if not fifth:
        return False
    then = float(median(values[fifth - 1 : fifth + 2]))
    return abs(then - end_level(values)) < still * then


def smoothed(values: Floats) -> Floats:
    """Running median of three of [..., n]; the ends take the two that they have. [..., n]"""
    if values.shape[-1] < 3:
        return values
    found = np.empty(values.shape)
    found[..., 1:-1] = middle_of(values[..., :-2], values[..., 1:-1], values[..., 2:])
    found[..., 0] = (values[..., 0] + values[..., 1]) / 2
    found[..., -1] = (values[..., -2] + values[..., -1]) / 2
    return found


def best(values: Floats) -> tuple[int, float]:
    """Index and level of the best of [n >= 1]: the lowest running median of three.

    One lucky point is not the best; but of fewer than 8 points each counts.
    """
    steady = smoothed(values) if len(values) >= 8 else values
    at = int(steady.argmin())
    return at, float(steady[at])


def bests(values: Floats) -> tuple[NDArray[np.int64], Floats]:
    """``best`` of each curve of [k, n >= 1]: indices and levels. [k], [k]"""
    steady = smoothed(values) if values.shape[1] >= 8 else values
    places = np.asarray(steady.argmin(axis=1))
    return places, steady[np.arange(len(steady)), places]
