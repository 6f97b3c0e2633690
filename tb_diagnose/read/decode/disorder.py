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

from tb_diagnose.measure.levels import distinct
from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode import frames, limits, lockstep
from tb_diagnose.read.decode.curves import Curves
from tb_diagnose.read.decode.events import Decoder
from tb_diagnose.read.decode.lockstep import LOW_BYTES, Parsed
from tb_diagnose.read.decode.tails import Tails
from tb_diagnose.read.wire.places import Octets, Places, anywhere
from tb_diagnose.read.wire.records import FOOTER, HEADER
from tb_diagnose.read.wire.wire import Malformed

#: Bytes parsed at once, which keeps a few dozen numbers for each record within the cache.
_BLOCK = 1 << 20
#: So many distances are tried at which the first tag comes again.
_CANDIDATES = 16
#: Where so many tags come again in turns, the others are odd ones between them (chosen).
_MOSTLY = 0.9
#: Bytes that have to follow the last record, so that whole words can be read everywhere in it.
_SLACK = 16


@dataclass
class _Block:
    """The records of a block that have been parsed.

    Attributes:
        numbers: [n] of the tags, -1 where there is none.
        tails: [n] which tail it has, -1 where none fits.
        older: [n] which of the ``reduced`` histograms of the older encoding it is, -1 if none.
    """

    octets: Octets
    begins: Places
    lengths: Places
    parsed: Parsed
    numbers: Places

    def __post_init__(self) -> None:
        self.tails, self.older = np.full((2, len(self.begins)), -1)
        self.reduced = np.empty(0, histograms.ROW)

    def next_odd(self, first: int) -> int:
        """The first record from ``first`` on that the decoder has to take."""
        odd = (self.tails[first:] < 0) & (self.older[first:] < 0)
        return first + (int(odd.argmax()) if odd.any() else len(odd))

    def period(self) -> int:
        """After how many records the tags mostly come again in the same order; 0 if they do not."""
        numbers = self.numbers
        if (self.older >= 0).any():
            # Their records are never of the same size, and so no template fits them.
            return 0
        for after in map(int, np.flatnonzero(numbers[1:] == numbers[0])[:_CANDIDATES] + 1):
            if 2 * after > len(numbers):
                break
            if np.mean(numbers[after:] == numbers[:-after]) > _MOSTLY:
                return after
        return 0


class Disorder:
    """Takes the records of one file for which there is no prediction.

    Attributes:
        period: after how many records the tags came again in the latest block, 0 if they did not.
        turn: how many bytes these are.
    """

    def __init__(
        self, decoder: Decoder, table: Table, distributions: Distributions, *, checksum: bool
    ) -> None:
        self._columns, self._decoder = decoder.columns, decoder
        self._table, self._distributions = table, distributions
        self._checksum = checksum
        self._curves = Curves(decoder.columns, decoder.plugins, table, distributions)
        self._tails = Tails()
        self.period = self.turn = 0

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
        self.period = block.period()
        self.turn = int(begins[self.period] - begins[0])
        return end, malformed

    def _parsed(self, octets: Octets, begins: Places, lengths: Places) -> _Block:
        parsed = lockstep.parse(octets, begins, lengths)
        numbers = self._curves.numbers(octets, parsed)
        block = _Block(octets, begins, lengths, parsed, numbers)
        self._curves.renew()
        self._match(block, np.flatnonzero(numbers >= 0))
        self._take_older(block)
        return block

    def _take_older(self, block: _Block) -> None:
        """Reduces the histograms of the older encoding, which no tail fits."""
        rows = np.flatnonzero((block.numbers >= 0) & (block.tails < 0))
        begins, lengths = block.parsed.rests[rows], block.parsed.rest_lengths[rows]
        good, buckets = limits.parse(block.octets, begins, lengths)
        if good.any():
            fit = self._curves.accept(block.numbers[rows[good]], HISTOGRAM)
            block.older[rows[good][fit]] = np.flatnonzero(fit)
            block.reduced = histograms.reduced(buckets)

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
        scalar = block.older[first:last] < 0
        scalar[scalar] = self._tails.scalar[block.tails[rows[scalar]]]
        if not scalar.all():
            self._histograms(block, rows[~scalar])
            rows = rows[scalar]
        tails = block.tails[rows]
        if len(rows):
            places = block.parsed.rests[rows] + self._tails.firsts[tails]
            values = anywhere(block.octets, "<u8")[places] & LOW_BYTES[self._tails.sizes[tails]]
            parsed = block.parsed
            curves = self._curves.places[block.numbers[rows]]
            self._table.rows(curves, parsed.steps[rows], parsed.walls[rows], values)

    def _histograms(self, block: _Block, rows: Places) -> None:
        parsed, tails, older = block.parsed, block.tails[rows], block.older[rows]
        found = np.empty(len(rows), histograms.ROW)
        found[older >= 0] = block.reduced[older[older >= 0]]
        for index in map(int, distinct(tails[older < 0])):
            tail, mine = self._tails.known[index], (tails == index) & (older < 0)
            places = parsed.rests[rows[mine]] + tail.first
            tensors = anywhere(block.octets, f"V{tail.size}")[places]
            found[mine] = histograms.reduced(histograms.from_bytes(tensors))
        curves = self._curves.places[block.numbers[rows]]
        self._distributions.rows(curves, parsed.steps[rows], parsed.walls[rows], found)

    def _decode(self, block: _Block, odd: int, malformed: list[tuple[int, int]]) -> int:
        """Leaves records to the decoder, as long as they have no tail; returns the next one."""
        changed: set[int] = set()
        taught = False
        while odd < len(block.begins) and not taught and block.next_odd(odd) == odd:
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
