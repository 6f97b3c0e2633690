"""Reading at the speed of memory: predict what comes next, and prove it.

Event files are written by programs that repeat themselves, so most of a file need not be parsed.
A record that is new is decoded field by field, which teaches its *layout* (``layouts.py``). The
layouts met so far are a history; where the last two of them were met before, what followed then is
predicted to follow again, in turns, as far as it goes. This finds the ten curves of each step as
well as the curves that come along at every hundredth. A predicted *period* is compared with the
file in one go (``template.py``), and its columns are copied out of it (``period.py``). Nothing
depends on a guess: a wrong one costs time, and a right one has been proved byte by byte.

Where there are but a few points of each curve at a time, they are put down in one long table, to be
sorted by curve when there are enough of them (``table.py``).

Where the order of records repeats nowhere, all the records at hand are parsed in step, one field of
all of them at a time (``lockstep.py``).
"""

from __future__ import annotations

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.columns import Column, Columns, Piece
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode.disorder import Disorder
from tb_diagnose.read.decode.events import Decoder
from tb_diagnose.read.decode.history import History
from tb_diagnose.read.decode.period import WIDEST, Period
from tb_diagnose.read.decode.scanner import Scanner
from tb_diagnose.read.native import binding
from tb_diagnose.read.sources.window import Window
from tb_diagnose.read.wire import records
from tb_diagnose.read.wire.places import Octets
from tb_diagnose.read.wire.records import FOOTER, HEADER
from tb_diagnose.read.wire.skip import ENOUGH, unwanted
from tb_diagnose.read.wire.wire import Malformed

_LENGTHS = 1 << 16
#: What a prediction costs, in records that could be decoded one by one meanwhile.
_COST = 16
#: With less luck than this, or behind so many records that had to be decoded one by one, there is
#: no more predicting in this window; the next one begins with a trial.
_OUT_OF_LUCK, _TRIAL, _LUCKY = -256, 8, 1024
#: So many turns of the tags pay for learning one (measured: a record learnt takes as long as so
#: many that are parsed in step).
_TURNS = 64
#: Fewer points of each curve at once are collected and sorted together (measured: each curve costs
#: as much time as so many rows of the table).
_FEW = 48


class Engine:
    """Reads the intact records of one file into ``columns``.

    Attributes:
        malformed: place and size of records that are intact, but no events.
    """

    def __init__(self, columns: Columns, plugins: dict[bytes, bytes], *, checksum: bool) -> None:
        self.columns = columns
        self.checksum = checksum
        self.malformed: list[tuple[int, int]] = []
        self._table, self._distributions = Table(), Distributions()
        self._plugins = plugins
        self._decoder = Decoder(columns, plugins, self._table, self._distributions)
        self._scanner: Scanner | None = None
        if library := binding.library():
            tables = self._table, self._distributions
            self._scanner = Scanner(library, self._decoder, *tables, checksum=checksum)
        self._lengths: dict[bytes, int] = {}
        self._history = History()
        self._disorder: Disorder | None = None
        # Columns with pieces that are parts of the window.
        self._borrowers: list[Column] = []
        # How well predictions have done of late, in records.
        self._luck = 0
        # A prediction that holds as far as the window reaches, and so is not over yet.
        self._lasting: Period | None = None
        # No use in predicting before this place: what was predicted is not what stands there.
        self._failed = 0

    def take(self, window: Window, at: int) -> tuple[int, int]:
        """Decodes record after record, as far as it can.

        Returns where the first record begins that it cannot take, and how many bytes are missing
        for it; 0 if it is damaged, or the file ends in it.
        """
        if self._scanner is not None:
            return self._scan(window, at, self._scanner)
        self._failed = 0
        if self._lasting is not None:
            at = self._gallop(window, at, self._lasting)
        while self._lasting is None:
            after, missing = self._one(window, at)
            if after == at:
                return at, missing
            at = after
            self._luck -= 1
            if at > self._failed and (expected := self._history.prediction()):
                at = self._gallop(window, at, expected)
            if self._luck < _OUT_OF_LUCK:
                at = self._in_step(window, at)
        return at, self._lasting.size

    def _scan(self, window: Window, at: int, scanner: Scanner) -> tuple[int, int]:
        """The same by the library in ``native/``."""
        while True:
            if at < len(window):
                at += scanner.take(window.octets[at:])
            after, missing = self._one(window, at)
            if after == at:
                return at, missing
            at = after

    def settle(self) -> None:
        """Moves what was taken out of the window, which may then be overwritten."""
        for column in self._borrowers:
            column.settle(self.columns.outlook)
        self._borrowers.clear()
        for table in (self._table, self._distributions):
            if table.strewn:
                # All that was read, so that the outlook is true of it.
                if self._scanner is not None:
                    self._scanner.deliver()
                table.settle(self.columns.outlook)

    def finish(self) -> None:
        """Leaves nothing half done at the end of what there is."""
        if self._scanner is not None:
            self._scanner.deliver()
        self._table.split()
        self._distributions.split()

    def length(self, header: bytes) -> int:
        """How long the payload behind ``header`` is; -1 where its CRC does not hold."""
        length = self._lengths.get(header)
        if length is None:
            length = records.length(header)
            if length >= 0:
                if len(self._lengths) > _LENGTHS:
                    self._lengths.clear()
                self._lengths[header] = length
        return length

    def _one(self, window: Window, at: int) -> tuple[int, int]:
        """Decodes one record; returns where the next one is, and bytes missing for this one."""
        octets = window.octets
        first = at + HEADER
        if first > len(octets):
            return at, 0 if window.at_end else first - len(octets)
        length = self.length(octets[at:first].tobytes())
        last = first + length
        end = last + FOOTER
        if length < 0:
            return at, 0
        if end > len(octets):
            if window.at_end or end > window.end_of_file:
                return at, 0 if window.at_end else end - len(octets)
            skipped = length > ENOUGH and unwanted(
                octets[first : first + ENOUGH].tobytes(), length, self._plugins
            )
            self.columns.records += skipped
            return (end, 0) if skipped else (at, end - len(octets))
        payload = octets[first:last].tobytes()
        if self.checksum and not records.intact(payload, octets[last:end].tobytes()):
            return at, 0
        if self._scanner is not None:
            self._scanner.deliver()
        try:
            layout, width = self._decoder.decode(payload)
            if layout is not None and self._scanner is not None:
                self._scanner.learn(layout)
            elif layout is not None and width <= WIDEST:
                self._history.add(layout, width)
        except Malformed:
            self.malformed.append((at, end - at))
        self.columns.records += 1
        return end, 0

    def _gallop(self, window: Window, at: int, expected: Period) -> int:
        """Takes as many periods as there are; returns where the next record is."""
        self._lasting = None
        if not self._decoder.meanings.holds(expected):
            return at
        octets = window.octets[at:]
        if not window.at_end:
            # Only whole periods, so that it goes on with another one behind the window.
            octets = octets[: len(octets) // expected.size * expected.size]
        count, some, failed = expected.template.proved(octets, checksum=self.checksum)
        end = count * expected.size + expected.template.starts[some]
        records = count * len(expected.layouts) + some
        if records:
            few = count * len(expected.scalars) < _FEW * len(expected.parts)
            self._deliver(octets[:end], expected, few=few, last=window.at_end)
            self._history.repeat(expected, count, some)
            self.columns.records += records
        self._luck = min(self._luck + records - _COST, _LUCKY)
        if failed is not None:
            self._failed = at + failed
        elif window.at_end:
            self._failed = len(window)
        else:
            self._lasting = expected
        return at + end

    def _in_step(self, window: Window, at: int) -> int:
        """Takes the records of a window without predictions; returns where the next one is."""
        if self._disorder is None:
            self._disorder = Disorder(
                self._decoder, self._table, self._distributions, checksum=self.checksum
            )
        while True:
            used, malformed = self._disorder.take(window.octets[at:])
            self.malformed += [(at + place, size) for place, size in malformed]
            if not used:
                break
            at += used
        self._history.clear()
        self._luck = _OUT_OF_LUCK + _TRIAL
        # Where the tags came in turns, it pays to learn them all, and some more, if many are left.
        if window.end_of_file - at > _TURNS * self._disorder.turn:
            self._luck += 2 * self._disorder.period
        return at

    def _deliver(self, octets: Octets, expected: Period, *, few: bool, last: bool) -> None:
        """Gives what was proved to its columns: ``few`` points each, perhaps of the last window."""
        numbers = self._decoder.meanings.numbers(expected)
        for group in expected.histograms:
            parts, steps, walls, data = expected.rows(octets, group)
            reduced = histograms.reduced(histograms.from_bytes(data))
            self._distributions.rows(numbers[parts], steps, walls, reduced)
        if few and len(expected.scalars):
            parts, *rest = expected.rows(octets, expected.scalars)
            self._table.rows(numbers[parts], *rest)
        elif len(expected.scalars):
            self._scalars(octets, expected, last=last)

    def _scalars(self, octets: Octets, expected: Period, *, last: bool) -> None:
        self._table.split()
        for part, *points in expected.columns(octets):
            curve = self.columns.column(part.tag.decode("utf-8", "replace"), part.kind)
            if last:
                # What is short enough to be in one window need not be moved twice.
                points[1:] = (each.copy() for each in points[1:])
            else:
                self._borrowers.append(curve)
            curve.take(Piece(tuple(points), 0, len(points[0]), lasting=last))
