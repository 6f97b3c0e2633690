"""Layer × step maps of what a log holds of each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.report.page.maps import Kind, Row, maps

#: Columns of a map at most (chosen: a screen has no more).
COLUMNS = 1_000


class Heat(NamedTuple):
    """A map: ``steps`` [n] float64, rising; ``values`` [rows, n] float32.

    NaN stands for what is not known or not finite.
    """

    kind: Kind
    steps: NDArray[np.float64]
    values: NDArray[np.float32]


def heats(roles: Mapping[str, Any]) -> list[Kind]:
    """The maps that a run with these roles (``Roles.values``) offers."""
    return [kind for kind, _ in maps(roles)]


@np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
def heat(roles: Mapping[str, Any], vital: str, columns: int = COLUMNS) -> Heat | None:
    """One of them, in at most ``columns`` columns.

    A column that stands for several steps shows the largest value, or the one furthest from 0
    where the scale diverges.
    """
    return next((_grid(kind, rows, columns) for kind, rows in maps(roles, vital)), None)


def _grid(kind: Kind, rows: Sequence[Row], columns: int) -> Heat:
    """Rows of different steps on one axis."""
    steps = np.unique(np.concatenate([row for row, _ in rows]))
    column = np.arange(len(steps)) * min(columns, len(steps)) // max(1, len(steps))
    first = np.unique(column, return_index=True)[1]
    grid = np.full((len(rows), len(first)), np.nan)
    for line, (at, values) in zip(grid, rows, strict=True):
        known = np.flatnonzero(np.isfinite(values))
        size = np.abs(values[known]) if kind.scale == "diverging" else values[known]
        # Of several values for one column, the last one assigned stays: the largest.
        rising = known[np.argsort(size, kind="stable")]
        line[column[np.searchsorted(steps, at[rising])]] = values[rising]
    return Heat(kind, steps[first].astype(np.float64), grid.astype(np.float32))
