"""The part of a file that is in memory: it moves along the file and leaves out what is skipped."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.sources.source import Source

#: Bytes read at once (chosen: they stay in the processor's cache until they have been decoded).
BLOCK = 1 << 19
#: Bytes read first behind something that was skipped, where more of the kind may follow.
_CAREFUL = 1 << 13
#: Of each thread, the buffer of the window before: fresh memory would be slow at first.
_MEMORY = threading.local()


class Window:
    """Bytes of a file from ``begin`` on.

    They are read into one buffer, not mapped: a file that is truncated while it is read ends early
    then, instead of killing the process.

    Attributes:
        begin: offset in the file of the first byte.
        octets: [n] uint8, the bytes; they are overwritten by ``slide``.
        at_end: whether they reach to the end of the file.
    """

    def __init__(self, source: Source, begin: int) -> None:
        self._source = source
        self._file_size = source.size
        self._ahead = BLOCK
        self._buffer = _buffer()
        self.begin = begin
        self.octets = self._buffer[:0]
        self._fill(0, BLOCK)

    def close(self) -> None:
        """Leaves the buffer to the next window."""
        if len(self._buffer) <= BLOCK:
            _MEMORY.buffer = self._buffer
        self._buffer = self.octets = self._buffer[:0]

    def __len__(self) -> int:
        return len(self.octets)

    @property
    def at_end(self) -> bool:
        return self.begin + len(self.octets) >= self._file_size

    @property
    def end_of_file(self) -> int:
        """Where the file ends, counted as places in the window are."""
        return self._file_size - self.begin

    def bytes(self, first: int = 0, last: int | None = None) -> bytes:
        """A copy of the bytes between two places."""
        return self.octets[first:last].tobytes()

    def slide(self, at: int, missing: int) -> None:
        """Moves to ``at``, which may lie behind the bytes in memory, and reads on.

        It then reaches at least ``missing`` bytes further than before, if the file does.
        """
        kept = max(0, len(self.octets) - at)
        if at > len(self.octets):
            self._ahead = _CAREFUL
        want = max(len(self.octets) + missing - at, kept + self._ahead)
        self._ahead = min(2 * self._ahead, BLOCK)
        rest = self.octets[at:].copy() if kept else None
        self.begin += at
        want = min(want, self._file_size - self.begin)
        if want > len(self._buffer):
            self._buffer = np.empty(want, np.uint8)
        if rest is not None:
            self._buffer[:kept] = rest
        self._fill(kept, want)

    def _fill(self, kept: int, want: int) -> None:
        last, view = kept, self._buffer.data
        want = min(want, len(self._buffer))
        while last < want:
            count = self._source.readinto(view[last:want], self.begin + last)
            if not count:
                # It was cut off while it was read.
                self._file_size = self.begin + last
                break
            last += count
        self.octets = self._buffer[:last]


def _buffer() -> NDArray[np.uint8]:
    found: NDArray[np.uint8] | None = getattr(_MEMORY, "buffer", None)
    _MEMORY.buffer = None
    return np.empty(BLOCK, np.uint8) if found is None else found
