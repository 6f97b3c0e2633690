"""What tells whether a file still begins with the bytes that were read from it."""

from __future__ import annotations

import numpy as np
from google_crc32c import value as crc32c
from numpy.typing import NDArray

from tb_diagnose.read.sources.source import Source

#: Bytes at the beginning and at the end of each block that are noted, and how many such places of
#: a file are (chosen: to look at them again takes a tenth of a millisecond).
_BYTES, _MOST = 1 << 12, 24


class Fingerprint:
    """Checksums of places in a file: of its beginning, of the last bytes read, and between."""

    def __init__(self) -> None:
        self._marks: dict[int, tuple[int, int]] = {}

    def note(self, offset: int, octets: NDArray[np.uint8]) -> None:
        """Notes bytes that were read at ``offset``."""
        if len(octets):
            self._mark(offset, octets[:_BYTES])
            self._mark(offset + max(0, len(octets) - _BYTES), octets[-_BYTES:])
        if len(self._marks) > _MOST:
            places = sorted(self._marks)
            for place in places[1:-1:2]:
                del self._marks[place]

    def _mark(self, offset: int, octets: NDArray[np.uint8]) -> None:
        self._marks[offset] = len(octets), crc32c(octets.tobytes())

    def matches(self, source: Source) -> bool:
        """Whether the noted bytes are in the file as they were."""
        places = sorted(self._marks)
        if source.remote:
            # Each look would be a question of its own: the last bytes come with what is new.
            places = places[-1:]
        return all(_crc(source, place, self._marks[place][0]) == self._marks[place][1]
                   for place in places)  # fmt: skip


def _crc(source: Source, offset: int, size: int) -> int:
    octets = np.empty(size, np.uint8)
    count = source.readinto(octets.data, offset)
    found: int = crc32c(octets[:count].tobytes())
    return found
