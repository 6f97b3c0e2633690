"""Records whose order repeats nowhere: all that are at hand are parsed in step.

The records of a block are found (``frames.py``), parsed (``lockstep.py``), and their tags numbered
(``tagindex.py``) all at once. What is behind a tag is compared with *tails*, which hold the same
for all tags: that of a scalar is ``15 <value>``, or a tensor's type and shape and its value. What
a tail means, the decoder tells at the first record that has it; records that it does not fit are
left to the decoder, in their turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_diagnose.read import frames, histograms, lockstep
from tb_diagnose.read.columns import Columns
from tb_diagnose.read.curves import Curves
from tb_diagnose.read.events import Decoder
from tb_diagnose.read.lockstep import LOW_BYTES, Parsed
from tb_diagnose.read.places import Octets, Places, anywhere
from tb_diagnose.read.records import FOOTER, HEADER
from tb_diagnose.read.table import Table
from tb_diagnose.read.tails import Tails
from tb_diagnose.read.wire import Malformed

#: Bytes parsed at once, which keeps a few dozen numbers for each record within the cache.
_BLOCK = 1 << 20
#: Bytes that have to follow the last record, so that whole words can be read everywhere in it.
_SLACK = 16


@dataclass
class _Block:
    """The records of a block that have been parsed.

    Attributes:
        numbers: [n] of the tags, -1 where there is none.
        tails: [n] which tail it has, -1 where none fits.
    """

    octets: Octets
    begins: Places
    lengths: Places
    parsed: Parsed
    numbers: Places
    tails: Places

    def next_odd(self, first: int) -> int:
        """The first record from ``first`` on that the decoder has to take."""
        odd = self.tails[first:] < 0
        return first + (int(odd.argmax()) if odd.any() else len(odd))


class Disorder:
    """Takes the records of one file for which there is no prediction."""

    def __init__(self, columns: Columns, decoder: Decoder, table: Table, *, checksum: bool) -> None:
        self._columns, self._decoder, self._table = columns, decoder, table
        self._checksum = checksum
        self._curves = Curves(columns, decoder.plugins, table)
        self._tails = Tails()

    def take(self, octets: Octets) -> tuple[int, list[tuple[int, int]]]:
        """Takes the records that ``octets`` begins with.

        Returns where it stopped, and place and size of records that are intact, but no events.
        """
        octets = octets[:_BLOCK]
        begins, lengths = frames.frames(octets[:-_SLACK])
        if not len(begins):
            return 0, []
        end = int(begins[-1] + lengths[-1] + FOOTER)
        if self._checksum and not frames.intact(octets[:end], begins, lengths):
            return 0, []
        block = self._parsed(octets, begins, lengths)
        malformed: list[tuple[int, int]] = []
        first, count = 0, len(begins)
        while first < count:
            odd = block.next_odd(first)
            self._points(block, first, odd)
            first = self._decode(block, odd, malformed)
        self._columns.records += count
        return end, malformed

    def _parsed(self, octets: Octets, begins: Places, lengths: Places) -> _Block:
        parsed = lockstep.parse(octets, begins, lengths)
        numbers = self._curves.numbers(octets, parsed)
        block = _Block(octets, begins, lengths, parsed, numbers, np.full(len(begins), -1))
        self._curves.renew()
        self._match(block, np.flatnonzero(numbers >= 0))
        return block

    def _match(self, block: _Block, rows: Places) -> None:
        """Finds the tails of these records, and makes curves for tags that have none yet."""
        block.tails[rows] = -1
        for index, tail in enumerate(self._tails.known):
            mine = rows[block.parsed.rest_lengths[rows] == tail.length]
            mine = mine[
                self._curves.plugins[block.numbers[mine]] == self._curves.plugin(tail.plugin)
            ]
            mine = mine[lockstep.like(block.octets, block.parsed.rests[mine], tail.same, tail.mask)]
            fit = self._curves.accept(block.numbers[mine], tail.kind)
            block.tails[mine[fit]] = index

    def _points(self, block: _Block, first: int, last: int) -> None:
        """Takes the data of records that all have tails."""
        if last <= first:
            return
        rows = np.arange(first, last)
        tails = block.tails[first:last]
        scalar = self._tails.scalar[tails]
        if not scalar.all():
            self._histograms(block, rows[~scalar])
            rows, tails = rows[scalar], tails[scalar]
        if len(rows):
            places = block.parsed.rests[rows] + self._tails.firsts[tails]
            values = anywhere(block.octets, "<u8")[places] & LOW_BYTES[self._tails.sizes[tails]]
            parsed = block.parsed
            curves = self._curves.places[block.numbers[rows]]
            self._table.rows(curves, parsed.steps[rows], parsed.walls[rows], values)

    def _histograms(self, block: _Block, rows: Places) -> None:
        parsed, numbers, tails = block.parsed, block.numbers[rows], block.tails[rows]
        found = np.empty(len(rows), histograms.ROW)
        for index in np.unique(tails).tolist():
            tail, mine = self._tails.known[index], tails == index
            places = parsed.rests[rows[mine]] + tail.first
            found[mine] = histograms.reduced(anywhere(block.octets, f"V{tail.size}")[places])
        order = np.argsort(numbers, kind="stable")
        for each in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
            column = self._curves.histogram(int(numbers[each[0]]))
            at = column.stretch(parsed.steps[rows[each]], parsed.walls[rows[each]])
            column.write(at, found[each])

    def _decode(self, block: _Block, odd: int, malformed: list[tuple[int, int]]) -> int:
        """Leaves records to the decoder, as long as they have no tail; returns the next one."""
        changed: set[int] = set()
        taught = False
        while odd < len(block.begins) and block.tails[odd] < 0 and not taught:
            begin, length = int(block.begins[odd]), int(block.lengths[odd])
            payload = block.octets[begin : begin + length].tobytes()
            try:
                layout, _ = self._decoder.decode(payload)
            except Malformed:
                layout = None
                malformed.append((begin - HEADER, length + HEADER + FOOTER))
            number = int(block.numbers[odd])
            if layout is not None and number >= 0:
                rest = int(block.parsed.rests[odd]) - begin - (length - len(layout.body))
                taught = self._tails.learn(layout, rest)
            changed.update(self._curves.renew(number))
            odd += 1
        if taught or changed:
            later = np.arange(odd, len(block.begins))
            same = np.isin(block.numbers[later], list(changed))
            if taught:
                same |= (block.tails[later] < 0) & (block.numbers[later] >= 0)
            self._match(block, later[same])
        return odd
