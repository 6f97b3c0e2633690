"""A curve in fewer points, of which none that stands out is lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def downsample(values: NDArray[np.float64], points: int) -> NDArray[np.intp]:
    """Indices, rising, of at most ``points`` (>= 4) of the [n] finite values.

    The first and the last are kept, and the smallest and the largest of every bucket between.
    """
    size = len(values)
    if size <= points:
        return np.arange(size)
    bounds = np.linspace(1, size - 1, max(1, points // 2 - 1) + 1).astype(np.intp)
    first, last = bounds[:-1], bounds[1:] - 1
    # A bucket that is shorter than the longest one has its last place several times.
    width = int(np.max(last - first)) + 1
    buckets = values[np.minimum(first[:, None] + np.arange(width), last[:, None])]
    lowest, highest = first + buckets.argmin(axis=1), first + buckets.argmax(axis=1)
    return np.unique(np.concatenate([[0, size - 1], lowest, highest])).astype(np.intp)
