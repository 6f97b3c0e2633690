"""Histograms reduced to what a diagnosis needs, many at a time."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.wire import BYTES, FIXED64, Malformed, fields
from tb_diagnose.runs import QUANTILES

_F64 = struct.Struct("<d")
#: Columns of a reduced histogram, before the quantiles.
STATISTICS = ("count", "low", "high", "mean", "std", "zero")
WIDTH = len(STATISTICS) + len(QUANTILES)
#: A reduced histogram as it is kept.
ROW = np.dtype([("statistics", "<f8", (len(STATISTICS),)), ("quantiles", "<f4", (len(QUANTILES),))])
Reduced = NDArray[np.float64]
#: So many are reduced at once (chosen: all that is computed of them stays in the cache).
_BATCH = 256


@dataclass(frozen=True)
class Buckets:
    """One histogram as logged.

    Attributes:
        left, right, count: [k] float64.
        moments: mean and standard deviation where the file holds the sums, else None.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    count: NDArray[np.float64]
    moments: tuple[float, float] | None = None


def from_tensor(rows: NDArray[np.float64]) -> Buckets:
    """From a [k, 3] tensor of (left, right, count), as ``tf.summary.histogram`` writes it."""
    left, right, count = np.asarray(rows, np.float64).reshape(-1, 3).T
    if len(left) == 1 and right[0] - left[0] == 1.0:
        # Older TensorFlow widens the histogram of a constant to one bucket of width 1 around it.
        left = right = (left + right) / 2
    return Buckets(left, right, count)


def from_proto(data: bytes, at: int, end: int) -> Buckets:
    """From a HistogramProto, whose buckets are given by their upper limits. Raises Malformed."""
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
    low, high, *sums = singles.values()
    return _limited(np.frombuffer(limits), np.frombuffer(count), low, high, sums)


def _limited(
    limits: NDArray[np.float64],
    count: NDArray[np.float64],
    low: float,
    high: float,
    sums: list[float],
) -> Buckets:
    total, first_sum, square_sum = sums
    left = np.concatenate([[low], limits[:-1]]) if len(limits) else limits
    with np.errstate(all="ignore"):
        mean = np.float64(first_sum) / np.float64(total)
        variance = np.float64(square_sum) / np.float64(total) - mean * mean
        std = np.sqrt(np.maximum(variance, 0.0))
        left, right = np.clip(left, low, high), np.clip(limits, low, high)
    return Buckets(left, right, count, (float(mean), float(std)))


def reduce(batch: list[Buckets]) -> Reduced:
    """[n, 6 + 33] float64: ``STATISTICS``, then the quantiles. NaN where nothing can be known."""
    wide = max((len(each.count) for each in batch), default=0)
    if not wide:
        found = np.full((len(batch), WIDTH), np.nan)
        found[:, 0] = 0.0
        return found
    left, right, count = (_padded([getattr(each, name) for each in batch], wide)
                          for name in ("left", "right", "count"))  # fmt: skip
    sizes = np.array([len(each.count) for each in batch])
    found = _reduced(left, right, count, sizes)
    for row, each in zip(found, batch, strict=True):
        if each.moments is not None and row[0] > 0:
            row[3:5] = each.moments
    return found


def _reduced(left: Reduced, right: Reduced, count: Reduced, sizes: NDArray[np.int_]) -> Reduced:
    """The same from [n, k] buckets, of which the first ``sizes`` of each row are in use."""
    filled = np.arange(count.shape[1]) < sizes[:, None]
    with np.errstate(all="ignore"):
        count = np.where(filled & (count > 0), count, 0.0)
        found = np.concatenate(
            [_statistics(left, right, count, sizes), _quantiles(left, right, count)], axis=1
        )
    empty = ~(found[:, 0] > 0)
    found[empty, 1:] = np.nan
    found[empty, 0] = 0.0
    return found


def _padded(columns: list[NDArray[np.float64]], wide: int) -> NDArray[np.float64]:
    if all(len(column) == wide for column in columns):
        return np.array(columns)
    padded = np.zeros((len(columns), wide))
    for row, column in zip(padded, columns, strict=True):
        row[: len(column)] = column
        row[len(column) :] = column[-1] if len(column) else np.nan
    return padded


def _statistics(left: Reduced, right: Reduced, count: Reduced, sizes: NDArray[np.int_]) -> Reduced:
    total = count.sum(axis=1)
    last = np.maximum(sizes - 1, 0)[:, None]
    low, high = left[:, 0], np.take_along_axis(right, last, axis=1)[:, 0]
    middle = left / 2 + right / 2
    mean = np.where(count > 0, count * middle, 0.0).sum(axis=1) / total
    spread = np.where(count > 0, count * (middle - mean[:, None]) ** 2, 0.0).sum(axis=1)
    # Buckets are closed on the left; the last one is closed on both sides.
    closed = (right == high[:, None]) & (high[:, None] == 0)
    holds = (left <= 0) & ((right > 0) | closed)
    zero = np.where(holds, count, 0.0).sum(axis=1) / total
    # NaN among the data leaves NaN edges: then not even the mean is known.
    unknown = np.isnan(low) | np.isnan(high)
    mean = np.where(unknown, np.nan, mean)
    return np.stack([total, low, high, mean, np.sqrt(spread / total), zero], axis=1)


def _quantiles(left: Reduced, right: Reduced, count: Reduced) -> Reduced:
    """By linear interpolation within the bucket that each probability falls into."""
    rows, wide = count.shape
    share = np.cumsum(count, axis=1)
    share /= share[:, -1:]
    # Probabilities are multiples of 1/32, so that a bucket's cumulative share s is below those from
    # floor(32 s) + 1 on: counting the floors tells how many buckets are below each probability.
    slices = len(QUANTILES) - 1
    floors = np.minimum(np.nan_to_num(share) * slices, slices).astype(np.int64)
    cells = floors + np.arange(rows)[:, None] * (slices + 1)
    counts = np.bincount(cells.ravel(), minlength=rows * (slices + 1)).reshape(rows, slices + 1)
    place = np.empty((rows, slices + 1), np.int64)
    place[:, 1:] = np.cumsum(counts, axis=1)[:, :-1]
    # The lowest value is where the first bucket that is not empty begins.
    place[:, 0] = (share <= 0).sum(axis=1)
    place = np.minimum(place, wide - 1)
    before = np.concatenate([np.zeros((rows, 1)), share[:, :-1]], axis=1)
    below, above = (np.take_along_axis(each, place, axis=1) for each in (before, share))
    start, stop = (np.take_along_axis(each, place, axis=1) for each in (left, right))
    within = np.clip((QUANTILES[None, :] - below) / (above - below), 0.0, 1.0)
    quantiles: Reduced = start * (1 - within) + stop * within
    return quantiles


def reduced(data: NDArray[Any]) -> NDArray[Any]:
    """[n] of type ``ROW`` from the bytes of n [k, 3] tensors of (left, right, count)."""
    rows = np.ascontiguousarray(data).view("<f8").reshape(len(data), -1, 3)
    if rows.shape[1] == 1:
        return packed(reduce([from_tensor(each) for each in rows]))
    return np.concatenate(
        [_dense(rows[first : first + _BATCH]) for first in range(0, len(rows), _BATCH)]
    )


def _dense(rows: NDArray[np.float64]) -> NDArray[Any]:
    left, right, count = (np.ascontiguousarray(rows[:, :, index]) for index in range(3))
    return packed(_reduced(left, right, count, np.full(len(rows), rows.shape[1])))


def packed(reduced: Reduced) -> NDArray[Any]:
    """[n] of type ``ROW`` from the [n, WIDTH] of ``reduce``."""
    rows = np.empty(len(reduced), ROW)
    rows["statistics"] = reduced[:, : len(STATISTICS)]
    # What overflows in float32 was beyond the range of weights and gradients anyway.
    with np.errstate(over="ignore"):
        rows["quantiles"] = reduced[:, len(STATISTICS) :]
    return rows


class Target(Protocol):
    """Where reduced histograms go."""

    def write(self, at: int, rows: NDArray[Any]) -> None:
        """Fills rows from ``at`` on."""


@dataclass
class Reducer:
    """Collects single histograms of any tags and reduces them ``size`` at a time."""

    size: int = _BATCH
    _batch: list[Buckets] = field(default_factory=list)
    _targets: list[tuple[Target, int]] = field(default_factory=list)

    def add(self, buckets: Buckets, target: Target, row: int) -> None:
        """Takes a histogram that belongs into that row of ``target``."""
        self._batch.append(buckets)
        self._targets.append((target, row))
        if len(self._batch) >= self.size:
            self.flush()

    def flush(self) -> None:
        """Reduces what has been collected and writes it to where it belongs."""
        if not self._batch:
            return
        rows = packed(reduce(self._batch))
        for index, (target, row) in enumerate(self._targets):
            target.write(row, rows[index : index + 1])
        self._batch.clear()
        self._targets.clear()
