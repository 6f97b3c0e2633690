"""What was logged: curves, weight distributions, the model's configuration. Nothing here judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.vitals import check_column
from tb_diagnose.measure.levels import ascending

Floats = NDArray[np.floating[Any]]
Steps = NDArray[np.int64]

#: Probabilities at which a histogram's distribution is kept, ends included (chosen: 32 equal
#: slices bound the error of a Wasserstein distance by one part in 32 of the range).
QUANTILES: NDArray[np.float64] = np.linspace(0.0, 1.0, 33)


@dataclass(frozen=True, eq=False)
class Series:
    """One scalar curve, at full resolution and in the order in which it was written.

    Attributes:
        tag: the tag as it stands in the event file, such as ``epoch_loss``.
        folder: the sub-folder of the run that it was written to, such as ``train``; ``""`` for
            the run's own folder.
        steps: [n] int64, as logged. Not necessarily increasing: see ``Run.facts``.
        values: [n], in the precision in which they were logged; NaN and infinities included.
        wall: [n] float64, seconds since 1970.
    """

    tag: str
    folder: str
    steps: Steps
    values: Floats
    wall: NDArray[np.float64]

    @property
    def name(self) -> str:
        """Folder and tag together, as a person would find the curve in TensorBoard."""
        return f"{self.folder}/{self.tag}" if self.folder else self.tag

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, index: slice | NDArray[Any]) -> Series:
        """The same curve with only the points that ``index`` (a slice or a mask) selects."""
        columns = self.steps[index], self.values[index], self.wall[index]
        return Series(self.tag, self.folder, *columns)


@dataclass(frozen=True, eq=False)
class Histograms:
    """One tag's histograms, each reduced while it was read to what a diagnosis needs.

    Attributes:
        tag, folder, steps, wall: as in ``Series``.
        count: [n] how many numbers each histogram was made of.
        low, high: [n] smallest and largest number.
        mean, std: [n] exact where the file holds sums (HistogramProto), from bucket middles
            otherwise (the error of ``std`` is at most half a bucket width).
        zero: [n] share of the numbers in the bucket that holds 0: an upper bound on the share of
            exact zeros; 0 where no bucket holds it.
        quantiles: [n, 33] the distribution at the probabilities ``QUANTILES``.
    """

    tag: str
    folder: str
    steps: Steps
    wall: NDArray[np.float64]
    count: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    zero: NDArray[np.float64]
    quantiles: NDArray[np.float32]

    @property
    def name(self) -> str:
        """Folder and tag together, as a person would find it in TensorBoard."""
        return f"{self.folder}/{self.tag}" if self.folder else self.tag

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, index: slice | NDArray[Any]) -> Histograms:
        """The same tag with only the histograms that ``index`` (a slice or a mask) selects."""
        columns = ("steps", "wall", "count", "low", "high", "mean", "std", "zero", "quantiles")
        return replace(self, **{column: getattr(self, column)[index] for column in columns})


@dataclass(frozen=True, eq=False)
class Vitals:
    """What an attached training wrote about itself: one small table for each logged step.

    Attributes:
        tag, folder, steps, wall: as in ``Series``.
        rows: what is measured: layers, weights, channels, classes.
        columns: what is measured of each: ``mean``, ``dead``, ``gradient_norm`` …
        values: [n, rows, columns] float32; NaN where it was not measured.
        layout: everything the writer says about them, such as ``window`` and ``activations``.
    """

    tag: str
    folder: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    steps: Steps
    wall: NDArray[np.float64]
    values: NDArray[np.float32]
    layout: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Folder and tag together."""
        return f"{self.folder}/{self.tag}" if self.folder else self.tag

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, index: slice | NDArray[Any]) -> Vitals:
        """The same with only the steps that ``index`` (a slice or a mask) selects."""
        return replace(
            self, steps=self.steps[index], wall=self.wall[index], values=self.values[index]
        )

    def column(self, name: str) -> NDArray[np.float64]:
        """One column over all steps and rows, [n, rows]; NaN throughout where it was not logged.

        Raises UnknownColumn where no table of this kind has such a column.
        """
        if name not in self.columns:
            check_column(self.tag, name)
            return np.full(self.values.shape[:2], np.nan)
        return self.values[:, :, self.columns.index(name)].astype(np.float64)


@dataclass(frozen=True)
class Fact:
    """Something true of the log itself, found while reading: damage, a restart, mixed runs.

    Attributes:
        kind: one of ``damaged-record``, ``truncated-tail``, ``unreadable``, ``not-event-file``,
            ``empty-file``, ``restart``, ``overlap``, ``several-trainings``, ``several-writers``,
            ``repeated-steps``, ``backward-steps``, ``steps-are-batch-indices``.
        message: one sentence for a person.
        where: the file or curve it is about, relative to the run.
        numbers: the figures behind the sentence (byte offsets, steps, counts).
    """

    kind: str
    message: str
    where: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Run:
    """What a person calls one run: all that one training wrote, whatever folders it used.

    Attributes:
        name: the run's folder relative to the log directory, with ``#2`` behind it for the second
            of several independent trainings in one folder.
        path: the run's folder.
        scalars, histograms: every curve and every histogram tag, sorted by folder and tag.
        vitals: what an attached training adds, sorted in the same way.
        texts: tag → text, the last one written.
        hparams: hyper-parameters by name, wherever the framework puts them.
        model: from the ``keras`` summary, or None.
        facts: what is true of the log itself.
        writer: ``source_metadata.writer`` of the first file, a hint at the framework.
        files: the event files that it was read from, relative to ``path``.
    """

    name: str
    path: str
    scalars: tuple[Series, ...] = ()
    histograms: tuple[Histograms, ...] = ()
    vitals: tuple[Vitals, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    hparams: Mapping[str, Any] = field(default_factory=dict)
    model: ModelConfig | None = None
    facts: tuple[Fact, ...] = ()
    writer: str = ""
    files: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """How many scalars and histograms were read."""
        return sum(map(len, self.scalars)) + sum(map(len, self.histograms))

    def until(self, wall: float) -> Run:
        """The run as it stood at a moment: only what was written at or before ``wall``."""
        scalars = (series.at(_until(series.wall, wall)) for series in self.scalars)
        histograms = (each.at(_until(each.wall, wall)) for each in self.histograms)
        vitals = (each.at(_until(each.wall, wall)) for each in self.vitals)
        return replace(
            self,
            scalars=tuple(series for series in scalars if len(series)),
            histograms=tuple(each for each in histograms if len(each)),
            vitals=tuple(each for each in vitals if len(each)),
        )


def _until(clock: NDArray[np.float64], wall: float) -> slice | NDArray[np.bool_]:
    """Which of [n] moments are not after ``wall``; nothing need be copied where they rise."""
    if ascending(clock):
        return slice(int(clock.searchsorted(wall, "right")))
    return clock <= wall
