"""Medians: the values of ``numpy.median``, without what it costs on many short arrays.

``numpy.median`` takes 20 µs on three numbers, most of it for axes, subclasses and masked arrays,
whose module it imports. A run is judged by a thousand medians.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_diagnose.measure.reductions import any_of

Floats = NDArray[np.float64]

#: So many numbers at a time stay in a processor's nearest caches.
_CHUNK = 4096
#: Up to here sorting takes less time than looking for the middle (measured with AVX-512, where it
#: would up to 800; without such instructions little is lost).
_FEW = 256
#: From here on one place is found in less time than several: NumPy has vector instructions for it.
_MANY = 2500


def median(values: ArrayLike) -> Any:
    """Median of all ``values``, a NumPy number in their unit; NaN if empty or if one is NaN."""
    numbers = np.array(values)
    if numbers.ndim != 1:
        numbers = numbers.ravel()
    n = len(numbers)
    if n == 0:
        return np.float64(np.nan)
    half = n // 2
    _arrange(numbers)
    last = numbers[-1]  # where NaN is sorted to; it equals nothing
    if last != last:  # noqa: PLR0124
        return last
    return numbers[half] / 1 if n % 2 else (numbers[half - 1] + numbers[half]) / 2


def _arrange(numbers: NDArray[Any]) -> None:
    """Puts the two in the middle of [..., n >= 1], and NaN at the end, where sorting would."""
    n = numbers.shape[-1]
    half = n // 2
    if n <= _FEW:
        numbers.sort()
    elif n <= _MANY:
        numbers.partition((half - 1, half, n - 1))
    else:
        numbers.partition(half)
        numbers[..., half - 1] = numbers[..., :half].max(axis=-1)
        numbers[..., -1] = numbers[..., half:].max(axis=-1)


def quantile(values: NDArray[Any], share: float) -> float:
    """What ``share`` of [n >= 1] numbers lie below, in their unit, as ``numpy.quantile`` has it."""
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    numbers = np.partition(values, (low, high))
    return float(numbers[low] + (numbers[high] - numbers[low]) * (place - low))


def row_medians(table: NDArray[Any]) -> Floats:
    """Median of each row of [n, k >= 1]; NaN for a row that holds NaN. [n]"""
    n, k = table.shape
    if k == 1:
        return np.array(table[:, 0], dtype=np.float64)
    rows = max(1, _CHUNK // k)
    if n <= rows:
        return _row_medians(table)
    parts = [_row_medians(table[at : at + rows]) for at in range(0, n, rows)]
    return np.concatenate(parts)


def _row_medians(table: NDArray[Any]) -> Floats:
    some = np.array(table, dtype=np.float64)
    _arrange(some)
    half = some.shape[1] // 2
    odd = some.shape[1] % 2
    found: Floats = some[:, half].copy() if odd else (some[:, half - 1] + some[:, half]) / 2
    last = some[:, -1]
    missing = last != last  # noqa: PLR0124  NaN equals nothing
    if any_of(missing):
        found[missing] = last[missing]
    return found


def medians(values: Floats) -> Any:
    """Median along the last axis of [..., k >= 1], as ``median`` and ``row_medians`` have it. [...]

    A NumPy number for a single row.
    """
    if values.ndim == 1:
        return median(values)
    return row_medians(values.reshape(-1, values.shape[-1])).reshape(values.shape[:-1])


def piece_medians(values: Floats, pieces: int) -> Floats:
    """Median of each of so many pieces of [n >= pieces], cut as ``numpy.array_split`` does."""
    if not pieces:
        return np.empty(0)
    size, more = divmod(len(values), pieces)
    middle = more * (size + 1)
    longer = values[:middle].reshape(more, size + 1)
    return np.concatenate([row_medians(longer), row_medians(values[middle:].reshape(-1, size))])


def window_medians(values: Floats, width: int) -> Floats:
    """Median of every ``width`` (odd) neighbours of [n >= width]. [n - width + 1]

    All windows at once. Of nine values three by three: the median is that of the largest low, the
    middle mid and the smallest high of the triples, and each triple is sorted for three windows
    together. Else by forgetful selection: of width // 2 + 2 values neither the smallest nor the
    largest can be the median of the window; they are dropped and another one is looked at.
    """
    count = len(values) - width + 1
    medians = np.empty(count)
    for at in range(0, count, _CHUNK):
        size = min(_CHUNK, count - at)
        some = values[at : at + size + width - 1]
        if width == 9:
            medians[at : at + size] = _nines(some)
        else:
            columns = _columns(some, width)
            medians[at : at + size] = middle_of(*columns) if width == 3 else _selected(columns)
    return medians


def _columns(values: Floats, width: int) -> list[Floats]:
    """The first, second … value of each window of [n] values."""
    size = len(values) - width + 1
    return [values[i : i + size] for i in range(width)]


def middle_of(one: Floats, two: Floats, three: Floats) -> Floats:
    """Median of three arrays [...], place by place. NaN stays NaN. [...]"""
    return np.asarray(np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three)))


def _nines(values: Floats) -> Floats:
    """Median of each nine neighbours of [n]. NaN stays NaN. [n - 8]"""
    low, middle, high = _sorted(*_columns(values, 3))
    first, second, third = (_columns(each, 7)[::3] for each in (low, middle, high))
    largest_low = np.maximum(np.maximum(*first[:2]), first[2])
    smallest_high = np.minimum(np.minimum(*third[:2]), third[2])
    return middle_of(largest_low, middle_of(*second), smallest_high)


def _sorted(one: Floats, two: Floats, three: Floats) -> tuple[Floats, Floats, Floats]:
    """Three columns [n], place by place in ascending order. NaN spreads to all three."""
    low, high = np.minimum(one, two), np.maximum(one, two)
    lowest, rest = np.minimum(low, three), np.maximum(low, three)
    return lowest, np.minimum(rest, high), np.maximum(rest, high)


def _selected(columns: list[Floats]) -> Floats:
    """Median of an odd number of columns [n], place by place. NaN stays NaN. [n]"""
    known = len(columns) // 2 + 2
    kept, rest = columns[:known], columns[known:]
    while len(kept) > 2:
        for i in range(1, len(kept)):
            kept[0], kept[i] = np.minimum(kept[0], kept[i]), np.maximum(kept[0], kept[i])
        for i in range(1, len(kept) - 1):
            kept[i], kept[-1] = np.minimum(kept[i], kept[-1]), np.maximum(kept[i], kept[-1])
        kept = kept[1:-1] + rest[:1]
        rest = rest[1:]
    return kept[0]
