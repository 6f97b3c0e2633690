"""The part of a file that is in memory: it moves along the file and leaves out what is skipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.sources.fingerprint import Fingerprint
from tb_diagnose.read.sources.source import Source

#: Bytes read at once (chosen: they stay in the processor's cache until they have been decoded).
BLOCK = 1 << 19
#: Bytes read first after something was skipped, where more of the kind may follow.
_CAREFUL = 1 << 13


class Window:
    """Bytes of a file, read into one buffer.

    They are not mapped: a file that is truncated while it is read ends early then, instead of
    killing the process.

    Attributes:
        size: bytes of the file when it was opened, or fewer if it was cut off since.
    """

    def __init__(self, source: Source, fingerprint: Fingerprint) -> None:
        self.size = source.size
        self._source = source
        self._fingerprint = fingerprint
        self._begin = self._end = 0
        self._buffer = np.empty(0, np.uint8)
        self._ahead = BLOCK

    def at(self, offset: int, want: int) -> NDArray[np.uint8]:
        """The bytes in memory from ``offset`` on: at least ``want``, unless the file ends before.

        They are overwritten by the next call.
        """
        last = min(offset + want, self.size)
        if not self._begin <= offset <= self._end:
            self._begin = self._end = offset
            self._ahead = min(_CAREFUL, BLOCK)
        if last > self._end:
            self._read(offset, max(last, min(self._end + self._ahead, self.size)))
        return self._buffer[offset - self._begin : self._end - self._begin]

    def _read(self, offset: int, last: int) -> None:
        """Moves to ``offset`` and reads on to ``last``."""
        self._ahead = min(2 * self._ahead, BLOCK)
        kept = self._buffer[offset - self._begin : self._end - self._begin]
        if last - offset > len(self._buffer):
            buffer = np.empty(last - offset, np.uint8)
            buffer[: len(kept)] = kept
            self._buffer = buffer
        else:
            self._buffer[: len(kept)] = kept.copy()
        self._begin, begin = offset, self._end
        view = self._buffer.data
        while self._end < last:
            first = self._end - offset
            count = self._source.readinto(view[first : last - offset], self._end)
            if not count:
                self.size = self._end
                break
            self._end += count
        self._fingerprint.note(begin, self._buffer[begin - offset : self._end - offset])
