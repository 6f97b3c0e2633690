"""One event file, read as far as it has been written, and further as it grows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tb_diagnose.read.columns.columns import Columns
from tb_diagnose.read.decode.engine import Engine
from tb_diagnose.read.sources.source import Place, opened
from tb_diagnose.read.sources.window import Window
from tb_diagnose.read.wire import records
from tb_diagnose.read.wire.records import FOOTER, HEADER

#: Room that columns get, for so many times as many points as they would have in the whole file if
#: it went on like this.
_AHEAD = 1.01


class Lost(NamedTuple):
    """A stretch of the file that is not intact: ``size`` bytes from ``offset`` on."""

    offset: int
    size: int


class EventFile:
    """Reads an event file into ``columns``; ``refresh`` reads what was appended since.

    Attributes:
        columns: everything intact so far.
        lost: the damaged stretches so far.
        offset: where the next record begins; the file was of ``size`` bytes when last read.
        bad_from: where the damage at the end of what was read begins, None if there is none.
        error: why the file could not be opened, or ``""``.
    """

    def __init__(self, path: Place, plugins: dict[bytes, bytes], *, checksum: bool = True) -> None:
        self.path = path
        self.checksum = checksum
        self._plugins = plugins
        self._start()

    def _start(self) -> None:
        self.columns = Columns()
        self.lost: list[Lost] = []
        self.offset = self.size = 0
        self.error = ""
        self._node: tuple[int, int] | None = None
        self.bad_from: int | None = None
        self._engine = Engine(self.columns, self._plugins, checksum=self.checksum)

    def refresh(self) -> bool:
        """Reads on. A file that shrank or was replaced is read anew. True if anything changed."""
        try:
            if self._node is not None:
                status = self.path.stat()
                node = status.st_dev, status.st_ino
                if node == self._node and status.st_size == self.size and not self.error:
                    return False
                if node != self._node or status.st_size < self.size:
                    self._start()
            self._read()
        except OSError as error:
            known, self.error = self.error, error.strerror or str(error)
            return self.error != known
        return True

    def _read(self) -> None:
        with opened(self.path) as source:
            self._node, self.error = source.node, ""
            window = Window(source, self.offset)
            try:
                while True:
                    used, missing = self._consume(window)
                    self.offset = window.begin + used
                    if window.at_end:
                        break
                    whole = window.begin + window.end_of_file
                    self.columns.outlook = _AHEAD * whole / max(1, self.offset)
                    self._engine.settle()
                    window.slide(used, missing)
            finally:
                self._engine.finish()
            self.size = window.begin + len(window)
            window.close()

    def _consume(self, window: Window) -> tuple[int, int]:
        """Decodes what is in the window; returns bytes used, and bytes missing for the next."""
        at = missing = 0
        while not missing:
            if self.bad_from is None:
                at, missing = self._engine.take(window, at)
                if self._engine.malformed:
                    self._lose_malformed(window)
                if missing or len(window) - at < HEADER:
                    break
                at, missing = self._judge(window, at)
            else:
                at, missing = self._resynchronise(window, at)
                if self.bad_from is not None:
                    break
        return at, missing

    def _lose_malformed(self, window: Window) -> None:
        self.lost += [Lost(window.begin + at, size) for at, size in self._engine.malformed]
        self._engine.malformed.clear()

    def _judge(self, window: Window, at: int) -> tuple[int, int]:
        """Judges the record at which reading stopped; returns where to go on, and bytes missing.

        If only its payload is damaged, it is lost by itself; if its length cannot be believed
        either, ``bad_from`` is set, and the next intact record has to be searched for.
        """
        length = self._engine.length(window.bytes(at, at + HEADER))
        end = at + HEADER + length + FOOTER
        short = end + HEADER - len(window)
        if length >= 0 and short > 0 and not window.at_end:
            return at, short
        if length >= 0 and end > len(window):
            # An unfinished record, unless another one was begun in the midst of it.
            if next(_intact(window.bytes(), at + HEADER), None) is None:
                return at, short
        elif length >= 0 and (
            short > 0 or self._engine.length(window.bytes(end, end + HEADER)) >= 0
        ):
            self.lost.append(Lost(window.begin + at, end - at))
            return end, 0
        self.bad_from = window.begin + at
        return at, 0

    def _resynchronise(self, window: Window, at: int) -> tuple[int, int]:
        """Searches from ``at`` on for an intact record; returns its place, and bytes missing."""
        if self.bad_from is None:
            self.bad_from = window.begin + at
        begin = max(at, self.bad_from + 1 - window.begin)
        unfinished = -1
        data = window.bytes()
        for place, end in _headers(data, begin):
            if end > len(data):
                if not window.at_end:
                    return place, end - len(data)
                unfinished = place if unfinished < 0 else unfinished
            elif records.intact(data[place + HEADER : end - FOOTER], data[end - FOOTER : end]):
                self.lost.append(Lost(self.bad_from, window.begin + place - self.bad_from))
                self.bad_from = None
                return place, 0
        return unfinished if unfinished >= 0 else max(begin, len(data) - HEADER + 1), 0


def _headers(data: bytes, begin: int) -> Iterator[tuple[int, int]]:
    """Start and end of each record that seems to begin in ``data`` at ``begin`` or behind it."""
    for place in map(int, records.headers(data[begin:]) + begin):
        yield place, place + HEADER + records.length(data[place : place + HEADER]) + FOOTER


def _intact(data: bytes, begin: int) -> Iterator[int]:
    """Places of the intact records in ``data`` from ``begin`` on, wherever they stand."""
    for place, end in _headers(data, begin):
        body, footer = data[place + HEADER : end - FOOTER], data[end - FOOTER : end]
        if end <= len(data) and records.intact(body, footer):
            yield place
