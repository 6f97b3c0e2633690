"""Where decoded points are put, in plain Python: what reads without the library, and its oracle."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Column, text
from tb_diagnose.read.columns.histograms import ROW
from tb_diagnose.read.native.binding import header

#: Kinds of points, as the library numbers them.
FLOAT, DOUBLE, HISTOGRAM = (header().constants[n] for n in ("FLOAT", "DOUBLE", "HISTOGRAM"))
_KINDS: dict[int, np.dtype[Any]] = {FLOAT: np.dtype("<f4"), DOUBLE: np.dtype("<f8"), HISTOGRAM: ROW}


class _Points:
    """The points of one curve that have not been collected yet."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.clear()

    def clear(self) -> None:
        self.steps: list[int] = []
        self.walls: list[bytes] = []
        self.values: list[bytes] = []


class PlainStore:
    """The points of one file by curve, and the plugin of each tag."""

    def __init__(self) -> None:
        self._plugins: dict[bytes, bytes] = {}
        self._curves: dict[tuple[bytes, bool], _Points] = {}

    def scan(self, _octets: NDArray[np.uint8], _rest: int) -> int:
        """How many bytes of records were taken at once: none, each is for the decoder."""
        return 0

    def plugin(self, tag: bytes, name: bytes = b"") -> bytes:
        """The plugin of a tag, which is ``name`` unless it has one already."""
        return self._plugins.setdefault(tag, name) if name else self._plugins.get(tag, b"")

    def add(self, tag: bytes, kind: int, step: int, wall: bytes, value: bytes) -> None:
        """Adds a point: the bytes of its wall time and of its value, which is of that kind."""
        key = tag, kind == HISTOGRAM
        points = self._curves.get(key)
        if points is None:
            points = self._curves[key] = _Points(kind)
        if kind != points.kind:
            # A tag that is logged in two precisions is kept in the wider one.
            if kind == FLOAT:
                value = _widened(value)
            else:
                points.values, points.kind = list(map(_widened, points.values)), kind
        points.steps.append(step)
        points.walls.append(wall)
        points.values.append(value)

    def collect(self) -> Iterator[tuple[str, bool, Column]]:
        """Name, whether it is of histograms, and the points that came since the last time."""
        for (tag, histogram), points in self._curves.items():
            if points.steps:
                wall = np.frombuffer(b"".join(points.walls), "<f8")
                values = np.frombuffer(b"".join(points.values), _KINDS[points.kind])
                column = Column(np.array(points.steps, np.int64), wall, values)
                points.clear()
                yield text(tag), histogram, column


def _widened(value: bytes) -> bytes:
    return struct.pack("<d", *struct.unpack("<f", value))
