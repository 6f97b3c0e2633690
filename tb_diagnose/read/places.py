"""Numbers that stand anywhere in a block of bytes, aligned or not, many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Places = NDArray[np.int64]
#: Up to so many places in a row are visited one after the other (chosen: at more, one look-up for
#: all of them costs less than their loops).
_FEW = 24


def anywhere(octets: Octets, kind: str) -> NDArray[Any]:
    """A view of the elements of type ``kind`` that begin at each byte; they overlap."""
    count = max(0, len(octets) - np.dtype(kind).itemsize + 1)
    found: NDArray[Any] = np.ndarray(count, kind, octets, 0, (1,))
    return found


def in_rows(octets: Octets, kind: str, places: Places, size: int) -> NDArray[Any]:
    """[n, m] what stands at m places in each of n rows of ``size`` bytes; perhaps a view."""
    count = len(octets) // size
    if len(places) < _FEW:
        columns = [np.ndarray(count, kind, octets, place, (size,)) for place in places.tolist()]
        return columns[0][:, None] if len(columns) == 1 else np.stack(columns, axis=1)
    found: NDArray[Any] = anywhere(octets, kind)[np.arange(count)[:, None] * size + places]
    return found


def write_in_rows(octets: Octets, data: NDArray[Any], places: Places, size: int) -> None:
    """Writes [n, m] ``data`` to where ``in_rows`` would find it."""
    if len(places) < _FEW:
        for place, column in zip(places.tolist(), data.T, strict=True):
            np.ndarray(len(data), data.dtype, octets, place, (size,))[:] = column
    else:
        rows = np.arange(len(data))[:, None] * size
        anywhere(octets, data.dtype.str)[rows + places] = data
