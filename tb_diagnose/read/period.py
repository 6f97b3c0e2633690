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

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from google_crc32c import extend
from numpy.typing import NDArray

from tb_diagnose.read.layouts import Layout
from tb_diagnose.read.records import FOOTER, HEADER

Octets = NDArray[np.uint8]
#: A template is repeated until it is this long, for the sake of NumPy's inner loops.
_TILE = 1 << 12
#: Bytes compared at once: they, and what is computed from them, fit into the processor's cache.
_BLOCK = 1 << 18
#: Widest step that is read as one word. Negative steps are wider, and rare.
WIDEST = 8
_MASK_DELTA = np.uint32(0xA282EAD8)
_ZERO = 0xFFFFFFFF


@dataclass(frozen=True)
class Part:
    """One column of one period: the scalars or histograms in one hole of one of its records.

    Attributes:
        record: which of the period's records.
        hole: which of that record's holes.
    """

    record: int
    hole: int


class Period:
    """``layouts``, one after the other, with steps of ``widths`` bytes.

    Attributes:
        size: P, in bytes.
        parts: (tag, kind) → where its points are, in the order written.
    """

    def __init__(self, layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> None:
        records = [each.record(width) for each, width in zip(layouts, widths, strict=True)]
        self.layouts, self.widths = layouts, widths
        self.starts = [0, *accumulate(len(record) for record, _, _ in records)]
        self.size = self.starts[-1]
        self._tile = max(1, _TILE // self.size)
        self._same = _tiled([record for record, _, _ in records], self._tile)
        self._mask = _tiled([mask for _, mask, _ in records], self._tile)
        self._crcs = np.array([crc for _, _, crc in records], np.uint32)[:, None]
        self._footers = _columns("<u4", [end - FOOTER for end in self.starts[1:]], self.size)
        self._type = self._fields()
        self.parts: dict[tuple[bytes, str], list[Part]] = {}
        for index, layout in enumerate(layouts):
            for number, hole in enumerate(layout.holes):
                self.parts.setdefault((hole.tag, hole.kind), []).append(Part(index, number))

    def _fields(self) -> np.dtype[Any]:
        """The record type of a period: fields ``wall0``, ``step0``, ``value0.0`` and so on."""
        names, formats, offsets = [], [], []
        for index, (start, width) in enumerate(zip(self.starts, self.widths, strict=False)):
            wall = start + HEADER + 1
            body = wall + 8 + (1 + width if width else 0)
            names += [f"wall{index}", f"step{index}"]
            formats += ["<u8", "<u8"]
            offsets += [wall, wall + 9]
            for number, hole in enumerate(self.layouts[index].holes):
                names.append(f"value{index}.{number}")
                formats.append({4: "<u4", 8: "<u8"}.get(hole.size, f"V{hole.size}"))
                offsets.append(body + hole.first)
        # The word that begins at a short step may reach beyond the end of the last record.
        return np.dtype({"names": names, "formats": formats, "offsets": offsets,
                         "itemsize": self.size})  # fmt: skip

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
            difference = np.empty(len(block), np.uint8)
            unlike = self._compare(block, difference)
            intact = some if unlike is None else unlike // self.size
            if checksum and intact and not self._crcs_hold(block, difference, intact):
                # One of these many is damaged: they have to be read one by one.
                return count, at + intact * self.size - 1
            count += intact
            if unlike is not None:
                return count, at + unlike
            some = max(some, _BLOCK // self.size)
        return count, None

    def _compare(self, block: Octets, difference: Octets) -> int | None:
        """The first place that is not as predicted, None if all are.

        ``difference`` becomes the xor with the template.
        """
        unlike = np.empty(len(block), np.uint8)
        tile = len(self._same)
        whole = len(block) // tile * tile
        for first, last, wide in ((0, whole, tile), (whole, len(block), len(block) - whole)):
            if last > first:
                rows = difference[first:last].reshape(-1, wide)
                np.bitwise_xor(block[first:last].reshape(-1, wide), self._same[:wide], out=rows)
                np.bitwise_and(rows, self._mask[:wide], out=unlike[first:last].reshape(-1, wide))
        return int(np.flatnonzero(unlike)[0]) if unlike.max() else None

    def _crcs_hold(self, block: Octets, difference: Octets, count: int) -> bool:
        """Whether the CRC of every payload in the first ``count`` periods is the stored one."""
        size = count * self.size
        stored = np.stack([view for view in self._views(block[:size])])
        stored -= _MASK_DELTA
        plain = (stored << np.uint32(15)) | (stored >> np.uint32(17))
        plain ^= self._crcs
        for view, crcs in zip(self._views(difference[:size]), plain, strict=True):
            view[:] = crcs
        return bool(extend(_ZERO, difference[:size]) == _ZERO)

    def _views(self, octets: Octets) -> Iterator[NDArray[np.uint32]]:
        """The stored CRC of each record of the period."""
        rows = octets.view(self._footers)
        return (rows[name] for name in self._footers.names or ())

    def columns(
        self, octets: Octets, parts: list[Part]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Steps, bits of wall times and data of a column in the proved periods ``octets``."""
        rows = octets.view(self._type)
        found = [
            (
                steps(rows[f"step{part.record}"], self.widths[part.record]),
                rows[f"wall{part.record}"],
                rows[f"value{part.record}.{part.hole}"],
            )
            for part in parts
        ]
        if len(found) == 1:
            return found[0]
        # A tag that is logged several times in a period: its points take turns.
        merged = [np.stack(each, axis=1).ravel() for each in zip(*found, strict=True)]
        return merged[0], merged[1], merged[2]


@lru_cache(maxsize=256)
def period(layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> Period:
    """The period of these layouts; one that many files share is made once."""
    return Period(layouts, widths)


def steps(words: NDArray[np.uint64], width: int) -> NDArray[np.int64]:
    """[n] the varints of ``width`` bytes with which ``words`` begin: 7 bits of each byte."""
    found = np.zeros(len(words), np.uint64)
    for index in range(width):
        bits = np.uint64(0x7F << (7 * index))
        found |= (words >> np.uint64(index)) & bits
    return found.view(np.int64)


def _tiled(parts: list[bytes], times: int) -> Octets:
    return np.frombuffer(b"".join(parts) * times, np.uint8)


def _columns(kind: str, offsets: list[int], size: int) -> np.dtype[Any]:
    names = [str(index) for index in range(len(offsets))]
    return np.dtype({"names": names, "formats": [kind] * len(names), "offsets": offsets,
                     "itemsize": size})  # fmt: skip
