"""Points of many curves in the order written: one long table, split by one sort.

Where curves are logged in no order that repeats, each would get its points one by one. Instead
the points of all of them are kept in four columns (number of the curve, step, wall time, value),
and sorted by the number: a stable sort keeps the order within each curve.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Column
from tb_diagnose.read.columns.sorting import Rows, by_curve

#: The table is split when it has so many rows (chosen: 10 MB with what the sort needs).
FULL = 1 << 18
#: Curves that get so many points at once get them at once (measured: to keep them for later costs
#: as much as to give a curve so many points).
_MANY = 48


class Table:
    """Points that have not been given to their curves yet.

    It is split when it has ``full`` of them.

    Attributes:
        curves: by number.
        size: how many points.
        strewn: curves that got many points at once, which are not settled yet.
        widened: how many curves have been given a wider type.
    """

    def __init__(self, full: int = FULL) -> None:
        self._full = full
        self.curves: list[Column] = []
        self._wide = bytearray()
        self._parts: list[Rows] = []
        self._loose: list[tuple[int, int, int, int]] = []
        self.strewn: list[Column] = []
        self.size = self.widened = 0

    def number(self, curve: Column) -> int:
        """The number by which rows name ``curve``."""
        if curve.number < 0:
            curve.number = len(self.curves)
            self.curves.append(curve)
            self._wide.append(curve.kind == "<f8")
        return curve.number

    def one(self, curve: Column, step: int, wall: int, value: int) -> None:
        """Takes one point: the bits of its wall time and of its value as integers."""
        if not self.size:
            curve.take_one(step, wall, value)
            return
        self._loose.append((self.number(curve), step, wall, value))
        self.size += 1

    def rows(self, *rows: NDArray[Any]) -> None:
        """Takes points of any curves, in the order written.

        Numbers of curves, steps, bits of wall times, and bits of scalars, or histograms; all of
        them may be overwritten then.
        """
        count = len(rows[0])
        if count >= _MANY * len(self.curves):
            self.split()
            self.strewn += self._give(rows)
            return
        self._gather()
        self._parts.append(tuple(each.copy() for each in rows))
        self.size += count
        if self.size >= max(self._full, _MANY * len(self.curves)):
            self.split()

    def _gather(self) -> None:
        if self._loose:
            numbers, steps, wall, values = zip(*self._loose, strict=True)
            self._parts.append(
                (
                    np.array(numbers, np.int64),
                    np.array(steps, np.int64),
                    np.array(wall, np.uint64),
                    np.array(values, np.uint64),
                )
            )
            self._loose.clear()

    def widen(self, curve: Column) -> None:
        """Lets a curve take float64 from now on."""
        self.split()
        curve.widen()
        if curve.number >= 0:
            self._wide[curve.number] = 1
        self.widened += 1

    def split(self) -> None:
        """Gives every curve its points."""
        if self.size:
            self._gather()
            parts = self._parts
            rows = tuple(map(np.concatenate, zip(*parts, strict=True))) if parts[1:] else parts[0]
            self._parts = []
            self.size = 0
            self._give(rows)

    def _give(self, rows: Rows) -> list[Column]:
        """Gives the curves these points, and returns those that got some."""
        given = []
        for number, piece in by_curve(rows, self._wide):
            given.append(self.curves[number])
            given[-1].take(piece)
        return given

    def settle(self, outlook: float) -> None:
        """Brings together what each curve has; it may come to be ``outlook`` times as long."""
        before: Column | None = None
        for curve in self.strewn:
            curve.settle(outlook, before)
            before = curve
        self.strewn.clear()
