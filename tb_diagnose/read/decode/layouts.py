"""Records of one layout: a record that was decoded once tells what its likes mean.

The payload of a record is an Event: ``09`` wall time (8 bytes), ``10`` step (a varint, absent
where the step is 0), and then a *body* of summaries. Where an event has nothing else, the body is
the same each time but for *holes*: the 4 or 8 bytes of each scalar, the buckets of a histogram.
Bytes equal to a known body in all but its holes mean the same, whatever stands in the holes; so
nothing has to be parsed again, and a layout that one file taught holds for all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from google_crc32c import value as crc32c

from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.wire.records import framed

#: Layouts are forgotten when there are more than this (chosen: some 20 MB of them).
_MOST = 1 << 15
_WALL, _STEP = b"\x09", b"\x10"


class Hole(NamedTuple):
    """Data in a body: ``size`` bytes from ``first`` on, of ``tag``.

    Attributes:
        kind: ``<f4`` or ``<f8`` for a scalar, ``histogram`` for a [k, 3] of float64.
    """

    first: int
    size: int
    tag: bytes
    kind: str


@dataclass(frozen=True, eq=False)
class Layout:
    """What the records of one layout have in common.

    Attributes:
        body: the body, with zeros in its holes.
        holes: in order.
        plugins: (tag, plugin) of each value: what the body means holds only if it is so.
    """

    body: bytes
    holes: tuple[Hole, ...]
    plugins: tuple[tuple[bytes, bytes], ...]

    @cached_property
    def constant(self) -> tuple[tuple[int, int], ...]:
        """The spans between the holes."""
        ends = [0, *(end for hole in self.holes for end in (hole.first, hole.first + hole.size))]
        spans = pairwise([*ends, len(self.body)])
        return tuple(span for index, span in enumerate(spans) if index % 2 == 0)

    def fits(self, body: bytes) -> bool:
        """Whether ``body``, of the same length, is of this layout."""
        own = self.body
        return all(body[first:last] == own[first:last] for first, last in self.constant)

    def record(self, width: int) -> tuple[bytes, bytes, int]:
        """A whole record of this layout with zeros for data, and a step of ``width`` bytes.

        Returns the record, which bits of it are the same in all such records, and the CRC of its
        payload. The varint of a step is bytes with the high bit set, and one without.
        """
        step = b"\x80" * (width - 1) + b"\x00"
        head, same = _WALL + bytes(8), b"\xff" + bytes(8)
        if width:
            head, same = head + _STEP + step, same + b"\xff" + b"\x80" * width
        mask = bytearray(b"\xff" * len(self.body))
        for hole in self.holes:
            mask[hole.first : hole.first + hole.size] = bytes(hole.size)
        payload = head + self.body
        return framed(payload), b"\xff" * 12 + same + bytes(mask) + bytes(4), crc32c(payload)


class Layouts:
    """The layouts that have been learnt, to be found by the body of a record."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets all."""
        # One scalar at the very end of the body is found by all that stands before it …
        self._singles: dict[bytes, Layout] = {}
        self._doubles: dict[bytes, Layout] = {}
        # … anything else by its length and the bytes before its first hole.
        self._stems: dict[int, int] = {}
        self._others: dict[tuple[int, bytes], list[Layout]] = {}
        self._count = 0

    def find(self, body: bytes) -> Layout | None:
        """The layout that ``body`` is of, None if it is of none known."""
        found = self._singles.get(body[:-4]) or self._doubles.get(body[:-8])
        if found is None and (stem := self._stems.get(len(body))):
            others = self._others.get((len(body), body[:stem]), ())
            return next((layout for layout in others if layout.fits(body)), None)
        return found

    def learn(self, body: bytes, holes: list[Hole], plugins: list[tuple[bytes, bytes]]) -> Layout:
        """Keeps what ``body`` was found to mean, instead of what the same bytes meant before."""
        blank = bytearray(body)
        for hole in holes:
            blank[hole.first : hole.first + hole.size] = bytes(hole.size)
        layout = Layout(bytes(blank), tuple(sorted(holes, key=_first)), tuple(plugins))
        if self._count >= _MOST:
            self.clear()
        self._count += 1
        last = layout.holes[-1]
        if len(holes) > 1 or last.first + last.size < len(body) or last.kind == HISTOGRAM:
            self._file(layout)
        elif last.size == 4:
            self._singles[layout.body[:-4]] = layout
        else:
            self._doubles[layout.body[:-8]] = layout
        return layout

    def _file(self, layout: Layout) -> None:
        size, stem = len(layout.body), layout.holes[0].first
        if stem < self._stems.setdefault(size, stem):
            known = [
                each for key, found in self._others.items() if key[0] == size for each in found
            ]
            self._others = {key: each for key, each in self._others.items() if key[0] != size}
            self._stems[size] = stem
            for each in reversed(known):
                self._file(each)
        key = size, layout.body[: self._stems[size]]
        others = self._others.setdefault(key, [])
        others[:] = [layout, *(each for each in others if not layout.fits(each.body))]


def _first(hole: Hole) -> int:
    return hole.first


#: Shared by all files: what equal bytes mean does not depend on where they stand.
KNOWN = Layouts()
