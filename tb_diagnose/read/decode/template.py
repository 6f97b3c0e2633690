"""Whether a block of a file is a few known records again and again: proved by two computations.

The records are a *template*: bytes, and a mask of those that never change. The n periods of P bytes
in a block are an [n, P] matrix, so that one comparison tells for all of them whether they are what
was predicted. The template holds the lengths of the records and their CRCs, so that nothing is
believed: where the comparison holds, the records have been found where the file itself says that
they are.

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
from bisect import bisect_right
from itertools import accumulate
from typing import Any

import numpy as np
from google_crc32c import extend

from tb_diagnose.read.wire.places import Octets, in_rows, write_in_rows
from tb_diagnose.read.wire.records import FOOTER, unmasked

#: A template is repeated until it is this long, for the sake of NumPy's inner loops.
_TILE = 1 << 12
#: Bytes compared at once: they, and what is computed from them, fit into the processor's cache.
_BLOCK = 1 << 18
_ZERO = 0xFFFFFFFF


class Template:
    """Some ``records``, one after the other: bytes, which bits of them are data, and the CRC.

    ``likely`` is how many times they may well come in a row; ``divisible`` says whether a proof may
    end within the period.

    Attributes:
        starts: where the records begin, and P.
        size: P, in bytes.
    """

    def __init__(
        self, records: list[tuple[bytes, bytes, int]], likely: int, *, divisible: bool
    ) -> None:
        self.starts = [0, *accumulate(len(record) for record, _, _ in records)]
        self.size = self.starts[-1]
        self._likely, self._divisible = likely, divisible
        self._tile = max(1, _TILE // self.size)
        self._same = _tiled([record for record, _, _ in records], self._tile)
        self._mask = _tiled([mask for _, mask, _ in records], self._tile)
        self._crcs = np.array([crc for _, _, crc in records], np.uint32)[:, None]
        self._footers = np.array(self.starts[1:]) - FOOTER
        # It has been proved before: then it most likely holds for more than a few times.
        self._trusted = False

    def proved(self, octets: Octets, *, checksum: bool) -> tuple[int, int, int | None]:
        """How much of ``octets`` is as predicted: periods, and records of one more.

        Thirdly, the first place that is not as predicted, None if the octets merely end. Unless it
        held before, it looks at a few periods first, so that little work is lost on a prediction
        that does not hold.
        """
        count, most = 0, max(self._tile, _BLOCK // self.size)
        some = min(most, self._likely) if self._trusted else self._tile
        while len(block := octets[count * self.size : (count + some) * self.size]):
            difference = _scratch(0, len(block))
            unlike = self._compare(block, difference)
            whole, rest = divmod(len(block) if unlike is None else unlike, self.size)
            records = bisect_right(self.starts, rest) - 1 if self._divisible else 0
            if checksum and not self._crcs_hold(block, difference, whole, records):
                # One of these many is damaged: they have to be read one by one.
                return count, 0, (count + whole) * self.size + self.starts[records] - 1
            unlike = None if unlike is None else count * self.size + unlike
            count += whole
            self._trusted |= count > self._tile
            if unlike is not None or whole < some:
                return count, records, unlike
            some = most
        return count, 0, None

    def _compare(self, block: Octets, difference: Octets) -> int | None:
        """The first place that is not as predicted, None if all are.

        ``difference`` becomes the xor with the template.
        """
        tile = len(self._same)
        whole = len(block) // tile * tile
        for first, last, wide in ((0, whole, tile), (whole, len(block), len(block) - whole)):
            if last > first:
                rows, mask = difference[first:last].reshape(-1, wide), self._mask[:wide]
                np.bitwise_xor(block[first:last].reshape(-1, wide), self._same[:wide], out=rows)
                if (np.bitwise_or.reduce(rows, axis=0) & mask).any():
                    unlike = _scratch(1, last - first).reshape(-1, wide)
                    np.bitwise_and(rows, mask, out=unlike)
                    row = int(np.argmax(unlike.max(axis=1) != 0))
                    return first + row * wide + int(np.argmax(unlike[row] != 0))
        return None

    def _crcs_hold(self, block: Octets, difference: Octets, whole: int, records: int) -> bool:
        """Whether the CRC of every payload in the periods, and records of one more, is stored."""
        end = whole * self.size
        if whole:
            self._unmask(block, difference, len(self._crcs), whole)
        if records:
            self._unmask(block[end:], difference[end:], records, 1)
            end += self.starts[records]
        return bool(extend(_ZERO, difference[:end]) == _ZERO)

    def _unmask(self, block: Octets, difference: Octets, records: int, rows: int) -> None:
        """Puts the difference of the CRCs to where the one of their masked form stands."""
        footers = self._footers[:records]
        crcs = unmasked(in_rows(block, "<u4", footers, self.size, rows))
        crcs ^= self._crcs[:records]
        write_in_rows(difference, crcs, footers, self.size)


_MEMORY = threading.local()


def _scratch(index: int, size: int) -> Octets:
    """Bytes to compute in: the same ones each time, as fresh memory is slow at first."""
    known: dict[Any, Octets] = _MEMORY.__dict__
    if index not in known or len(known[index]) < size:
        known[index] = np.empty(max(size, _BLOCK), np.uint8)
    found: Octets = known[index][:size]
    return found


def _tiled(parts: list[bytes], times: int) -> Octets:
    return np.frombuffer(b"".join(parts) * times, np.uint8)
