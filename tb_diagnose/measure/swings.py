"""How a curve goes up and down: its turning points between swings of a given size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    large = np.flatnonzero(np.abs(np.diff(values[where])) >= size)
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

    Of equal neighbors the first, of these the ends and the local extremes; then, again and
    again, all moves below ``size`` go that lie within the moves on both of their sides.
    """
    moves, apart = np.diff(values), None
    if not (moves != 0).all():
        apart = np.flatnonzero(np.concatenate([[1.0], moves]))
        moves = np.diff(values[apart])
    rises = moves > 0
    turns = np.flatnonzero(rises[1:] != rises[:-1]) + 1
    where = np.concatenate([[0], turns, [len(moves)]])[: min(len(values), len(moves) + 1)]
    where = where if apart is None else apart[where]
    for _ in range(_ROUNDS):
        left = where[_which_stay(values[where], size)] if len(where) > _FEW else where
        if len(left) == len(where):
            break
        where = left
    return where


def _which_stay(values: Floats, size: float) -> NDArray[np.bool_]:
    """Which of [n > 3] alternating extremes are not ends of a small move within its neighbors.

    Two moves side by side are never both the smaller one. On a tie the first extreme stays, as
    it does in the filter.
    """
    before, start, end, after = values[:-3], values[1:-2], values[2:-1], values[3:]
    falls = (before <= end) & (end < start) & (start < after)
    rises = (before >= end) & (end > start) & (start > after)
    within = (falls | rises) & (np.abs(start - end) < size)
    stays = np.ones(len(values), dtype=np.bool_)
    stays[1:-2] &= ~within
    stays[2:-1] &= ~within
    return stays
