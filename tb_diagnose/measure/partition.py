"""The best of all segmentations of a curve into straight pieces, by dynamic programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.piecewise import change_penalty

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: Points that a piece in the middle has at least: fewer come back, and are excursions.
SHORTEST = 3
#: So many ends of pieces are looked at together: what is in hand stays in a processor's caches.
_BLOCK = 64
#: Points whose places differ by less than this share of the curve count as one place, squared.
_ONE_PLACE = 1e-12


def segment(
    places: Floats, heights: Floats, errors: Floats, sizes: Places
) -> list[tuple[int, int]]:
    """The pieces [(first, last)] whose lines, with a penalty for each, fit [n >= 1] points best.

    Exact: every segmentation is considered (Jackson et al. 2005, "An algorithm for optimal
    partitioning of data on an interval"). O(n^2): long curves are binned first, and ``sizes`` [n]
    says how many points each is made of. Only the first and the last piece may have fewer than
    three.
    """
    n = len(places)
    penalty = change_penalty(n)
    sums = weighted_sums(places, heights, errors)
    begins, ends = _short_pieces(sizes)
    best = np.zeros(n + 1)
    last = np.zeros(n + 1, np.int64)
    for first in range(1, n + 1, _BLOCK):
        stop = min(first + _BLOCK, n + 1)
        total = costs(sums, first, stop)
        inside = slice(*np.searchsorted(ends, [first, stop]))
        total[ends[inside] - first, begins[inside]] = np.inf
        total[:, :first] += best[:first]
        best[first:stop] = _settled(total[:, :first].min(axis=1), total[:, first:], penalty)
        total[:, first:] += best[first:stop]
        last[first:stop] = total.argmin(axis=1)
    pieces, end = [], n
    while end > 0:
        pieces.append((int(last[end]), end - 1))
        end = int(last[end])
    return pieces[::-1]


def _settled(before: Floats, cost: Floats, penalty: float) -> Floats:
    """The least total up to each end of a block [k], changes within the block included.

    ``before`` [k] are the least totals whose last piece begins before the block, without its
    penalty; ``cost`` [k, k] is that of pieces within it.
    """
    best = before + penalty
    while True:  # once for each change within the block, which are few
        better = np.minimum(best, (cost + best).min(axis=1) + penalty)
        if (better == best).all():
            return best
        best = better


def _short_pieces(sizes: Places) -> tuple[Places, Places]:
    """Begin and end of each piece in the middle that has too few points, in order of the end."""
    single, pairs = sizes < SHORTEST, sizes[1:] + sizes[:-1] < SHORTEST
    begins = np.flatnonzero(single[1:-1]), np.flatnonzero(pairs[1:-1])
    ends = np.concatenate([begins[0] + 2, begins[1] + 3])
    order = ends.argsort(kind="stable")
    return (np.concatenate(begins) + 1)[order], ends[order]


def weighted_sums(places: Floats, heights: Floats, errors: Floats) -> Floats:
    """Sums over the first 0 to n of [n] points of w, w t, w t t, w z, w t z and w z z. [6, n + 1]

    The weight w is 1 / error^2, the place t and the height z are moved and scaled so that little
    is lost to rounding.
    """
    n = len(places)
    w = errors**-2.0
    t = (places - places.mean()) / max(float(np.ptp(places)), 1.0)
    z = heights - np.sort(heights)[n // 2]
    sums = np.zeros((6, n + 1))
    np.cumsum([w, w * t, w * t * t, w * z, w * t * z, w * z * z], axis=1, out=sums[:, 1:])
    return sums


def costs(sums: Floats, first: int, stop: int) -> Floats:
    """Weighted squares that a line through the points i to j - 1 leaves, at [j - first, i].

    For ``first`` <= j < ``stop`` and 0 <= i < ``stop``; infinite where i >= j.
    """
    w, wt, wtt, wz, wtz, wzz = (column[first:stop, None] - column[:stop] for column in sums)
    empty = np.arange(stop) >= np.arange(first, stop)[:, None]
    np.copyto(w, 1.0, where=empty)
    wtt -= wt * wt / w
    wtz -= wt * wz / w
    wzz -= wz * wz / w
    np.copyto(wtt, np.inf, where=wtt <= _ONE_PLACE * w)
    left = np.maximum(wzz - wtz * wtz / wtt, 0.0)
    np.copyto(left, np.inf, where=empty)
    return np.asarray(left)
