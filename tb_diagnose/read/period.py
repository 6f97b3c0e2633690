"""A few records that are written again and again, as one NumPy record type.

A training that logs ten curves at every step writes the same ten records each time, but for their
data. Such a *period* of k records in P bytes is a template: bytes, and a mask of those that never
change. The n periods in a block of the file are an [n, P] matrix, so that one comparison tells for
all of them whether they are what was predicted. The template holds the lengths of the records and
their CRCs, so that nothing is believed: where the comparison holds, the records have been found
where the file itself says that they are.

The CRCs of the payloads are proved for a whole block by a single computation. The CRC of a message
is linear in its bits: of two messages of equal length, the CRC of their difference (xor) is the
difference of their CRCs. A template is an intact record with a CRC of its own. So in the block xor
the template, where both CRCs have been unmasked, each payload's difference is followed by its own
CRC (without the inversions, which cancel), and that leaves the register of the CRC at zero, where
it was before; constant bytes leave it there as well, being zero now. Hence one CRC over the whole
block, begun at zero, ends at zero if all are intact. An error of up to 32 bits in a row is always
seen; others are missed as rarely as by CRCs checked one by one, with a chance of 2⁻³².
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from google_crc32c import extend
from numpy.typing import NDArray

from tb_diagnose.read.layouts import Layout
from tb_diagnose.read.places import Octets, in_rows, write_in_rows
from tb_diagnose.read.records import FOOTER, HEADER, unmasked

#: A template is repeated until it is this long, for the sake of NumPy's inner loops.
_TILE = 1 << 12
#: Bytes compared at once: they, and what is computed from them, fit into the processor's cache.
_BLOCK = 1 << 18
#: Widest step that is read as one word. Negative steps are wider, and rare.
WIDEST = 8
_ZERO = 0xFFFFFFFF
#: The lowest 0 to 8 bytes of a word.
_LOW = np.array([(1 << 8 * width) - 1 for width in range(WIDEST + 1)], np.uint64)


@dataclass(frozen=True, eq=False)
class Part:
    """What a period logs of one tag.

    Attributes:
        kind, size: of its values, as in ``Hole``.
        walls, widths, values: [m] where in the period its m points have their wall times, of how
            many bytes their steps are, and where their values are; in the order written.
    """

    tag: bytes
    kind: str
    size: int
    walls: NDArray[np.int64]
    widths: NDArray[np.int64]
    values: NDArray[np.int64]


class Period:
    """``layouts``, one after the other, with steps of ``widths`` bytes.

    Attributes:
        size: P, in bytes.
        parts: where the points of each tag are.
        orderly: whether each tag has a single part, which keeps its points in order.
    """

    def __init__(self, layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> None:
        records = [each.record(width) for each, width in zip(layouts, widths, strict=True)]
        self.layouts, self.widths = layouts, widths
        self.starts = [0, *accumulate(len(record) for record, _, _ in records)]
        self.size = self.starts[-1]
        self._tile = max(1, _TILE // self.size)
        self._same = _tiled([record for record, _, _ in records], self._tile)
        self._mask = _tiled([mask for _, mask, _ in records], self._tile)
        self._crcs = np.array([crc for _, _, crc in records], np.uint32)
        self._footers = np.array(self.starts[1:]) - FOOTER
        self.parts = self._found_parts()
        self.orderly = len({(part.tag, part.kind) for part in self.parts}) == len(self.parts)

    def _found_parts(self) -> list[Part]:
        found: dict[tuple[bytes, str, int], list[tuple[int, int, int]]] = {}
        for start, layout, width in zip(self.starts, self.layouts, self.widths, strict=False):
            wall = start + HEADER + 1
            body = wall + 8 + (1 + width if width else 0)
            for hole in layout.holes:
                places = found.setdefault((hole.tag, hole.kind, hole.size), [])
                places.append((wall, width, body + hole.first))
        return [Part(*key, *map(np.array, zip(*places, strict=True)))
                for key, places in found.items()]  # fmt: skip

    def proved(self, octets: Octets, *, checksum: bool) -> tuple[int, int | None]:
        """How many whole periods ``octets`` begins with, and the first place that is not so.

        That place is None if the octets merely end. Looks at a few periods first, so that little
        work is lost on a prediction that does not hold.
        """
        total, count, some = len(octets) // self.size, 0, self._tile
        while count < total:
            some = min(some, total - count)
            at = count * self.size
            block = octets[at : at + some * self.size]
            difference, wrong = _scratch(len(block))
            unlike = self._compare(block, difference, wrong)
            intact = some if unlike is None else unlike // self.size
            if checksum and intact and not self._crcs_hold(block, difference, intact):
                # One of these many is damaged: they have to be read one by one.
                return count, at + intact * self.size - 1
            count += intact
            if unlike is not None:
                return count, at + unlike
            some = max(some, _BLOCK // self.size)
        return count, None

    def _compare(self, block: Octets, difference: Octets, unlike: Octets) -> int | None:
        """The first place that is not as predicted, None if all are.

        ``difference`` becomes the xor with the template, ``unlike`` what of it should be zero.
        """
        tile = len(self._same)
        whole = len(block) // tile * tile
        for first, last, wide in ((0, whole, tile), (whole, len(block), len(block) - whole)):
            if last > first:
                rows = difference[first:last].reshape(-1, wide)
                np.bitwise_xor(block[first:last].reshape(-1, wide), self._same[:wide], out=rows)
                np.bitwise_and(rows, self._mask[:wide], out=unlike[first:last].reshape(-1, wide))
        return int(np.argmax(unlike != 0)) if unlike.max() else None

    def _crcs_hold(self, block: Octets, difference: Octets, count: int) -> bool:
        """Whether the CRC of every payload in the first ``count`` periods is the stored one."""
        size = count * self.size
        stored = in_rows(block[:size], "<u4", self._footers, self.size)
        crcs = unmasked(stored) ^ self._crcs
        write_in_rows(difference[:size], crcs, self._footers, self.size)
        return bool(extend(_ZERO, difference[:size]) == _ZERO)

    def columns(
        self, octets: Octets, part: Part
    ) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[Any]]:
        """Steps, bits of wall times and data of a tag in the proved periods ``octets``."""
        kind = {4: "<u4", 8: "<u8"}.get(part.size, f"V{part.size}")
        words = in_rows(octets, "<u8", part.walls + 9, self.size)
        walls = in_rows(octets, "<u8", part.walls, self.size)
        values = in_rows(octets, kind, part.values, self.size)
        return steps(words, part.widths).reshape(-1), walls.reshape(-1), values.reshape(-1)


_MEMORY = threading.local()


def _scratch(size: int) -> tuple[Octets, Octets]:
    """Two arrays to compute in: the same ones each time, as fresh memory is slow at first."""
    known: tuple[Octets, Octets] | None = getattr(_MEMORY, "arrays", None)
    if known is None or len(known[0]) < size:
        room = max(size, _BLOCK)
        known = _MEMORY.arrays = np.empty(room, np.uint8), np.empty(room, np.uint8)
    return known[0][:size], known[1][:size]


@lru_cache(maxsize=256)
def period(layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> Period:
    """The period of these layouts; one that many files share is made once."""
    return Period(layouts, widths)


def steps(words: NDArray[np.uint64], widths: NDArray[np.int64]) -> NDArray[np.int64]:
    """[n, m] the varints with which ``words`` begin, those of column i of ``widths[i]`` bytes.

    A varint holds 7 bits in each byte: byte i of a word w gives (w >> i) & (0x7f << 7 i).
    """
    widest = int(widths.max())
    words = words & _LOW[widths]
    found = np.bitwise_and(words, np.uint64(0x7F))
    for index in range(1, widest):
        found |= (words >> np.uint64(index)) & np.uint64(0x7F << (7 * index))
    signed: NDArray[np.int64] = found.view(np.int64)
    return signed


def _tiled(parts: list[bytes], times: int) -> Octets:
    return np.frombuffer(b"".join(parts) * times, np.uint8)
