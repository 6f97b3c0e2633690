"""The records of one file that are like others met before, taken by the library in ``native/``.

The decoder takes what is new. What it then tells of a record, its *layout*, teaches the library in
which *form* the data of each value stands; that holds for all tags with the same plugin, in all
files. The library hands back the points of all curves in the order written, with numbers for the
curves, as the tables take them.
"""

from __future__ import annotations

import ctypes
import threading
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Column
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.histograms import HISTOGRAM, ROW
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode import lessons
from tb_diagnose.read.decode.events import Decoder
from tb_diagnose.read.decode.layouts import Layout
from tb_diagnose.read.native import binding
from tb_diagnose.read.wire.places import Octets

#: So many rows are taken at once (chosen: they stay in the processor's cache), of histograms fewer.
_ROWS, _HISTOGRAMS, _NEWS = 1 << 16, 1 << 12, 1 << 12
_SEEN = np.dtype([("scalar", "<i4"), ("histogram", "<i4"), ("plugin", "u1"), ("kind", "u1"),
                  ("form", "u1"), ("unused", "u1")])  # fmt: skip
_KINDS = {binding.FLOAT: "<f4", binding.DOUBLE: "<f8", binding.HISTOGRAM: HISTOGRAM}
_NUMBERS = {name: number for number, name in _KINDS.items()}
#: Stands for a plugin that there was no room to learn.
_NO_PLUGIN = 0xFF
#: Of each thread, where the library puts down what it takes.
_MEMORY = threading.local()


class _Desk:
    """Memory to be written to by the library again and again: new memory would be slow.

    Attributes:
        scalars, histograms: numbers of curves, steps, wall times and values.
        news: [n, 2] tag and kind.
    """

    def __init__(self) -> None:
        kinds = np.int32, np.int64, np.uint64
        self.scalars = [np.empty(_ROWS, kind) for kind in (*kinds, np.uint64)]
        self.histograms = [np.empty(_HISTOGRAMS, kind) for kind in (*kinds, ROW)]
        self.news = np.empty((_NEWS, 2), np.int32)
        self.file = binding.File()
        self.rows = self.file.scalars, self.file.reduced
        for rows, columns in zip(self.rows, (self.scalars, self.histograms), strict=True):
            rows.numbers, rows.steps, rows.walls, rows.values = map(binding.address, columns)
            rows.room = len(columns[0])
        self.file.news, self.file.news_room = binding.address(self.news), _NEWS


def _desk() -> _Desk:
    found: _Desk | None = getattr(_MEMORY, "desk", None)
    if found is None:
        found = _MEMORY.desk = _Desk()
    return found


class Scanner:
    """Takes records of one file, for as long as they are like others."""

    def __init__(
        self,
        library: ctypes.PyDLL,
        decoder: Decoder,
        table: Table,
        distributions: Distributions,
        *,
        checksum: bool,
    ) -> None:
        self._columns, self._plugins = decoder.columns, decoder.plugins
        self._table, self._distributions = table, distributions
        self._checksum = checksum
        self._lessons = lessons.latest(library)
        # What is known of each tag in this file, by its number; numbers of curves count from 1.
        self._seen = np.zeros(1 << 8, _SEEN)
        self._place = binding.address(self._seen)
        self._last = -1
        self._renewed = 0, 0
        # Where what has not been delivered yet lies.
        self._desk: _Desk | None = None

    def take(self, octets: Octets) -> int:
        """Takes the records that ``octets`` begins with; returns how many bytes they are.

        Their points are ``deliver``-ed later, many at a time.
        """
        self._renew()
        file, learnt, begin = self._file(), self._lessons, binding.address(octets)
        used = 0
        while True:
            used += int(learnt.library.scan(learnt.handle, file, begin + used, len(octets) - used))
            self._columns.records += file.records
            file.records = 0
            if not file.full:
                return used
            if not self.deliver():
                self._grow(2 * len(self._seen))
            file = self._file()

    def deliver(self) -> bool:
        """Gives the tables what has been taken; False if that is nothing."""
        desk, self._desk = self._desk, None
        if desk is None:
            return False
        self._last = desk.file.last
        scalars, reduced = desk.rows
        news = desk.file.news_count
        if news:
            self._meet(desk, desk.news[:news].tolist())
        if scalars.count:
            self._table.rows(*(each[: scalars.count] for each in desk.scalars))
        if reduced.count:
            self._distributions.rows(*(each[: reduced.count] for each in desk.histograms))
        return bool(news or scalars.count or reduced.count)

    def learn(self, layout: Layout) -> None:
        """Learns from a record that the decoder has taken."""
        self._lessons.learn(layout)

    def _file(self) -> binding.File:
        """The desk, cleared for this file where it has nothing there yet."""
        if self._desk is not None:
            return self._desk.file
        desk = self._desk = _desk()
        file = desk.file
        file.seen, file.known = self._place, len(self._seen)
        file.curves, file.histograms = len(self._table.curves), self._distributions.count
        file.last, file.checksum = self._last, self._checksum
        file.records = file.news_count = 0
        for rows in desk.rows:
            rows.count = 0
        return file

    def _grow(self, size: int) -> None:
        seen = np.zeros(size, _SEEN)
        seen[: len(self._seen)] = self._seen
        self._seen, self._place = seen, binding.address(seen)

    def _renew(self) -> None:
        """Tells what the decoder, or another file of the folder, has found out meanwhile."""
        now = len(self._plugins), self._table.widened
        if now == self._renewed:
            return
        self.deliver()
        (told, _), self._renewed = self._renewed, now
        for tag in islice(reversed(self._plugins), now[0] - told):
            number, plugin = self._lessons.number(tag), self._lessons.plugin(self._plugins[tag])
            if number >= len(self._seen):
                self._grow(2 * number)
            self._seen["plugin"][number] = plugin if plugin >= 0 else _NO_PLUGIN
        for tag in np.flatnonzero(self._seen["scalar"]).tolist():
            curve = self._table.curves[self._seen["scalar"][tag] - 1]
            self._seen["kind"][tag] = _NUMBERS[curve.kind]

    def _meet(self, desk: _Desk, news: list[list[int]]) -> None:
        """Finds or makes the curves of tags that are new here, and notes their plugins."""
        scalars: list[tuple[int, int]] = []
        histograms: list[tuple[int, int]] = []
        for tag, kind in news:
            name = self._lessons.name(tag)
            if kind == binding.PLUGIN:
                plugin = self._lessons.plugins[self._seen["plugin"][tag]]
                self._plugins.setdefault(self._lessons.tags[tag], plugin)
                continue
            curve = self._columns.column(name, _KINDS[kind])
            if kind == binding.HISTOGRAM:
                histograms.append((tag, self._distributions.number(curve)))
                continue
            if curve.kind != _KINDS[kind]:
                self._agree(desk, tag, curve)
            scalars.append((tag, self._table.number(curve)))
        file = desk.file
        numbers = desk.scalars[0][: file.scalars.count]
        _renumber(numbers, self._seen["scalar"], file.curves, scalars)
        numbers = desk.histograms[0][: file.reduced.count]
        _renumber(numbers, self._seen["histogram"], file.histograms, histograms)
        self._renewed = len(self._plugins), self._renewed[1]

    def _agree(self, desk: _Desk, tag: int, curve: Column) -> None:
        """Has a curve that the decoder began, and points of another type, agree on float64."""
        if curve.kind == "<f4":
            self._table.widen(curve)
            return
        count = desk.file.scalars.count
        mine = desk.scalars[0][:count] == self._seen["scalar"][tag] - 1
        bits = desk.scalars[3][:count]
        with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
            wide = bits[mine].astype("<u4").view("<f4").astype("<f8")
        bits[mine] = wide.view("<u8")
        self._seen["kind"][tag] = binding.DOUBLE


def _renumber(
    numbers: NDArray[np.int32], known: NDArray[Any], count: int, given: list[tuple[int, int]]
) -> None:
    """Has the points of new curves, and what is ``known`` of their tags, name them by the numbers
    that are ``given``; the library took the next ones, up to ``count``.
    """  # fmt: skip
    first = count - len(given)
    if any(number != first + index for index, (_, number) in enumerate(given)):
        numbers[:] = np.array([*range(first), *(number for _, number in given)])[numbers]
        for tag, number in given:
            known[tag] = number + 1
