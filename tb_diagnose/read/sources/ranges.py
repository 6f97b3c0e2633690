"""Reading a remote file by ranges, of which each is larger than the one before.

A range is asked for where its first byte is needed. As long as nothing is skipped, that is a
download in few and large pieces; where the reader skips an image or a graph that is larger than
what it has at hand, those bytes are never sent, and it goes on with a small range in case more of
the kind follows. Of a file that has grown, only the end is asked for.
"""

from __future__ import annotations

from tb_diagnose.read.sources.remote import Remote

#: Bytes of the first range of a file, of the first behind what was skipped, and at most (chosen:
#: at 100 MB/s and 30 ms a question, 3 MB are the size at which both take the same time).
_FIRST, _CAREFUL, _MOST = 1 << 23, 1 << 20, 1 << 25


class Ranges:
    """The bytes of a remote file of ``size`` bytes, asked for range by range."""

    remote = True

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self.size = remote.stat().st_size
        self._begin = 0
        self._data = b""
        self._ahead = _FIRST

    def readinto(self, view: memoryview, offset: int) -> int:
        """Fills as much of ``view`` as it has at hand; 0 only at the end. Raises OSError."""
        if not self._begin <= offset < self._begin + len(self._data):
            self._fetch(offset, len(view))
        first = offset - self._begin
        part = self._data[first : first + len(view)]
        view[: len(part)] = part
        return len(part)

    def data_from(self, offset: int) -> int:
        """No file of a store has holes."""
        return offset

    def _fetch(self, offset: int, want: int) -> None:
        end = self._begin + len(self._data)
        if self._data:
            self._ahead = min(2 * self._ahead, _MOST) if offset == end else _CAREFUL
        last = min(self.size, offset + max(want, self._ahead))
        store, key = self._remote.store, self._remote.key
        self._data = store.read(key, offset, last) if offset < last else b""
        self._begin = offset
