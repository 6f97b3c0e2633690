"""What one event file holds: a column for each tag, and what is no curve."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import ascending

#: What a curve is made of.
SCALARS, HISTOGRAMS, VITALS = range(3)
#: (what it is made of, tag): names a curve within its folder.
Key = tuple[int, str]
_NOWHERE = np.empty(0, np.int64)


class Column:
    """The points of one tag, in the order written: scalars, histograms or tables of vitals.

    Attributes:
        steps: [n] int64; wall: [n] float64, seconds since 1970.
        values: [n] float32 or float64 scalars, bit by bit as logged; [n] histograms of type
            ``histograms.ROW``; or [n, rows * columns] vitals.
        layout: of vitals, the JSON as logged.
    """

    # A log may have a million tags: one with a single point should cost little.
    __slots__ = ("_clock", "_ordered", "layout", "steps", "values", "wall")

    def __init__(
        self,
        steps: NDArray[np.int64],
        wall: NDArray[np.float64],
        values: NDArray[Any],
        *,
        ordered: bool | None = None,
        layout: bytes = b"",
    ) -> None:
        self.steps, self.wall, self.values, self.layout = steps, wall, values, layout
        self._ordered = ordered
        self._clock: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def ordered(self) -> bool:
        """Whether each step is greater than the one before it, and the clock never goes back."""
        if self._ordered is None:
            ends = len(self) and math.isfinite(self.wall[0]) and math.isfinite(self.wall[-1])
            clock = bool(ends) and ascending(self.wall)
            self._ordered = clock and bool(np.all(self.steps[1:] > self.steps[:-1]))
        return self._ordered

    @property
    def clock(self) -> NDArray[np.float64]:
        """[n] the wall time, made never to go back."""
        if self._ordered:
            return self.wall
        if self._clock is None:
            self._clock = np.maximum.accumulate(np.nan_to_num(self.wall))
        return self._clock

    @property
    def drops(self) -> NDArray[np.int64]:
        """[k] the index of each point whose step is less than that of the point before it."""
        if self._ordered:
            return _NOWHERE
        return np.flatnonzero(self.steps[1:] < self.steps[:-1]) + 1

    def at(self, index: slice | NDArray[np.bool_]) -> Column:
        """The points that a slice or mask selects."""
        parts = self.steps[index], self.wall[index], self.values[index]
        return Column(*parts, ordered=self._ordered or None, layout=self.layout)

    def joined(self, later: Column) -> Column:
        """These points and those that were written after them."""
        with np.errstate(invalid="ignore"):  # a signaling NaN says so when it is widened
            return Column(
                np.concatenate([self.steps, later.steps]),
                np.concatenate([self.wall, later.wall]),
                np.concatenate([self.values, later.values]),
                # Whoever tells it, tells it of all points so far.
                ordered=later._ordered,
            )


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

    def column(self) -> Column:
        """A copy of the tables."""
        wall = np.frombuffer(bytes(self.wall), "<f8")
        values = np.frombuffer(bytes(self.values), "<f4").reshape(-1, self.size)
        return Column(np.array(self.steps, np.int64), wall, values, layout=self.layout)


class Note(NamedTuple):
    """Something that is not a curve: a text, hyper-parameters, a model's configuration."""

    tag: str
    wall: float
    content: bytes


@dataclass
class Contents:
    """Everything that was read from one event file.

    Attributes:
        curves: by sort and tag, in order of first appearance.
        vitals: by tag.
        layouts: of vitals, by tag.
        texts, hparams, models: in the order written.
        starts: the step of each SessionLog START: what was logged before it at that step or a
            later one is superseded.
        writer: ``source_metadata.writer``.
        unnamed: tags whose tensors were left out because nothing says what plugin they are for.
    """

    curves: dict[Key, Column] = field(default_factory=dict)
    vitals: dict[str, Tables] = field(default_factory=dict)
    layouts: dict[str, bytes] = field(default_factory=dict)
    texts: list[Note] = field(default_factory=list)
    hparams: list[Note] = field(default_factory=list)
    models: list[Note] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    writer: str = ""
    unnamed: set[bytes] = field(default_factory=set)

    @property
    def scalars(self) -> dict[str, Column]:
        """By tag."""
        return {tag: column for (sort, tag), column in self.curves.items() if sort == SCALARS}

    @property
    def histograms(self) -> dict[str, Column]:
        """By tag."""
        return {tag: column for (sort, tag), column in self.curves.items() if sort == HISTOGRAMS}


def text(tag: bytes) -> str:
    """A tag as text; different bytes give different texts."""
    return tag.decode("utf-8", "backslashreplace")
