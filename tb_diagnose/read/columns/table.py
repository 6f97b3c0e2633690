"""Points of many curves in the order written: one long table, split by one sort.

Where curves are logged in no order that repeats, each would get its points one by one. Instead
the points of all of them are kept in four columns (number of the curve, step, wall time, value),
and sorted by the number: a stable sort keeps the order within each curve.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import Column, Piece

#: The table is split when it has so many rows (chosen: 10 MB with what the sort needs).
FULL = 1 << 18


class Table:
    """Points that have not been given to their curves yet.

    It is split when it has ``full`` of them.

    Attributes:
        size: how many.
        widened: how many curves have been given a wider type.
    """

    def __init__(self, full: int = FULL) -> None:
        self._full = full
        self.curves: list[Column] = []
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._loose: list[tuple[int, int, int, int]] = []
        self.size = self.widened = 0

    def number(self, curve: Column) -> int:
        """The number by which rows name ``curve``."""
        if curve.number < 0:
            curve.number = len(self.curves)
            self.curves.append(curve)
        return curve.number

    def one(self, curve: Column, step: int, wall: int, value: int) -> None:
        """Takes one point: the bits of its wall time and of its value as integers."""
        if not self.size:
            curve.take_one(step, wall, value)
            return
        self._loose.append((self.number(curve), step, wall, value))
        self.size += 1

    def rows(
        self,
        numbers: NDArray[np.int64],
        steps: NDArray[np.int64],
        wall: NDArray[np.uint64],
        values: NDArray[Any],
    ) -> None:
        """Takes points of any curves, in the order written: bits of scalars, or histograms."""
        self._gather()
        self._parts.append((numbers, steps, wall, values))
        self.size += len(numbers)
        if self.size >= self._full:
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
        self.widened += 1

    def split(self) -> None:
        """Gives every curve its points."""
        if not self.size:
            return
        self._gather()
        numbers, *columns = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        self._parts.clear()
        self.size = 0
        order = _sorted(numbers)
        points = tuple(column[order] for column in columns)
        numbers = numbers[order]
        ends = [*(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        first = 0
        for number, last in zip(numbers[np.array(ends) - 1].tolist(), ends, strict=True):
            self.curves[number].take(Piece(points, first, last, lasting=True))
            first = last


def _sorted(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """A stable order by number: a radix sort, 16 bits at a time."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if len(numbers) and numbers.max() >> 16:
        high = (numbers >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order
