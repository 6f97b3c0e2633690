"""One event file, read as far as it has been written, and further as it grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google_crc32c import value as crc32c

from tb_diagnose.read import records
from tb_diagnose.read.columns import Columns
from tb_diagnose.read.events import Decoder
from tb_diagnose.read.records import FOOTER, HEADER
from tb_diagnose.read.source import Place, Source, opened
from tb_diagnose.read.wire import Malformed

_BLOCK = 1 << 22


@dataclass(frozen=True)
class Lost:
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
        self._inode = (0, 0)
        self.bad_from: int | None = None
        self._decoder = Decoder(self.columns, self._plugins)
        self._lengths: dict[bytes, int] = {}

    def refresh(self) -> bool:
        """Reads on. A file that shrank or was replaced is read anew. True if anything changed."""
        try:
            status = self.path.stat()
            inode = status.st_dev, status.st_ino
            if inode == self._inode and status.st_size == self.size and not self.error:
                return False
            if self._inode != (0, 0) and (inode != self._inode or status.st_size < self.size):
                self._start()
            self._inode, self.error = inode, ""
            self._read()
        except OSError as error:
            known, self.error = self.error, error.strerror or str(error)
            return self.error != known
        return True

    def _read(self) -> None:
        with opened(self.path) as source:
            data, want = b"", _BLOCK
            while True:
                fresh = _exactly(source, self.offset + len(data), want)
                data += fresh
                at_end = len(fresh) < want
                used, missing = self._consume(data, at_end=at_end)
                data = data[used:]
                self.offset += used
                if at_end:
                    break
                want = max(_BLOCK, missing)
        self.size = self.offset + len(data)
        self.columns.reducer.flush()

    def _consume(self, data: bytes, *, at_end: bool) -> tuple[int, int]:
        """Decodes the records in ``data``; returns bytes used, and bytes missing for the next."""
        at = missing = 0
        while not missing:
            if self.bad_from is None:
                at = self._intact_records(data, at)
                if len(data) - at < HEADER:
                    break
                at, missing = self._judge(data, at, at_end=at_end)
            else:
                at, missing = self._resynchronise(data, at, at_end=at_end)
                if self.bad_from is not None:
                    break
        return at, missing

    def _intact_records(self, data: bytes, at: int) -> int:
        """Decodes record after record; stops before the first that is incomplete or damaged."""
        lengths, decode, checksum = self._lengths, self._decoder.decode, self.checksum
        size, count = len(data), 0
        while size - at >= HEADER:
            header = data[at : at + HEADER]
            length = lengths.get(header)
            if length is None:
                length = self._length(header)
                if length < 0:
                    break
            first = at + HEADER
            end = first + length
            if end + FOOTER > size:
                break
            payload = data[first:end]
            if checksum:
                crc = crc32c(payload)
                stored = int.from_bytes(data[end : end + FOOTER], "little")
                if (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF != stored:
                    break
            try:
                decode(payload)
            except Malformed:
                self.lost.append(Lost(self.offset + at, length + HEADER + FOOTER))
            count += 1
            at = end + FOOTER
        self.columns.records += count
        return at

    def _length(self, header: bytes) -> int:
        length = records.length(header)
        if length >= 0:
            if len(self._lengths) > 100_000:
                self._lengths.clear()
            self._lengths[header] = length
        return length

    def _judge(self, data: bytes, at: int, *, at_end: bool) -> tuple[int, int]:
        """Judges the record at which reading stopped; returns where to go on, and bytes missing.

        If only its payload is damaged, it is lost by itself; if its length cannot be believed
        either, ``bad_from`` is set, and the next intact record has to be searched for.
        """
        length = self._length(data[at : at + HEADER])
        end = at + HEADER + length + FOOTER
        short = end + HEADER - len(data)
        if length >= 0 and short > 0 and not at_end:
            return at, short
        if length >= 0 and end > len(data):
            # An unfinished record, unless another one was begun in the midst of it.
            if next(_intact(data, at + HEADER), None) is None:
                return at, short
        elif length >= 0 and (short > 0 or self._length(data[end : end + HEADER]) >= 0):
            self.lost.append(Lost(self.offset + at, end - at))
            return end, 0
        self.bad_from = self.offset + at
        return at, 0

    def _resynchronise(self, data: bytes, at: int, *, at_end: bool) -> tuple[int, int]:
        """Searches from ``at`` on for an intact record; returns its place, and bytes missing."""
        if self.bad_from is None:
            self.bad_from = self.offset + at
        begin = max(at, self.bad_from + 1 - self.offset)
        unfinished = -1
        for place, end in _headers(data, begin):
            if end > len(data):
                if not at_end:
                    return place, end - len(data)
                unfinished = place if unfinished < 0 else unfinished
            elif records.intact(data[place + HEADER : end - FOOTER], data[end - FOOTER : end]):
                self.lost.append(Lost(self.bad_from, self.offset + place - self.bad_from))
                self.bad_from = None
                return place, 0
        return unfinished if unfinished >= 0 else max(begin, len(data) - HEADER + 1), 0


def _exactly(source: Source, offset: int, size: int) -> bytes:
    """``size`` bytes from ``offset`` on; fewer only at the end of the file."""
    buffer = bytearray(max(0, min(size, source.size - offset)))
    view, last = memoryview(buffer), 0
    while last < len(buffer) and (count := source.readinto(view[last:], offset + last)):
        last += count
    return bytes(view[:last])


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
