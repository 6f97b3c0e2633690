"""Histograms of many tags in the order written: reduced together, then given to their columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.columns import Column
from tb_diagnose.read.columns.histograms import Buckets
from tb_diagnose.read.columns.table import Table

#: So many that came one by one are reduced at once, and so many are sorted by tag at once (chosen:
#: a few megabytes).
_BATCH, _FULL = 256, 1 << 14


class Distributions:
    """The histograms of one file that have not been given to their columns yet."""

    def __init__(self) -> None:
        self._table = Table(_FULL)
        self._loose: list[Buckets] = []
        self._points: list[tuple[int, int, int]] = []

    @property
    def count(self) -> int:
        """How many columns have numbers."""
        return len(self._table.curves)

    @property
    def strewn(self) -> list[Column]:
        """Columns that are to be settled."""
        return self._table.strewn

    def number(self, column: Column) -> int:
        """The number by which rows name ``column``."""
        return self._table.number(column)

    def one(self, column: Column, step: int, wall: int, buckets: Buckets) -> None:
        """Takes a single histogram, with the bits of its wall time."""
        self._loose.append(buckets)
        self._points.append((self.number(column), step, wall))
        if len(self._loose) >= _BATCH:
            self._gather()

    def rows(self, numbers: Any, steps: Any, walls: Any, reduced: NDArray[np.void]) -> None:
        """Takes [n] reduced histograms of any tags, in the order written."""
        self._gather()
        self._table.rows(numbers, steps, walls, reduced)

    def settle(self, outlook: float) -> None:
        """Brings together what each column has; it may come to be ``outlook`` times as long."""
        self._table.settle(outlook)

    def split(self) -> None:
        """Gives every column its histograms."""
        self._gather()
        self._table.split()

    def _gather(self) -> None:
        if self._loose:
            reduced = histograms.reduced(histograms.joined(self._loose))
            numbers, steps, walls = zip(*self._points, strict=True)
            self._loose.clear()
            self._points.clear()
            self._table.rows(
                np.array(numbers), np.array(steps, np.int64), np.array(walls, np.uint64), reduced
            )
