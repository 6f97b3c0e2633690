"""Numbers that stand anywhere in a block of bytes, aligned or not, many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Places = NDArray[np.int64]
#: Up to so many places, or from so many rows on, each place is visited by a loop of its own
#: (measured: else one look-up for all of them costs less than to start so many loops).
_FEW, _LONG = 24, 256


def anywhere(octets: Octets, kind: str) -> NDArray[Any]:
    """A view of the elements of type ``kind`` that begin at each byte; they overlap."""
    count = max(0, len(octets) - np.dtype(kind).itemsize + 1)
    found: NDArray[Any] = np.ndarray(count, kind, octets, 0, (1,))
    return found


def in_rows(octets: Octets, kind: str, places: Places, size: int, rows: int) -> NDArray[Any]:
    """[m, rows] what stands at each of m places in rows of ``size`` bytes; a copy."""
    if len(places) > _FEW and rows < _LONG:
        found: NDArray[Any] = anywhere(octets, kind)[places[:, None] + np.arange(rows) * size]
        return found
    found = np.empty((len(places), rows), kind)
    for row, place in zip(found, places.tolist(), strict=True):
        row[:] = np.ndarray(rows, kind, octets, place, (size,))
    return found


def write_in_rows(octets: Octets, data: NDArray[Any], places: Places, size: int) -> None:
    """Writes [m, rows] ``data`` to where ``in_rows`` would find it."""
    rows = data.shape[1]
    if len(places) > _FEW and rows < _LONG:
        anywhere(octets, data.dtype.str)[places[:, None] + np.arange(rows) * size] = data
        return
    for row, place in zip(data, places.tolist(), strict=True):
        np.ndarray(rows, data.dtype, octets, place, (size,))[:] = row


def in_every_row(octets: Octets, kind: str, place: int, size: int) -> NDArray[Any]:
    """[rows] what stands at one place in each row that reaches so far; a view."""
    rows = (len(octets) - place - np.dtype(kind).itemsize) // size + 1
    found: NDArray[Any] = np.ndarray(rows, kind, octets, place, (size,)) if rows else octets[:0]
    return found
