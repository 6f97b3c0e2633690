"""What one event file holds, in columns that grow as the file does."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.growing import Growing
from tb_diagnose.read.columns.histograms import HISTOGRAM, ROW

# Integers are copied as they are; floats need not be, when they are NaN.
_I8, _U8 = np.dtype("<i8"), np.dtype("<u8")
_BITS: dict[str, np.dtype[Any]] = {"<f4": np.dtype("<u4"), "<f8": _U8, HISTOGRAM: ROW}
#: Steps, bits of wall times and bits of values, as columns of equal length.
Points = tuple[Sequence[int] | NDArray[Any], ...]


class Piece(NamedTuple):
    """Points of a curve: those from ``first`` to ``last`` of ``points``.

    Attributes:
        lasting: whether they stay as they are; if not, they will be overwritten soon.
        orderly: whether it is known that each step is behind the one before it, and that the clock
            never goes back.
    """

    points: Points
    first: int
    last: int
    lasting: bool
    orderly: bool = False


class Column:
    """One tag: scalars, bit by bit as logged, so that even a NaN keeps its payload; or histograms.

    Attributes:
        kind: NumPy name of the scalars' type, ``<f4`` or ``<f8``, or ``histogram``.
        number: by which its table knows it, -1 before it does.
        orderly: as in ``Piece``, of all its points.
    """

    # A log may have 100,000 tags: one that has a single point should cost little.
    __slots__ = ("_borrows", "_loose", "_pieces", "_room", "kind", "number", "orderly")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.number = -1
        self.orderly = False
        self._pieces: list[Piece] | None = None
        self._loose: tuple[list[int], list[int], list[int]] | None = None
        # Steps, wall times and values. The steps may be those of another column, as far as it goes.
        self._room: tuple[Growing, ...] = ()
        self._borrows = False

    def __len__(self) -> int:
        return self._settled(1).size

    @property
    def steps(self) -> NDArray[np.int64]:
        """[n] as logged."""
        return self._settled(0).view()[: len(self)]

    @property
    def wall(self) -> NDArray[np.float64]:
        """[n] seconds since 1970."""
        return self._settled(1).view().view("<f8")

    def data(self) -> NDArray[Any]:
        """[n] the scalars, or the reduced histograms, of type ``histograms.ROW``."""
        found = self._settled(2).view()
        return found if self.kind == HISTOGRAM else found.view(self.kind)

    def take(self, piece: Piece) -> None:
        """Takes points as they are: unless they last, it has to be settled before they change."""
        if self._loose is not None:
            self._gather()
        if self._pieces is None:
            self._pieces = [piece]
        else:
            self._pieces.append(piece)

    def take_one(self, step: int, wall: int, value: int) -> None:
        """Takes a single point, the bits of its wall time and value as integers."""
        if self._loose is None:
            self._loose = [], [], []
        steps, walls, values = self._loose
        steps.append(step)
        walls.append(wall)
        values.append(value)

    def _gather(self) -> None:
        loose, self._loose = self._loose, None
        if loose is not None:
            self.take(Piece(loose, 0, len(loose[0]), lasting=False))

    def settle(self, outlook: float = 1.0, beside: Column | None = None) -> None:
        """Moves what was taken to where it stays, which is done as well when it is asked for.

        ``outlook`` is how many times as long the column may come to be as it is then. Where it has
        the same steps as the one ``beside`` it, as curves that are logged together have, they are
        kept once.
        """
        if self._loose is not None:
            self._gather()
        if not self._pieces:
            return
        piece = self._pieces[0]
        kinds = _I8, _U8, _BITS[self.kind]
        if not self._room and len(self._pieces) == 1 and piece.lasting:
            points = (np.asarray(each[piece.first : piece.last], kind)
                      for each, kind in zip(piece.points, kinds, strict=True))  # fmt: skip
            self._room = tuple(map(Growing.adopting, points))
            self.orderly = piece.orderly
        else:
            self.orderly = False
            self._room = self._room or tuple(map(Growing, kinds))
            self._copy(self._pieces, outlook, beside)
        self._pieces = None

    def _copy(self, pieces: Sequence[Piece], outlook: float, beside: Column | None) -> None:
        count = sum(piece.last - piece.first for piece in pieces)
        if self._borrows:
            self._borrows = self._keep(pieces, outlook)
        elif beside is not None and not self._room[0].reaches(count):
            # The steps would have to be moved anyway.
            self._borrows = self._borrow(pieces, beside)
        own = int(self._borrows)
        for index, column in enumerate(self._room[own:], own):
            room, at = column.stretch(count, outlook), 0
            for points, first, last, *_ in pieces:
                room[at : at + last - first] = points[index][first:last]
                at += last - first

    def _borrow(self, pieces: Sequence[Piece], beside: Column) -> bool:
        """Whether the steps are another column's, of which they then are a part."""
        steps, *others = self._room
        theirs = beside.lends()
        if theirs is None or not _follow(theirs, 0, [steps.view()]):
            return False
        if not _follow(theirs, steps.size, _steps(pieces)):
            return False
        self._room = (theirs, *others)
        return True

    def _keep(self, pieces: Sequence[Piece], outlook: float) -> bool:
        """Whether the steps still are another column's; if not, it gets its own."""
        theirs, *others = self._room
        before = others[0].size
        if _follow(theirs, before, _steps(pieces)):
            return True
        own = Growing(_I8)
        own.stretch(before, outlook)[:] = theirs.view()[:before]
        self._room = (own, *others)
        return False

    def lends(self) -> Growing | None:
        """Its steps, for others of which they are the same; None where there are none."""
        return self._room[0] if self._room and self.kind != HISTOGRAM else None

    def _settled(self, index: int) -> Growing:
        self.settle()
        return self._room[index] if self._room else Growing((_I8, _U8, _BITS[self.kind])[index])

    def widen(self) -> None:
        """Goes over to float64, for a tag that is logged in several precisions."""
        if self.kind == "<f4":
            with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
                wide = self.data().astype("<f8").view("<u8")
            self.kind = "<f8"
            if self._room:
                values = Growing(_U8)
                values.stretch(len(wide))[:] = wide
                self._room = (*self._room[:2], values)


def _steps(pieces: Sequence[Piece]) -> list[NDArray[np.int64]]:
    return [np.asarray(points[0][first:last], _I8) for points, first, last, *_ in pieces]


def _follow(steps: Growing, at: int, parts: Sequence[NDArray[np.int64]]) -> bool:
    """Whether ``parts`` are what ``steps`` go on with from ``at`` on."""
    known = steps.view()
    for part in parts:
        if not np.array_equal(known[at : at + len(part)], part):
            return False
        at += len(part)
    return True


@dataclass(eq=False)
class Tables:
    """One tag of vitals: a table of ``size`` float32 for each step, as ``layout`` names them.

    Attributes:
        layout: the JSON that came with the tag's first value.
    """

    layout: bytes
    size: int
    steps: array[int] = field(default_factory=lambda: array("q"))
    wall: bytearray = field(default_factory=bytearray)
    values: bytearray = field(default_factory=bytearray)

    def data(self) -> NDArray[np.float32]:
        """[n, size] a copy of the tables."""
        return np.frombuffer(bytes(self.values), "<f4").reshape(-1, self.size)


class Note(NamedTuple):
    """Something that is not a curve: a text, hyper-parameters, a model's configuration."""

    tag: str
    wall: float
    content: bytes


@dataclass
class Columns:
    """Everything that was read from one event file.

    Attributes:
        scalars, histograms, vitals: by tag, in order of first appearance.
        layouts: of vitals, by tag.
        texts, hparams, models: in the order written.
        starts: (wall, step) of each SessionLog START: what was logged at that step or later
            before it, is superseded.
        writer: ``source_metadata.writer``.
        records: number of intact records.
        outlook: how many times as large the file is as the part of it that has been read.
    """

    scalars: dict[str, Column] = field(default_factory=dict)
    histograms: dict[str, Column] = field(default_factory=dict)
    vitals: dict[str, Tables] = field(default_factory=dict)
    layouts: dict[str, bytes] = field(default_factory=dict)
    texts: list[Note] = field(default_factory=list)
    hparams: list[Note] = field(default_factory=list)
    models: list[Note] = field(default_factory=list)
    starts: list[tuple[float, int]] = field(default_factory=list)
    writer: str = ""
    records: int = 0
    outlook: float = 1.0

    def column(self, tag: str, kind: str) -> Column:
        """The scalars or the histograms of ``tag``; where there are none yet, of that kind."""
        those = self.histograms if kind == HISTOGRAM else self.scalars
        column = those.get(tag)
        if column is None:
            column = those[tag] = Column(kind)
        return column
