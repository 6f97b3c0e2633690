"""How a curve goes up and down: swings of a given size, and sudden jumps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import differences, distinct
from tb_diagnose.measure.medians import median, row_medians, window_medians
from tb_diagnose.measure.reductions import all_of

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: So few points are looked at one by one in less time than they are thinned out.
_FEW = 250
#: How often small moves are taken out at most (chosen: noise is gone after ten times).
_ROUNDS = 20


def swings(values: Floats, size: float) -> Places:
    """Indices of the turning points of [n] between moves of at least ``size`` (curve's unit).

    The zigzag filter: a peak counts once the curve has come down from it by ``size``, a trough
    once it has risen from it by ``size``. Peaks and troughs alternate.
    """
    if size <= 0:
        return np.array(_zigzag(values.tolist(), size), dtype=np.int64)
    where = _extremes(values, size)
    large = np.flatnonzero(np.abs(differences(values[where])) >= size)
    if len(where) > _FEW and len(large) and large[-1] - large[0] + 1 == len(large):
        # What is left at the ends moves within the first large move, or within the last one.
        return where[large]
    turns = _zigzag(values[where].tolist(), size)
    return where[np.array(turns, dtype=np.int64)]


def _zigzag(values: list[float], size: float) -> list[int]:
    turns: list[int] = []
    low = high = 0
    direction = 0
    for i, value in enumerate(values):
        if value > values[high]:
            high = i
        if value < values[low]:
            low = i
        if direction >= 0 and values[high] - value >= size:
            turns.append(high)
            direction, low = -1, i
        elif direction <= 0 and value - values[low] >= size:
            turns.append(low)
            direction, high = 1, i
    return turns


def _extremes(values: Floats, size: float) -> Places:
    """Indices of the points of [n] that a filter for moves of ``size`` has to look at.

    Of equal neighbours the first, of these the ends and the local extremes; then, again and
    again, all moves below ``size`` go that lie within the moves on both of their sides.
    """
    moves, apart = differences(values), None
    if not all_of(moves != 0):
        apart = np.flatnonzero(np.concatenate([[1.0], moves]))
        moves = differences(values[apart])
    rises = moves > 0
    turns = np.flatnonzero(rises[1:] != rises[:-1]) + 1
    where = np.concatenate([[0], turns, [len(moves)]])[: min(len(values), len(moves) + 1)]
    where = where if apart is None else apart[where]
    for _ in range(_ROUNDS):
        left = where[_kept(values[where], size)] if len(where) > _FEW else where
        if len(left) == len(where):
            break
        where = left
    return where


def _kept(values: Floats, size: float) -> NDArray[np.bool_]:
    """Which of [n > 3] alternating extremes are not ends of a small move within its neighbours.

    Two moves side by side are never both the smaller one. On a tie the first extreme stays, as
    it does in the filter.
    """
    before, start, end, after = values[:-3], values[1:-2], values[2:-1], values[3:]
    falls = (before <= end) & (end < start) & (start < after)
    rises = (before >= end) & (end > start) & (start > after)
    within = (falls | rises) & (np.abs(start - end) < size)
    kept = np.ones(len(values), dtype=np.bool_)
    kept[1:-2] &= ~within
    kept[2:-1] &= ~within
    return kept


def jumps(values: Floats, width: int = 9) -> Floats:
    """How far each of [n] stands above the median of the ``width`` values before it. [n]

    ``width`` is odd. In the unit of ``values``; 0 for the first 3 values, and against what there
    is for the next. A curve that falls gives negative numbers, so that a steep start is no jump.
    """
    middle = np.array(values)
    for i in range(3, min(width, len(values))):
        middle[i] = median(values[:i])
    if len(values) > width:
        middle[width:] = window_medians(values[:-1], width)
    return np.asarray(values - middle)


def climbs(values: Floats, width: int = 9) -> Floats:
    """How far each of [n] stands above the lowest of itself and the ``width`` before it. [n]

    In the unit of ``values``. No jump is higher than that, and it takes a fraction of the time.
    """
    lowest = np.array(values)
    reach = 0  # how many values before its own each lowest has seen
    while reach < width:
        step = min(reach + 1, width - reach)
        lowest[step:] = np.minimum(lowest[step:], lowest[:-step])
        reach += step
    return np.asarray(values - lowest)


def running_median(values: Floats, width: int, at: Places | None = None) -> Floats:
    """Median of the ``width`` (odd) points around each of [n]; at the ends the nearest full window.

    Long curves are looked at on a grid of a quarter window, which a median does not notice: the
    time is proportional to n, not to n times the width. Where only the medians around the points
    ``at`` are wanted, in ascending order, no others are taken. [n or len(at)]
    """
    places = np.arange(len(values)) if at is None else at
    if len(values) <= width:
        return np.full(len(places), median(values))
    every = max(1, width // 4)
    windows = np.lib.stride_tricks.sliding_window_view(values, width)[::every]
    nearest = np.clip((places - width // 2 + every // 2) // every, 0, len(windows) - 1)
    if at is None:
        return row_medians(windows)[nearest]
    wanted = distinct(nearest)
    return row_medians(windows[wanted])[np.searchsorted(wanted, nearest)]
