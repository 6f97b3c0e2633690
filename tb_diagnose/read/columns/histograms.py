"""A histogram reduced to what a diagnosis needs: statistics and quantiles."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import QUANTILES
from tb_diagnose.read.native.binding import header
from tb_diagnose.read.wire.wire import BYTES, FIXED64, Malformed, fields

Floats = NDArray[np.float64]

_F64 = struct.Struct("<d")
#: A reduced histogram as it is kept, by the library too.
ROW = header().structs["Distribution"]
_STATISTICS = ("count", "low", "high", "mean", "std", "zero")


@dataclass(frozen=True)
class Buckets:
    """One histogram as logged.

    Attributes:
        left, right, count: [k] edges of the buckets, and how many numbers each has.
        mean, std: NaN where the file does not hold their sums.
    """

    left: Floats
    right: Floats
    count: Floats
    mean: float = math.nan
    std: float = math.nan


def from_tensor(rows: Floats) -> Buckets:
    """From a [k, 3] tensor of (left, right, count), as ``tf.summary.histogram`` writes it."""
    left, right, count = rows.T
    if len(rows) == 1 and right[0] - left[0] == 1.0:
        # Older TensorFlow widens the histogram of a constant to one bucket of width 1 around it.
        left = right = (left + right) / 2
    return Buckets(left, right, count)


def from_limits(limits: Floats, count: Floats, singles: list[float]) -> Buckets:
    """From buckets of which only the upper limits are known, as a HistogramProto holds them.

    ``singles`` are the smallest and the largest number, how many there are, their sum, and the sum
    of their squares.
    """
    low, high, *sums = singles
    total, first_sum, square_sum = map(np.float64, sums)
    left = np.concatenate([[low], limits[:-1]]) if len(limits) else limits
    with np.errstate(all="ignore"):
        mean = first_sum / total
        std = np.sqrt(np.maximum(square_sum / total - mean * mean, 0.0))
        left, right = (np.minimum(np.maximum(side, low), high) for side in (left, limits))
        return Buckets(left, right, count, float(mean), float(std))


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
    return from_limits(np.frombuffer(limits), np.frombuffer(count), list(singles.values()))


@np.errstate(all="ignore")  # what overflows in float32 was beyond the range of weights anyway
def reduced(buckets: Buckets) -> NDArray[np.void]:
    """[1] of type ``ROW``: statistics and quantiles. NaN where nothing can be known."""
    row = np.zeros(1, ROW)
    left, right = buckets.left, buckets.right
    count = np.where(buckets.count > 0, buckets.count, 0.0)
    # In order, as the quantiles cumulate them.
    total = float(np.cumsum(count)[-1]) if len(count) else 0.0
    for name in (*_STATISTICS[1:], "quantiles"):
        row[name] = np.nan
    row["count"] = total
    if not (total > 0 and math.isfinite(total)):
        return row
    middle, full = left / 2 + right / 2, count > 0
    mean = float(np.sum(count[full] * middle[full])) / total
    std = math.sqrt(float(np.sum(count[full] * (middle[full] - mean) ** 2)) / total)
    # Buckets are closed on the left; the last one is closed on both sides.
    holds = (left <= 0) & ((right > 0) | ((right == 0) & (right[-1] == 0)))
    row["low"], row["high"] = left[0], right[-1]
    row["std"] = std if math.isnan(buckets.std) else buckets.std
    row["zero"] = np.sum(count[holds]) / total
    # NaN among the data leaves NaN edges: then not even the mean is known.
    if not (math.isnan(left[0]) or math.isnan(right[-1])):
        row["mean"] = mean if math.isnan(buckets.mean) else buckets.mean
    row["quantiles"] = _quantiles(left[full], right[full], count[full])
    return row


def _quantiles(left: Floats, right: Floats, count: Floats) -> Floats:
    """[33] by linear interpolation within the bucket, none empty, that each probability is in."""
    upto = np.cumsum(count)
    upto /= upto[-1]
    bucket = np.searchsorted(upto, QUANTILES, "left")
    below = np.concatenate([[0.0], upto])[bucket]
    within = (QUANTILES - below) / (upto[bucket] - below)
    quantiles: Floats = left[bucket] * (1 - within) + right[bucket] * within
    quantiles[0] = left[0]
    return quantiles


def columns(rows: NDArray[np.void]) -> dict[str, NDArray[Any]]:
    """What [n] reduced histograms say, by name."""
    return {name: rows[name].copy() for name in (*_STATISTICS, "quantiles")}
