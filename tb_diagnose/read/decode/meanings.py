"""What the layouts that other files taught mean in this one: to which columns their data goes."""

from __future__ import annotations

import numpy as np

from tb_diagnose.read.columns.columns import Column, Columns
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode.layouts import Layout
from tb_diagnose.read.decode.period import Period
from tb_diagnose.read.wire.places import Places

#: For each hole of a layout: its column, and its span in the body.
Targets = list[tuple[Column, int, int]]


class Meanings:
    """The columns of one file by layout, for as long as no more plugins become known."""

    def __init__(
        self,
        columns: Columns,
        plugins: dict[bytes, bytes],
        table: Table,
        distributions: Distributions,
    ) -> None:
        self._columns, self._plugins = columns, plugins
        self._table, self._distributions = table, distributions
        self._targets: dict[Layout, Targets | None] = {}
        self._valid = len(plugins)
        # The latest period that was asked about, and the numbers of its columns.
        self._held: Period | None = None
        self._numbered: Period | None = None
        self._numbers = np.zeros(0, np.int64)

    def forget(self) -> None:
        """A column has changed its type."""
        self._targets.clear()
        self._held = None

    def targets(self, layout: Layout) -> Targets | None:
        """Where what stands in the holes of ``layout`` goes; None if it has to be parsed."""
        if self._valid != len(self._plugins):
            self._targets.clear()
            self._valid = len(self._plugins)
        if layout not in self._targets:
            self._targets[layout] = self._find_targets(layout)
        return self._targets[layout]

    def holds(self, expected: Period) -> bool:
        """Whether every layout of a period means in this file what it meant where it was learnt."""
        if self._held is not expected or self._valid != len(self._plugins):
            held = (self.targets(layout) is not None for layout in expected.layouts)
            if not (expected.orderly and all(held)):
                return False
            self._held = expected
        return True

    def numbers(self, expected: Period) -> Places:
        """The number that its table knows each part's column by."""
        if self._numbered is expected:
            return self._numbers
        numbers = []
        for part in expected.parts:
            column = self._columns.column(part.tag.decode("utf-8", "replace"), part.kind)
            table = self._table if part.scalar else self._distributions
            numbers.append(table.number(column))
        self._numbered, self._numbers = expected, np.array(numbers)
        return self._numbers

    def _find_targets(self, layout: Layout) -> Targets | None:
        if any(self._plugins.get(tag, b"") != plugin for tag, plugin in layout.plugins):
            return None
        targets: Targets = []
        for hole in layout.holes:
            column = self._columns.column(hole.tag.decode("utf-8", "replace"), hole.kind)
            if column.kind != hole.kind:
                return None
            targets.append((column, hole.first, hole.first + hole.size))
        return targets
