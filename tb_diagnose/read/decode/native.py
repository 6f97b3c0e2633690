"""The same by the library in ``native/``, which also takes whole blocks of records by itself."""

from __future__ import annotations

import ctypes
import secrets
import weakref
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Column, text
from tb_diagnose.read.columns.histograms import ROW
from tb_diagnose.read.decode.plain import DOUBLE, FLOAT, HISTOGRAM
from tb_diagnose.read.native.binding import address, header

#: Curves of more points than this keep the library's memory; others are copied out together.
_MANY = 1 << 11
_CURVE = header().structs["Curve"]
_KINDS: dict[int, np.dtype[Any]] = {FLOAT: np.dtype("<f4"), DOUBLE: np.dtype("<f8"), HISTOGRAM: ROW}


class NativeStore:
    """The points of one file by curve, and the plugin of each tag. For one thread at a time."""

    def __init__(self, library: ctypes.CDLL, *, checksum: bool) -> None:
        self._library = library
        # A random key: no file can be written so that its tags collide.
        self._reader = library.reader_new(secrets.randbits(64), secrets.randbits(64), checksum)
        if not self._reader:
            raise MemoryError
        weakref.finalize(self, library.reader_free, self._reader).atexit = False
        self._names: list[str] = []
        self._plugins: list[bytes] = []
        while (name := library.plugin_name(len(self._plugins))) is not None:
            self._plugins.append(name)

    def scan(self, octets: NDArray[np.uint8], rest: int) -> int:
        """Takes the records that ``octets`` begins with; returns how many bytes they are.

        ``rest`` is how many bytes of the file come after them.
        """
        place, size = address(octets), len(octets)
        taken: int = self._library.reader_scan(self._reader, place, size, rest)
        return taken

    @property
    def records(self) -> int:
        """How many records ``scan`` took."""
        count: int = self._library.reader_records(self._reader)
        return count

    def plugin(self, tag: bytes, name: bytes = b"") -> bytes:
        """The plugin of a tag, which is ``name`` unless it has one already."""
        number: int = self._library.reader_plugin(self._reader, tag, len(tag), name, len(name))
        if number < 0:
            raise MemoryError
        return self._plugins[number]

    def add(self, tag: bytes, kind: int, step: int, wall: bytes, value: bytes) -> None:
        """Adds a point: the bytes of its wall time and of its value, which is of that kind."""
        clock = int.from_bytes(wall, "little")
        if not self._library.reader_add(self._reader, tag, len(tag), kind, step, clock, value):
            raise MemoryError

    def collect(self) -> Iterator[tuple[str, bool, Column]]:
        """Name, whether it is of histograms, and the points that came since the last time."""
        curves = self._curves()
        few = (curves["count"] > 0) & (curves["count"] <= _MANY)
        steps, walls, *values = self._copied(curves[few])
        starts = [0, 0, 0, 0]  # of the next curve: among all, and among those of its kind
        for index in np.flatnonzero(curves["count"]).tolist():
            _, count, _, kind, ordered, _ = curves[index].item()
            if count > _MANY:
                column = self._detached(index, count, kind, ordered=bool(ordered))
            else:
                first, own = starts[0], starts[kind]
                starts[0], starts[kind] = first + count, own + count
                span = slice(first, first + count)
                own_values = values[kind - 1][own : own + count]
                column = Column(steps[span], walls[span], own_values, ordered=bool(ordered))
            yield self._names[index], kind == HISTOGRAM, column

    def _curves(self) -> NDArray[np.void]:
        """[n] all curves, as the library describes them."""
        count = self._library.reader_curves(self._reader, None, 0)
        curves = np.zeros(count, _CURVE)
        self._library.reader_curves(self._reader, address(curves), count)
        known = len(self._names)
        if count > known:
            size = ctypes.c_uint64()
            place = self._library.reader_tags(self._reader, ctypes.byref(size))
            tags = ctypes.string_at(place, size.value)
            spans = zip(
                *(curves[name][known:].tolist() for name in ("place", "length")), strict=True
            )
            self._names += [text(tags[begin : begin + length]) for begin, length in spans]
        return curves

    def _copied(self, curves: NDArray[np.void]) -> list[NDArray[Any]]:
        """Steps, wall times, floats, doubles and histograms of these curves, one after another."""
        total = int(curves["count"].sum())
        found: list[NDArray[Any]] = [np.empty(total, np.int64), np.empty(total, np.float64)]
        for kind, layout in _KINDS.items():
            found.append(np.empty(int(curves["count"][curves["kind"] == kind].sum()), layout))
        if total:
            self._library.reader_collect(self._reader, _MANY, *map(address, found))
        for each in found:
            each.flags.writeable = False
        return found

    def _detached(self, index: int, count: int, kind: int, *, ordered: bool) -> Column:
        """The points of a curve in the memory that the library had them in."""
        room = ctypes.c_int64()
        place = self._library.reader_detach(self._reader, index, ctypes.byref(room))
        layouts = np.dtype(np.int64), np.dtype(np.float64), _KINDS[kind]
        ends = np.cumsum([0, *(each.itemsize * room.value for each in layouts)]).tolist()
        memory = (ctypes.c_uint8 * ends[-1]).from_address(place)
        weakref.finalize(memory, self._library.points_free, place).atexit = False
        parts: list[NDArray[Any]] = []
        for layout, (first, _) in zip(layouts, pairwise(ends), strict=True):
            parts.append(np.frombuffer(memory, layout, count, first))
            parts[-1].flags.writeable = False
        return Column(*parts, ordered=ordered)
