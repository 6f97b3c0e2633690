"""Layer × step maps of what a log holds of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.report.numbers import text
from tb_diagnose.runs import Histograms, ModelConfig

Scale = Literal["log", "linear", "diverging"]
#: Columns of a map at most (chosen: a screen has no more).
COLUMNS = 1_000
_SORTS = ("weights", "gradients", "activations")


@dataclass(frozen=True)
class Kind:
    """A map that can be drawn of a run.

    Attributes:
        vital: its id, such as ``weights/movement``.
        rows: names of the layers, variables or channels, in the model's order where it is known.
        steps: how many columns the log gives.
    """

    vital: str
    title: str
    unit: str
    scale: Scale
    rows: tuple[str, ...]
    steps: int


@dataclass(frozen=True, eq=False)
class Heat:
    """A map: ``steps`` [n] float64, rising; ``values`` [rows, n] float32.

    NaN stands for what is not known or not finite.
    """

    kind: Kind
    steps: NDArray[np.float64]
    values: NDArray[np.float32]


_MEASURES: Mapping[str, tuple[str, str, Scale]] = {
    "movement": ("How far {} move", "of their spread per step, at least", "log"),
    "std": ("Spread of {}", "standard deviation", "log"),
    "zero": ("Zeros among {}", "share in the bucket that holds 0", "linear"),
}


def heats(roles: Mapping[str, Any]) -> list[Kind]:
    """The maps that a run with these roles (``Roles.values``) offers."""
    return [kind for kind, _ in _sources(roles)]


def heat(roles: Mapping[str, Any], vital: str, columns: int = COLUMNS) -> Heat | None:
    """One of them, in at most ``columns`` columns: each shows the largest value in it."""
    for kind, rows in _sources(roles):
        if kind.vital == vital:
            return _map(kind, [_measured(each, vital.partition("/")[2]) for each in rows], columns)
    return None


def _sources(roles: Mapping[str, Any]) -> Iterator[tuple[Kind, Sequence[Histograms]]]:
    for sort in _SORTS:
        rows = _in_order(roles.get(sort) or (), roles.get("model"))
        if not any(len(each) > 1 for each in rows):
            continue
        names = tuple(text(each.name) for each in rows)
        count = len(np.unique(np.concatenate([each.steps for each in rows])))
        for name, (title, unit, scale) in _MEASURES.items():
            yield Kind(f"{sort}/{name}", title.format(sort), unit, scale, names, count), rows


def _in_order(rows: Sequence[Histograms], model: ModelConfig | None) -> list[Histograms]:
    """From the input to the output where the model is known; otherwise as they stand."""
    layers = model.layers if model else ()
    place = {layer.name: at for at, layer in enumerate(layers)}

    def depth(row: Histograms) -> int:
        parts = row.tag.split("/")
        return min((place[part] for part in parts if part in place), default=len(place))

    return sorted(rows, key=depth)


def _measured(row: Histograms, measure: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if measure == "movement":
        return row.steps[1:], movement(row)
    return row.steps, np.asarray(getattr(row, measure), np.float64)


def movement(row: Histograms) -> NDArray[np.float64]:
    """[n - 1] how far the numbers moved from each histogram to the next, per step.

    The mean distance of the sorted numbers, as a share of their standard deviation before: a
    lower bound on how far single numbers moved, because they may have changed places.
    """
    with np.errstate(all="ignore"):
        moved = np.abs(np.diff(row.quantiles.astype(np.float64), axis=0))
        mean = ((moved[:, 1:] + moved[:, :-1]) / 2).mean(axis=1)
        share = mean / row.std[:-1] / np.diff(row.steps)
    return np.where(np.isfinite(share) & (share >= 0), share, np.nan)


def _map(
    kind: Kind, rows: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]], columns: int
) -> Heat:
    """Rows of different steps in one grid."""
    steps = np.unique(np.concatenate([each for each, _ in rows]))
    column = np.arange(len(steps)) * min(columns, len(steps)) // max(1, len(steps))
    first = np.unique(column, return_index=True)[1]
    grid = np.full((len(rows), len(first)), -np.inf)
    for line, (at, values) in zip(grid, rows, strict=True):
        place = column[np.searchsorted(steps, at)]
        known = np.isfinite(values)
        np.maximum.at(line, place[known], values[known])
    shown = np.where(np.isneginf(grid), np.nan, grid)
    return Heat(kind, steps[first].astype(np.float64), shown.astype(np.float32))
