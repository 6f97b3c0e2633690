"""Histograms reduced to what a diagnosis needs, many at a time.

The buckets of n histograms stand behind one another in three long columns, however many each has,
so that histograms of all sizes are reduced in the same few passes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import QUANTILES
from tb_diagnose.read.wire.wire import BYTES, FIXED64, Malformed, fields

Floats = NDArray[np.float64]
Sizes = NDArray[np.int64]
Some = slice | NDArray[np.bool_]
_F64 = struct.Struct("<d")
#: What a column is made of, where it is not of scalars of a type that NumPy has a name for.
HISTOGRAM = "histogram"
#: Columns of a reduced histogram, before the quantiles.
STATISTICS = ("count", "low", "high", "mean", "std", "zero")
#: A reduced histogram as it is kept.
ROW = np.dtype([("statistics", "<f8", (len(STATISTICS),)), ("quantiles", "<f4", (len(QUANTILES),))])
#: So many buckets are reduced at once (chosen: all that is computed of them stays in the cache).
_BATCH = 1 << 14
#: Up to here float64 has every whole number.
_WHOLE = 2.0**53


@dataclass(frozen=True)
class Buckets:
    """n histograms as logged.

    Attributes:
        left, right, count: [sum of sizes] the buckets of one histogram after the other.
        sizes: [n] how many buckets each has.
        moments: [n, 2] mean and standard deviation, NaN where the file does not hold their sums;
            None where it holds none at all.
    """

    left: Floats
    right: Floats
    count: Floats
    sizes: Sizes
    moments: Floats | None = None

    def __len__(self) -> int:
        return len(self.sizes)

    def at(self, histograms: Some, buckets: Some) -> Buckets:
        """Some of the histograms, given which are their buckets."""
        moments = None if self.moments is None else self.moments[histograms]
        columns = self.left[buckets], self.right[buckets], self.count[buckets]
        return Buckets(*columns, self.sizes[histograms], moments)


def from_tensors(rows: Floats) -> Buckets:
    """From [n, k, 3] tensors of (left, right, count), as ``tf.summary.histogram`` writes them."""
    left, right, count = (rows[:, :, index].reshape(-1) for index in range(3))
    if rows.shape[1] == 1:
        # Older TensorFlow widens the histogram of a constant to one bucket of width 1 around it.
        constant = right - left == 1.0
        middle = (left + right) / 2
        left, right = np.where(constant, middle, left), np.where(constant, middle, right)
    return Buckets(left, right, count, np.full(len(rows), rows.shape[1]))


def from_bytes(tensors: NDArray[np.void]) -> Buckets:
    """The same from the bytes of n such tensors."""
    size = tensors.dtype.itemsize // _F64.size // 3
    return from_tensors(tensors.view("<f8").reshape(len(tensors), size, 3))


def from_limits(limits: Floats, count: Floats, sizes: Sizes, singles: Sequence[Floats]) -> Buckets:
    """From buckets of which only the upper limits are known, as a HistogramProto holds them.

    ``singles`` are [n] each: the smallest and the largest number, how many there are, their sum,
    and the sum of their squares.
    """
    low, high, total, first_sum, square_sum = singles
    left = np.empty_like(limits)
    left[1:] = limits[:-1]
    known = sizes > 0
    left[_starts(sizes)[known]] = low[known]
    with np.errstate(all="ignore"):
        mean = first_sum / total
        std = np.sqrt(np.maximum(square_sum / total - mean * mean, 0.0))
        lowest, highest = np.repeat(low, sizes), np.repeat(high, sizes)
        left, right = np.clip(left, lowest, highest), np.clip(limits, lowest, highest)
    return Buckets(left, right, count, sizes, np.stack([mean, std], axis=1))


def from_proto(data: bytes, at: int, end: int) -> Buckets:
    """From a HistogramProto. Raises Malformed."""
    singles = dict.fromkeys(range(1, 6), 0.0)
    lists: dict[int, list[bytes]] = {6: [], 7: []}
    for number, kind, first, last in fields(data, at, end):
        if number in singles and kind == FIXED64:
            singles[number] = _F64.unpack_from(data, first)[0]
        elif number in lists and kind in (BYTES, FIXED64):
            lists[number].append(data[first:last])
    limits, count = (b"".join(parts) for parts in lists.values())
    if len(limits) != len(count) or len(limits) % 8:
        raise Malformed("a histogram has more limits than buckets, or fewer")
    sizes = np.array([len(limits) // 8])
    given = [np.array([single]) for single in singles.values()]
    return from_limits(np.frombuffer(limits), np.frombuffer(count), sizes, given)


def joined(several: Sequence[Buckets]) -> Buckets:
    """The histograms of all of them, in order."""
    if len(several) == 1:
        return several[0]
    moments = [
        np.full((len(each), 2), np.nan) if each.moments is None else each.moments
        for each in several
    ]
    return Buckets(
        np.concatenate([each.left for each in several]),
        np.concatenate([each.right for each in several]),
        np.concatenate([each.count for each in several]),
        np.concatenate([each.sizes for each in several]),
        np.concatenate(moments),
    )


def reduced(buckets: Buckets) -> NDArray[np.void]:
    """[n] of type ``ROW``: statistics and quantiles. NaN where nothing can be known."""
    rows = np.empty(len(buckets), ROW)
    at = 0
    for batch in _batches(buckets):
        # What overflows in float32 was beyond the range of weights and gradients anyway.
        with np.errstate(all="ignore"):
            _reduce(batch, rows[at : at + len(batch)])
        at += len(batch)
    return rows


def columns(rows: NDArray[np.void]) -> dict[str, NDArray[Any]]:
    """What [n] reduced histograms say, by name."""
    found: dict[str, NDArray[Any]] = {
        name: rows["statistics"][:, index].copy() for index, name in enumerate(STATISTICS)
    }
    return {**found, "quantiles": rows["quantiles"].copy()}


def _batches(buckets: Buckets) -> Iterator[Buckets]:
    ends = np.cumsum(buckets.sizes)
    first = bucket = 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, bucket + _BATCH, "right")))
        end = int(ends[last - 1])
        yield buckets.at(slice(first, last), slice(bucket, end))
        first, bucket = last, end


def _reduce(buckets: Buckets, rows: NDArray[np.void]) -> None:
    """Writes what ``buckets`` come to into ``rows``."""
    sizes = buckets.sizes
    buckets = replace(buckets, count=np.where(buckets.count > 0, buckets.count, 0.0))
    some, total = sizes > 0, np.zeros(len(sizes))
    if some.any():
        total[some] = np.add.reduceat(buckets.count, _starts(sizes)[some])
    full = (total > 0) & np.isfinite(total)
    if full.all():
        _reduce_full(buckets, total, rows)
        return
    rows["statistics"], rows["quantiles"] = np.nan, np.nan
    rows["statistics"][:, 0] = total
    if full.any():
        kept = np.empty(int(full.sum()), ROW)
        _reduce_full(buckets.at(full, np.repeat(full, sizes)), total[full], kept)
        rows[full] = kept


def _reduce_full(buckets: Buckets, total: Floats, rows: NDArray[np.void]) -> None:
    """The same for histograms that are not empty, and have no bucket that holds less than 0."""
    left, right, sizes = buckets.left, buckets.right, buckets.sizes
    starts = _starts(sizes)
    count, middle = buckets.count, left / 2 + right / 2
    mean = np.add.reduceat(np.where(count > 0, count * middle, 0.0), starts) / total
    off = (middle - np.repeat(mean, sizes)) ** 2
    std = np.sqrt(np.add.reduceat(np.where(count > 0, count * off, 0.0), starts) / total)
    low, high = left[starts], right[starts + sizes - 1]
    if buckets.moments is not None:
        told = ~np.isnan(buckets.moments)
        mean, std = np.where(told, buckets.moments, np.stack([mean, std], axis=1)).T
    # NaN among the data leaves NaN edges: then not even the mean is known.
    mean = np.where(np.isnan(low) | np.isnan(high), np.nan, mean)
    # Buckets are closed on the left; the last one is closed on both sides.
    holds = (left <= 0) & ((right > 0) | ((right == 0) & np.repeat(high == 0, sizes)))
    zero = np.add.reduceat(np.where(holds, count, 0.0), starts) / total
    rows["statistics"] = np.stack([total, low, high, mean, std, zero], axis=1)
    rows["quantiles"] = _quantiles(buckets, starts)


def _quantiles(buckets: Buckets, starts: Sizes) -> Floats:
    """[n, 33] by linear interpolation within the bucket that each probability falls into.

    Probabilities are multiples of 1/32. With the cumulative share s behind a bucket, floor(32 s) of
    them are not above s; so the floors tell how often each bucket is to be repeated to have, one
    after the other, the bucket of each probability but the first.
    """
    slices, ends = len(QUANTILES) - 1, starts + buckets.sizes - 1
    upto = np.cumsum(buckets.count)
    before = upto[starts] - buckets.count[starts]
    share = upto - np.repeat(before, buckets.sizes)
    if not (upto[-1] < _WHOLE and (np.floor(buckets.count) == buckets.count).all()):
        # Only whole numbers are summed up without a loss, whatever stands before them.
        share = np.concatenate([np.cumsum(each) for each in np.split(buckets.count, starts[1:])])
    share /= np.repeat(share[ends], buckets.sizes)
    if not np.isfinite(share[ends]).all():
        share = np.nan_to_num(share)
    share[ends] = 1.0
    floors = (share * slices).astype(np.int64)
    below = np.empty_like(share)
    below[1:], below[starts] = share[:-1], 0.0
    times = np.empty_like(floors)
    times[1:] = floors[1:] - floors[:-1]
    times[starts] = floors[starts]
    below, above, left, right = (
        np.repeat(each, times).reshape(-1, slices)
        for each in (below, share, buckets.left, buckets.right)
    )
    within = (QUANTILES[1:] - below) / (above - below)
    quantiles = np.empty((len(starts), slices + 1))
    quantiles[:, 1:] = left * (1 - within) + right * within
    # The lowest value is where the first bucket that is not empty begins.
    filled = np.flatnonzero(buckets.count)
    quantiles[:, 0] = buckets.left[filled[np.searchsorted(filled, starts)]]
    return quantiles


def _starts(sizes: Sizes) -> Sizes:
    """[n] where the buckets of each histogram begin."""
    starts: Sizes = np.cumsum(sizes) - sizes
    return starts
