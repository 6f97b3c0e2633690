"""One event file, read as far as it has been written, and further as it grows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from google_crc32c import extend

from tb_diagnose.read.columns.columns import HISTOGRAMS, SCALARS, Contents
from tb_diagnose.read.decode.decoder import Decoder, Store
from tb_diagnose.read.decode.native import NativeStore
from tb_diagnose.read.decode.plain import PlainStore
from tb_diagnose.read.native import binding
from tb_diagnose.read.sources.fingerprint import Fingerprint
from tb_diagnose.read.sources.source import Place, Source, opened
from tb_diagnose.read.sources.window import BLOCK, Window
from tb_diagnose.read.wire import records
from tb_diagnose.read.wire.records import FOOTER, HEADER
from tb_diagnose.read.wire.skip import ENOUGH, unwanted
from tb_diagnose.read.wire.wire import Malformed

#: Longer payloads are no curves, texts or models, and are never decoded (chosen: 32 MiB).
_LARGEST = 1 << 25
#: In vain, so many times the bytes of a file are checksummed in search of intact records, and so
#: many bytes more; then only records of so many bytes are looked for (chosen: time stays linear,
#: whatever lengths a file states).
_TIMES, _MORE, _SHORT = 4, 1 << 26, 1 << 12
#: Nanoseconds within which a file system may give two changes the same time stamp.
_TICK = 20_000_000


class Lost(NamedTuple):
    """A stretch of the file that is not intact: ``size`` bytes from ``offset`` on."""

    offset: int
    size: int


class EventFile:
    """Reads an event file; ``refresh`` reads what was appended since.

    It is for one thread at a time. What it holds is a function of the file's bytes alone, however
    they came to be there: a file that shrank, was replaced or was written again is read again.

    Attributes:
        lost: the damaged stretches so far.
        offset: where the next record begins; the file was of ``size`` bytes when last read.
        bad_from: where the damage at the end of what was read begins, None if there is none.
        mismatched: how many payloads differ from their checksum.
        error: why the file could not be read, or ``""``.
    """

    def __init__(self, path: Place, *, checksum: bool = True) -> None:
        self.path = path
        self.checksum = checksum
        self._inherited: dict[bytes, bytes] = {}
        self._start()

    def _start(self) -> None:
        self._contents = Contents()
        library = binding.library()
        self._store: Store = (
            NativeStore(library, checksum=self.checksum) if library else PlainStore()
        )
        for tag, plugin in self._inherited.items():
            self._store.plugin(tag, plugin)
        self._decoder = Decoder(self._contents, self._store)
        self._decoded = 0
        self.lost: list[Lost] = []
        self.offset = self.size = self.mismatched = 0
        self.error = ""
        self.bad_from: int | None = None
        self._identity: tuple[int, ...] | None = None
        # Whether it was changed a moment before it was read.
        self._fresh = False
        self._fingerprint = Fingerprint()
        # Where the record before begins, if it was passed over without being read.
        self._unread: int | None = None
        # The size of the file from which on what was taken for a damaged record may be intact.
        self._doubt = 1 << 64
        self._spent = self._spendable = self._allocated = 0

    @property
    def records(self) -> int:
        """How many intact records there are so far."""
        taken = self._store.records if isinstance(self._store, NativeStore) else 0
        return self._decoded + taken

    @property
    def contents(self) -> Contents:
        """Everything intact so far."""
        for name, histogram, column in self._store.collect():
            key = HISTOGRAMS if histogram else SCALARS, name
            before = self._contents.curves.get(key)
            self._contents.curves[key] = before.joined(column) if before is not None else column
        return self._contents

    def close(self) -> None:
        """Frees what only reading on would take; ``contents`` stay as they are."""
        self._contents, self._decoded = self.contents, self.records
        self._store = PlainStore()

    def inherit(self, earlier: Sequence[EventFile]) -> bool:
        """Learns from the files before it in its folder what tags are for: TensorFlow 1 says so
        with a tag's first value only. True if that changed anything.
        """
        inherited = {}
        for tag in self._contents.unnamed | self._inherited.keys():
            plugins = (file.plugin(tag) for file in earlier)
            if plugin := next(filter(None, plugins), b""):
                inherited[tag] = plugin
        if inherited == self._inherited:
            return False
        self._inherited = inherited
        self._start()
        self.refresh()
        return True

    def plugin(self, tag: bytes) -> bytes:
        """The plugin of a tag, as far as this file says; ``b""`` for none."""
        return b"" if tag in self._inherited else self._store.plugin(tag)

    def refresh(self) -> bool:
        """Reads on. True if anything changed."""
        try:
            status = self.path.stat()
            identity = status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns
            known = self._identity
            if identity == known and status.st_size == self.size and self._is_same():
                return False
            if known is not None and (
                identity[:2] != known[:2] or status.st_size <= self.size or not status.st_size
            ):
                self._start()
            self._identity, self.error = identity, ""
            self._fresh = _is_recent(identity)
            if status.st_size:
                self._refresh(min(status.st_size, 512 * getattr(status, "st_blocks", 1 << 50)))
        except OSError as error:
            before = self.error
            self._start()
            self.error = error.strerror or str(error)
            return self.error != before
        return True

    def _is_same(self) -> bool:
        """Whether a file that looks the same is: its clock may be too coarse to tell."""
        if self._fresh and self.size:
            self._fresh = self._identity is not None and _is_recent(self._identity)
            with opened(self.path) as source:
                return self._fingerprint.matches(source)
        return True

    def _refresh(self, allocated: int) -> None:
        """Reads on in a file that is not empty, of which so many bytes are stored."""
        with opened(self.path) as source:
            if source.size >= self._doubt or not self._fingerprint.matches(source):
                identity = self._identity
                self._start()
                self._identity = identity
            self._spendable, self._allocated = _TIMES * allocated + _MORE, allocated
            window = Window(source, self._fingerprint)
            while self._step(window, source):
                pass
            self.size = window.size

    def _step(self, window: Window, source: Source) -> bool:
        """Reads some records; False at the end of what can be read."""
        if self.bad_from is not None:
            return self._search(window, source, self.bad_from, self.offset)
        octets = window.at(self.offset, HEADER)
        used = self._store.scan(octets, max(0, self._allocated - self.offset - len(octets)))
        if used:
            self._unread = None
            self.offset += used
            octets = octets[used:]
        left = window.size - self.offset
        if len(octets) < HEADER:
            return left >= HEADER
        length = records.length(octets[:HEADER].tobytes())
        whole = HEADER + length + FOOTER
        if length < 0:
            return self._lose_unread(window, source)
        self._unread = None
        if whole > left:
            return self._unfinished(window, source, self.offset + whole)
        if whole > len(octets):
            return self._more(window, source, length)
        record = octets[:whole].tobytes()
        if self.checksum and not records.intact(record):
            return self._mismatch(window, source, length)
        self._decode(record)
        return True

    def _decode(self, record: bytes) -> None:
        try:
            self._decoder.decode(record[HEADER:-FOOTER])
        except Malformed:
            self.lost.append(Lost(self.offset, len(record)))
        self._decoded += 1
        self.offset += len(record)

    def _more(self, window: Window, source: Source, length: int) -> bool:
        """Reads on to the end of a record, or passes over it."""
        start = window.at(self.offset, HEADER + ENOUGH)[HEADER : HEADER + ENOUGH].tobytes()
        if length > ENOUGH and (length > _LARGEST or unwanted(start, length, self._store.plugin)):
            self._unread = self.offset
            self._decoded += 1
            self.offset += HEADER + length + FOOTER
        elif length > _SHORT and self._spent + length > self._spendable:
            return self._mismatch(window, source, length)
        else:
            window.at(self.offset, HEADER + length + FOOTER)
        return True

    def _mismatch(self, window: Window, source: Source, length: int) -> bool:
        """Leaves out a record whose payload is damaged, but perhaps not all of its bytes."""
        self.mismatched += 1
        self._spent += length
        return self._search(window, source, self.offset, self.offset + 1)

    def _lose_unread(self, window: Window, source: Source) -> bool:
        """Leaves out what is no record, and the record before if it was only passed over."""
        bad_from, unread = self.offset, self._unread
        self._unread = None
        if unread is not None:
            length = bad_from - unread - HEADER - FOOTER
            if not self._is_intact(window, source, unread, length):
                self._decoded -= 1
                bad_from = unread
        return self._search(window, source, bad_from, bad_from + 1)

    def _unfinished(self, window: Window, source: Source, end: int) -> bool:
        """Stops at a record that the file ends in, unless another one was begun within it."""
        place, _ = self._next(window, source, self.offset + 1)
        if place is None:
            return False
        self.lost.append(Lost(self.offset, place - self.offset))
        self._doubt = min(self._doubt, end)
        self.offset = place
        return True

    def _search(self, window: Window, source: Source, bad_from: int, at: int) -> bool:
        """Goes on at the next intact record from ``at`` on; False where there is none yet."""
        place, unfinished = self._next(window, source, at)
        if place is None:
            self.bad_from = bad_from
            self.offset = max(at, window.size - HEADER + 1) if unfinished is None else unfinished
            return False
        self.lost.append(Lost(bad_from, place - bad_from))
        self.bad_from = None
        self.offset = place
        return True

    def _next(self, window: Window, source: Source, at: int) -> tuple[int | None, int | None]:
        """Where the next intact record and the first unfinished one before it begin, or None."""
        unfinished, doubt = None, 1 << 64
        while True:
            octets = window.at(at, HEADER)
            place = records.find_header(octets, 0)
            at += place
            if place > len(octets) - HEADER:
                if window.size - at < HEADER:
                    return None, unfinished
                # Where a file has holes, they need not be read.
                at = max(at, source.data_from(at) - HEADER + 1)
                continue
            length = int.from_bytes(octets[place : place + 8].tobytes(), "little")
            end = at + HEADER + length + FOOTER
            if end > window.size:
                unfinished = at if unfinished is None else unfinished
                doubt = min(doubt, end)
            elif self._is_intact(window, source, at, length):
                self._doubt = min(self._doubt, doubt)
                return at, unfinished
            at += 1

    def _is_intact(self, window: Window, source: Source, at: int, length: int) -> bool:
        """Whether the record at ``at``, whose header is intact, is so throughout."""
        end = at + HEADER + length + FOOTER
        if not self.checksum and (
            end == window.size or records.length(_bytes(source, end, HEADER)) >= 0
        ):
            return True
        if length > _SHORT and self._spent + length > self._spendable:
            return False
        if length <= BLOCK:
            found = records.intact(window.at(at, end - at)[: end - at].tobytes())
        else:
            stored = int.from_bytes(_bytes(source, end - FOOTER, FOOTER), "little")
            found = records.masked(_crc(source, at + HEADER, length)) == stored
        if not found:
            self.mismatched += 1
            self._spent += length
        return found


def _is_recent(identity: tuple[int, ...]) -> bool:
    """Whether a file was changed a moment ago, by its time stamps."""
    return max(identity[2:]) > time.time_ns() - _TICK


def _bytes(source: Source, offset: int, size: int) -> bytes:
    """So many bytes of a file, with zeros where it ends before."""
    octets = np.zeros(size, np.uint8)
    source.readinto(octets.data, offset)
    return octets.tobytes()


def _crc(source: Source, offset: int, size: int) -> int:
    """The CRC32C of a part of a file, which is never in memory as a whole."""
    crc, octets = 0, np.empty(min(size, BLOCK), np.uint8)
    while size:
        count = source.readinto(octets[:size].data, offset)
        if not count:
            break
        crc = extend(crc, octets[:count].tobytes())
        offset, size = offset + count, size - count
    return crc
