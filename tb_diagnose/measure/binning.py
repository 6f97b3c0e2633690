"""Long curves as a few hundred medians: fine at both ends, even in between."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import row_medians

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: Curves of so many points are left as they are: all are looked at.
UNBINNED = 128
#: Bins of full size that a longer curve is cut into. The time to segment it grows with the square.
BINS = 96
#: Bins of 1, of 2, of 4 points and so on at either end: losses fall first and blow up last.
_STEPS = 6


class Bins(NamedTuple):
    """A curve of n points as m <= n medians.

    Attributes:
        first: [m] index of each bin's first point.
        sizes: [m] how many points it has.
        values: [m] their median, in the unit of the curve.
    """

    first: Places
    sizes: Places
    values: Floats

    @property
    def centers(self) -> Floats:
        """The middle of each bin, as an index into the curve. [m]"""
        return self.first + (self.sizes - 1) / 2


def bin_curve(values: Floats) -> Bins:
    """[n] finite values as at most some 270 bins; up to ``UNBINNED`` they are bins themselves."""
    sizes = bin_sizes(len(values))
    first = np.cumsum(sizes) - sizes
    if len(sizes) == len(values):
        return Bins(first, sizes, values)
    medians, start = [], 0
    for size, count in _alike(len(values)):
        stop = start + size * count
        medians.append(row_medians(values[start:stop].reshape(count, size)))
        start = stop
    return Bins(first, sizes, np.concatenate(medians))


def bin_sizes(points: int) -> Places:
    """How many points each bin of a curve has, from its start to its end. [m]"""
    sizes, counts = np.array(_alike(points), dtype=np.int64).reshape(-1, 2).T
    return np.repeat(sizes, counts)


def _alike(points: int) -> list[tuple[int, int]]:
    """The sizes of the bins of a curve and how many bins in a row have each."""
    full = -(-points // BINS) if points > UNBINNED else 1
    end: list[tuple[int, int]] = []
    size, binned = 1, 0
    while size < full and 2 * (binned + _STEPS * size) < points:
        end.append((size, _STEPS))
        binned += size * _STEPS
        size *= 2
    middle = points - 2 * binned
    count = -(-middle // full)
    small, more = divmod(middle, max(count, 1))
    sizes = [(small + 1, more), (small, count - more)]
    return [*end, *(run for run in sizes if run[1]), *end[::-1]]
