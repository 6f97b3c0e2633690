"""What stands behind the tag in the records of one kind: the same for all tags but for the data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.decode.layouts import Layout

Words = NDArray[np.uint64]
#: More are not looked for (chosen: a log has one or two for each kind of summary).
_MOST = 64


class Tail(NamedTuple):
    """What is behind a tag.

    Attributes:
        length: in bytes.
        same, mask: [k] its words, and which bits of them are no data.
        plugin: of the tag.
        kind, first, size: of the data, as in ``Hole``; ``first`` counts from the end of the tag.
    """

    length: int
    same: Words
    mask: Words
    plugin: bytes
    kind: str
    first: int
    size: int


class Tails:
    """The tails that a file has shown so far.

    Attributes:
        scalar, firsts, sizes: [number of tails] whether the data is a scalar, where it begins and
            of how many bytes it is.
    """

    def __init__(self) -> None:
        self.known: list[Tail] = []
        self._keys: set[tuple[bytes, bytes, str]] = set()
        self.scalar = np.zeros(0, bool)
        self.firsts = self.sizes = np.zeros(0, np.int64)

    def learn(self, layout: Layout, rest: int) -> bool:
        """Takes the tail that begins at ``rest`` in a body of that layout; False if it is known."""
        if len(layout.holes) != 1 or len(layout.plugins) != 1 or len(self.known) >= _MOST:
            return False
        hole, (_, plugin) = layout.holes[0], layout.plugins[0]
        body = layout.body[rest:]
        key = body, plugin, hole.kind
        if key in self._keys:
            return False
        self._keys.add(key)
        first = hole.first - rest
        mask = bytearray(b"\xff" * len(body))
        mask[first : first + hole.size] = bytes(hole.size)
        same, bits = _words(body), _words(bytes(mask))
        self.known.append(Tail(len(body), same, bits, plugin, hole.kind, first, hole.size))
        self.scalar = np.array([tail.kind != HISTOGRAM for tail in self.known])
        self.firsts = np.array([tail.first for tail in self.known])
        self.sizes = np.array([min(tail.size, 8) for tail in self.known])
        return True


def _words(octets: bytes) -> Words:
    """As many words as hold them, with zeros behind."""
    return np.frombuffer(octets + bytes(-len(octets) % 8), np.uint64)
