"""The points of many curves in the order written, sorted by curve: by the library, or by NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Piece
from tb_diagnose.read.native import binding

#: Numbers of curves, steps, bits of wall times, and values.
Rows = tuple[NDArray[Any], ...]


def by_curve(rows: Rows, wide: bytearray) -> Iterator[tuple[int, Piece]]:
    """The number of each curve that has points here, and these points.

    ``wide`` tells of each curve whether its scalars are of 8 bytes.
    """
    library = binding.library() if rows[-1].dtype == np.uint64 else None
    return _by_numpy(rows) if library is None else _by_library(library, rows, bytes(wide))


def _by_numpy(rows: Rows) -> Iterator[tuple[int, Piece]]:
    numbers, *columns = rows
    order = _sorted(numbers)
    points = tuple(column[order] for column in columns)
    numbers = numbers[order]
    ends = [*(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    first = 0
    for number, last in zip(numbers[np.array(ends) - 1].tolist(), ends, strict=True):
        yield number, Piece(points, first, last, lasting=True)
        first = last


def _sorted(numbers: NDArray[Any]) -> NDArray[np.int64]:
    """A stable order by number: a radix sort, 16 bits at a time."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if len(numbers) and numbers.max() >> 16:
        high = (numbers >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order


def _by_library(library: ctypes.PyDLL, rows: Rows, wide: bytes) -> Iterator[tuple[int, Piece]]:
    """Scalars of 4 bytes come first, and have a column of values of their own."""
    numbers, count, curves = rows[0].astype(np.int32, copy=False), len(rows[0]), len(wide)
    # One piece of memory for all that the library tells.
    told = np.empty(3 * curves + 3 * count + 1, np.int64)
    firsts = 0, curves, 2 * curves, *(3 * curves + each * count for each in range(3))
    begin = binding.address(told)
    narrow: int = library.sort_rows(
        *map(binding.address, (numbers, *rows[1:])), count, wide, curves,
        *(begin + 8 * first for first in firsts),
    )  # fmt: skip
    starts, ends, orderly, steps, walls, values = (
        told[first:last] for first, last in pairwise((*firsts, len(told)))
    )
    walls, values = walls.view(np.uint64), values.view(np.uint64)
    fours = steps, walls, values.view(np.uint32)
    eights = steps[narrow:], walls[narrow:], values[(narrow + 1) // 2 :]
    found = zip(wide, starts.tolist(), ends.tolist(), orderly.tolist(), strict=True)
    for number, (eight, first, last, order) in enumerate(found):
        if first < last:
            shift, points = (narrow, eights) if eight else (0, fours)
            span = first - shift, last - shift
            yield number, Piece(points, *span, lasting=True, orderly=bool(order))
