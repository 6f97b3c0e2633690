"""What one event file holds, in columns that grow as the file does."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.histograms import WIDTH, Reducer


@dataclass(eq=False)
class Scalars:
    """One scalar tag: little-endian bytes as logged, so that even a NaN keeps its bits.

    Attributes:
        kind: NumPy name of the values' type, ``<f4`` or ``<f8``.
    """

    kind: str
    steps: array[int] = field(default_factory=lambda: array("q"))
    wall: bytearray = field(default_factory=bytearray)
    values: bytearray = field(default_factory=bytearray)

    def widen(self) -> None:
        """Goes over to float64, for a tag that is logged in several precisions."""
        with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
            self.values = bytearray(self.data().astype("<f8").tobytes())
        self.kind = "<f8"

    def data(self) -> NDArray[Any]:
        """[n] a copy of the values."""
        return np.frombuffer(bytes(self.values), self.kind)


@dataclass(eq=False)
class Distributions:
    """One histogram tag: ``rows`` holds ``histograms.WIDTH`` float64 for each histogram."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    wall: bytearray = field(default_factory=bytearray)
    rows: bytearray = field(default_factory=bytearray)

    def data(self) -> NDArray[np.float64]:
        """[n, WIDTH] a copy of the reduced histograms."""
        return np.frombuffer(bytes(self.rows), "<f8").reshape(-1, WIDTH)


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


@dataclass(frozen=True)
class Note:
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
    """

    scalars: dict[str, Scalars] = field(default_factory=dict)
    histograms: dict[str, Distributions] = field(default_factory=dict)
    vitals: dict[str, Tables] = field(default_factory=dict)
    layouts: dict[str, bytes] = field(default_factory=dict)
    texts: list[Note] = field(default_factory=list)
    hparams: list[Note] = field(default_factory=list)
    models: list[Note] = field(default_factory=list)
    starts: list[tuple[float, int]] = field(default_factory=list)
    writer: str = ""
    records: int = 0
    reducer: Reducer = field(default_factory=Reducer)

    def scalar(self, tag: str, kind: str) -> Scalars:
        """The column of ``tag``, ready to take values of ``kind``."""
        column = self.scalars.get(tag)
        if column is None:
            column = self.scalars[tag] = Scalars(kind)
        return column

    def histogram(self, tag: str) -> Distributions:
        column = self.histograms.get(tag)
        if column is None:
            column = self.histograms[tag] = Distributions()
        return column
