"""Which layer × step maps a log can give, and the numbers of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Histograms, Vitals
from tb_diagnose.measure.distributions import moves
from tb_diagnose.report.document.numbers import text

Scale = Literal["log", "linear", "diverging"]


class Kind(NamedTuple):
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


#: Steps and values [k] of one row, and the rows of a map.
Row = tuple[NDArray[np.int64], NDArray[np.float64]]
_Measure = tuple[str, str, Scale]

#: Role of an attached training's table → column → title, unit and scale of its map.
_VITALS: Mapping[str, Mapping[str, _Measure]] = {
    "layer_vitals": {
        "dead": ("Dead units", "share of the units", "linear"),
        "saturated": ("Saturated units", "share of the units", "linear"),
        "std": ("Spread of activations", "standard deviation", "log"),
        "mean": ("Mean activation", "", "diverging"),
        "zero": ("Zeros among activations", "share", "linear"),
        "nonfinite": ("Activations that are not finite", "count", "linear"),
    },
    "weight_vitals": {
        "gradient_norm": ("Gradient norm", "Euclidean", "log"),
        "update_ratio": ("Update-to-weight ratio", "per step", "log"),
        "update_norm": ("Update norm", "Euclidean", "log"),
        "weight_norm": ("Weight norm", "Euclidean", "log"),
        "nonfinite": ("Gradients that are not finite", "count", "linear"),
    },
    "input_vitals": {
        "mean": ("Mean of training inputs", "", "diverging"),
        "std": ("Spread of training inputs", "standard deviation", "log"),
    },
    "input_vitals_val": {
        "mean": ("Mean of validation inputs", "", "diverging"),
        "std": ("Spread of validation inputs", "standard deviation", "log"),
    },
}
#: The same for histograms: roles, and what can be told of each.
_SORTS = ("weights", "gradients", "activations")
_HISTOGRAMS: Mapping[str, _Measure] = {
    "movement": ("How far {} move", "of their size per step, at least", "log"),
    "std": ("Spread of {}", "standard deviation", "log"),
    "zero": ("Zeros among {}", "share in the bucket that holds 0", "linear"),
}


def maps(roles: Mapping[str, Any], vital: str = "") -> Iterator[tuple[Kind, list[Row]]]:
    """All maps, or the one of that id."""
    for role, columns in _VITALS.items():
        table: Vitals | None = roles.get(role)
        for name, measure in columns.items() if table is not None and len(table.steps) else ():
            if table is not None and vital in ("", f"{role}/{name}"):
                yield from _of_vitals(table, f"{role}/{name}", measure)
    for sort in _SORTS:
        rows = _in_order(roles.get(sort) or (), roles.get("model"))
        for name, measure in _HISTOGRAMS.items() if any(len(row) > 1 for row in rows) else ():
            if vital in ("", f"{sort}/{name}"):
                yield _of_histograms(rows, sort, name, measure)


def _of_vitals(table: Vitals, vital: str, measure: _Measure) -> Iterator[tuple[Kind, list[Row]]]:
    values = table.column(vital.partition("/")[2])
    if np.isfinite(values).any():
        names = tuple(map(text, table.rows))
        kind = Kind(vital, *measure, names, len(np.unique(table.steps)))
        yield kind, [(table.steps, column) for column in values.T]


def _of_histograms(
    rows: Sequence[Histograms], sort: str, name: str, measure: _Measure
) -> tuple[Kind, list[Row]]:
    title, unit, scale = measure
    measured = [_measured(row, name) for row in rows]
    names = tuple(text(row.name) for row in rows)
    count = len(np.unique(np.concatenate([steps for steps, _ in measured])))
    return Kind(f"{sort}/{name}", title.format(sort), unit, scale, names, count), measured


def _in_order(rows: Sequence[Histograms], model: ModelConfig | None) -> list[Histograms]:
    """From the input to the output where the model is known; otherwise as they stand."""
    layers = model.layers if model else ()
    place = {layer.name: at for at, layer in enumerate(layers)}

    def depth(row: Histograms) -> int:
        parts = row.tag.split("/")
        return min((place[part] for part in parts if part in place), default=len(place))

    return sorted(rows, key=depth)


def _measured(row: Histograms, measure: str) -> Row:
    if measure == "movement":
        return row.steps[1:], movement(row)
    return row.steps, np.asarray(getattr(row, measure), np.float64)


def movement(row: Histograms) -> NDArray[np.float64]:
    """[n - 1] how far the numbers moved from each histogram to the next, per step.

    As a share of their size, and at least: see ``moves``.
    """
    with np.errstate(all="ignore"):
        share = moves(row.quantiles) / np.diff(row.steps)
    return np.where(np.isfinite(share) & (share >= 0), share, np.nan)
