"""How a curve goes up and down: swings of a given size, and sudden jumps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def swings(values: Floats, size: float) -> NDArray[np.int64]:
    """Indices of the turning points of [n] between moves of at least ``size`` (curve's unit).

    The zigzag filter: a peak counts once the curve has come down from it by ``size``, a trough
    once it has risen from it by ``size``. Peaks and troughs alternate.
    """
    turns: list[int] = []
    low = high = 0
    direction = 0
    for i, value in enumerate(values.tolist()):
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
    return np.array(turns, dtype=np.int64)


def jumps(values: Floats, width: int = 9) -> Floats:
    """How far each of [n] stands above the median of the ``width`` values before it. [n]

    In the unit of ``values``; 0 for the first 3 values, and against what there is for the next.
    A curve that falls gives negative numbers, so that a steep start is no jump.
    """
    middle = np.array(values)
    for i in range(3, min(width, len(values))):
        middle[i] = np.median(values[:i])
    if len(values) > width:
        before = np.lib.stride_tricks.sliding_window_view(values[:-1], width)
        middle[width:] = np.median(before, axis=1)
    return np.asarray(values - middle)


def running_median(values: Floats, width: int) -> Floats:
    """Median of the ``width`` (odd) points around each of [n]; at the ends the nearest full window.

    Long curves are looked at on a grid of a quarter window, which a median does not notice: the
    time is proportional to n, not to n times the width.
    """
    n = len(values)
    if n <= width:
        return np.full(n, np.median(values))
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    every = max(1, width // 4)
    centres = np.arange(0, n - width + 1, every)
    medians = np.median(windows[centres], axis=1)
    nearest = np.clip((np.arange(n) - width // 2 + every // 2) // every, 0, len(centres) - 1)
    return np.asarray(medians[nearest], dtype=np.float64)
