"""A few records that are written again and again, and where in them the points of each tag are.

A training that logs ten curves at every step writes the same ten records each time, but for their
data. Where a block of the file has been proved to be such *periods* (``template.py``), each curve's
steps, wall times and values stand at equal distances in it, and are copied column by column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import distinct
from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.decode.layouts import Layout
from tb_diagnose.read.decode.template import Template
from tb_diagnose.read.wire.places import Octets, Places, anywhere, in_every_row
from tb_diagnose.read.wire.records import HEADER

#: Widest step that is read as one word. Negative steps are wider, and rare.
WIDEST = 8
#: The lowest 0 to 8 bytes of a word.
_LOW = np.array([(1 << 8 * width) - 1 for width in range(WIDEST + 1)], np.uint64)


@dataclass(eq=False)
class Part:
    """What a period logs of one tag.

    Attributes:
        kind, size: of its values, as in ``Hole``.
        walls, widths, values: [k] where in the period its points have their wall times, of how
            many bytes their steps are, and where their values are; in the order written.
        bits: the type that values are copied as.
        steps, low: [k] where their steps are, and which bits of the words there are theirs.
        scalar, single: whether it is a scalar; whether it has but one point.
    """

    tag: bytes
    kind: str
    size: int
    walls: Places
    widths: Places
    values: Places

    def __post_init__(self) -> None:
        self.scalar = self.kind != HISTOGRAM
        self.bits = "<u4" if self.size == 4 else "<u8"
        self.steps, self.low = self.walls + 9, _LOW[self.widths]
        self.single = len(self.walls) == 1
        self.widest = int(self.widths.max())


class Group:
    """Points of a period that are taken together: all scalars, or histograms of one size.

    The arguments are [k] as in ``Part``, and which part each point is of, and its size in bytes.

    Attributes:
        owners: [k] as given.
        low, widest: which bits of the words at the steps are theirs; the widest step.
        holes: [k] how far behind the wall time the data is.
        bits, masks: what the data is read as, and which bits of that are its own; None for all.
    """

    def __init__(
        self, walls: Places, widths: Places, values: Places, *, owners: Places, sizes: Places
    ) -> None:
        self.walls, self.owners, self.holes = walls, owners, values - walls
        self.low, self.widest = _LOW[widths], int(widths.max(initial=0))
        size = int(sizes.max(initial=0))
        self.bits = "<u8" if size <= WIDEST else f"V{size}"
        self.masks = _LOW[sizes] if size <= WIDEST else None

    def __len__(self) -> int:
        return len(self.walls)


class Period:
    """``layouts``, one after the other, with steps of ``widths`` bytes.

    Attributes:
        template: what its records have in common.
        size: in bytes.
        points: how many it holds.
        parts: where the points of each tag are.
        orderly: whether each tag has a single part, which keeps its points in order.
    """

    def __init__(self, layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> None:
        records = [each.record(width) for each, width in zip(layouts, widths, strict=True)]
        self.layouts, self.widths = layouts, widths
        self._find_points([len(record) for record, _, _ in records])
        self.orderly = len({(part.tag, part.kind) for part in self.parts}) == len(self.parts)
        # A step grows, and needs another byte. Where a tag is met twice, its column has to be made
        # from whole periods.
        narrow = min(filter(None, widths), default=WIDEST)
        single = len(self.parts) == sum(map(len, (self.scalars, *self.histograms)))
        self.template = Template(records, 1 << 7 * narrow, divisible=single)
        self.size = self.template.size

    def _find_points(self, lengths: list[int]) -> None:
        """Notes where in the period each point has its wall time, its step and its value."""
        points: list[tuple[int, int, int]] = []
        parts: dict[tuple[bytes, str, int], list[int]] = {}
        starts = accumulate(lengths, initial=0)
        for start, layout, width in zip(starts, self.layouts, self.widths, strict=False):
            wall = start + HEADER + 1
            body = wall + 8 + (1 + width if width else 0)
            for hole in layout.holes:
                parts.setdefault((hole.tag, hole.kind, hole.size), []).append(len(points))
                points.append((wall, width, body + hole.first))
        places = np.array(points).T
        self.parts = [Part(*key, *places[:, own]) for key, own in parts.items()]
        owners, sizes = np.zeros((2, len(points)), np.int64)
        for index, (key, own) in enumerate(parts.items()):
            owners[own], sizes[own] = index, key[2]
        drawn = np.array([part.scalar for part in self.parts])[owners]
        groups = [drawn, *(~drawn & (sizes == size) for size in distinct(sizes[~drawn]))]
        self.scalars, *self.histograms = (
            Group(*places[:, those], owners=owners[those], sizes=sizes[those]) for those in groups
        )

    def columns(self, octets: Octets) -> Iterator[tuple[Part, Places, NDArray[Any], NDArray[Any]]]:
        """For each part of scalars, steps, bits of wall times and values in the proved ``octets``.

        The latter two may be views. Curves that are logged together have their steps in common:
        they are decoded and kept once.
        """
        words, numbers = np.empty(0, np.uint64), np.empty(0, np.int64)
        for part in self.parts:
            if not part.scalar:
                continue
            if int(part.values[-1]) >= len(octets):
                break
            before, words = words, self._column(octets, "<u8", part.steps)
            words = words & (part.low if part.single else np.resize(part.low, len(words)))
            if len(words) != len(before) or (words != before).any():
                numbers = steps(words, part.widest)
            walls = self._column(octets, "<u8", part.walls)
            yield part, numbers, walls, self._column(octets, part.bits, part.values)

    def _column(self, octets: Octets, kind: str, places: Places) -> NDArray[Any]:
        """What stands at these places in each period, in the order written."""
        if len(places) == 1:
            return in_every_row(octets, kind, int(places[0]), self.size)
        rows = np.arange(len(octets) // self.size)[:, None] * self.size
        found: NDArray[Any] = anywhere(octets, kind)[rows + places].reshape(-1)
        return found

    def rows(
        self, octets: Octets, group: Group
    ) -> tuple[Places, Places, NDArray[np.uint64], NDArray[Any]]:
        """Of each point of a group the part, step, bits of wall time, and data.

        As they stand in the proved ``octets``, in the order written.
        """
        words, times = anywhere(octets, "<u8"), -(-len(octets) // self.size)
        walls = (np.arange(times)[:, None] * self.size + group.walls).reshape(-1)
        walls = walls[: np.searchsorted(walls, len(octets))]
        points = np.tile(np.arange(len(group)), times)[: len(walls)]
        numbers = steps(words[walls + 9] & group.low[points], group.widest)
        data = anywhere(octets, group.bits)[walls + group.holes[points]]
        if group.masks is not None:
            data &= group.masks[points]
        return group.owners[points], numbers, words[walls], data


@lru_cache(maxsize=256)
def period(layouts: tuple[Layout, ...], widths: tuple[int, ...]) -> Period:
    """The period of these layouts; one that many files share is made once."""
    return Period(layouts, widths)


def steps(words: NDArray[np.uint64], widest: int) -> Places:
    """The varints that ``words`` hold, none of more than ``widest`` bytes, with zeros behind them.

    A varint holds 7 bits in each byte: byte i of a word w gives (w >> i) & (0x7f << 7 i).
    """
    found = words & np.uint64(0x7F)
    for index in range(1, widest):
        found |= (words >> np.uint64(index)) & np.uint64(0x7F << (7 * index))
    signed: Places = found.view(np.int64)
    return signed
