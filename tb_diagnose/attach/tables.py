"""A sampled step and the window it stands in → the tables that are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.attach.layout import COLUMNS, QUANTILES, Table
from tb_diagnose.attach.plan import Sample
from tb_diagnose.attach.window import Window, gradient_squares, joined

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Clipping:
    """How the optimizer clips: at most one of the three is set, as in Keras."""

    clipvalue: float | None = None
    clipnorm: float | None = None
    global_clipnorm: float | None = None

    def norm(self, squares: Numbers, cut: Numbers) -> float:
        """The global gradient norm after clipping.

        ``squares`` are the variables' squared gradient norms, ``cut`` those after ``clipvalue``.
        """
        if self.clipvalue is not None:
            return float(np.sqrt(np.nansum(cut))) if len(cut) else np.nan
        if self.clipnorm is not None:
            return float(np.sqrt(np.nansum(np.minimum(squares, self.clipnorm**2))))
        norm = float(np.sqrt(np.nansum(squares)))
        return (
            norm if self.global_clipnorm is None else float(np.minimum(norm, self.global_clipnorm))
        )


def tables(
    sample: Sample, window: Window, clipping: Clipping | None, *, accumulates: bool = False
) -> Iterator[Table]:
    """Every table that the step gives, ``window`` with the step already in it.

    ``clipping`` is None where it cannot be known what became of the gradients. ``accumulates``
    says that a step need not update the weights: then no update is not an update of size 0.
    """
    if sample.plan.layers:
        yield _layers(sample, window)
    if sample.plan.variables:
        yield _weights(sample, accumulates=accumulates)
    if sample.plan.segments:
        yield _step(sample, window, clipping)
    yield from batch_tables(sample, window)


def batch_tables(sample: Sample, window: Window) -> Iterator[Table]:
    """What the step's batch gives: inputs and labels."""
    if sample.plan.inputs:
        yield inputs(sample)
    if sample.plan.classes:
        rows = tuple(map(str, range(sample.plan.classes)))
        yield _table("labels", rows, COLUMNS["labels"], [window.label_counts()])
    elif "labels/mean" in sample.numbers:
        columns = [np.array([value]) for value in window.label_values()]
        yield _table("labels", ("value",), COLUMNS["values"], columns)


def _layers(sample: Sample, window: Window) -> Table:
    layers = sample.plan.layers
    rows = [layer.name for layer in layers]
    activity = np.stack([sample.numbers[f"activity/{row}"] for row in rows], axis=1)
    columns = [
        *activity[:3],
        [window.dead(row) for row in rows],
        [window.saturated(layer.name, layer.activation) for layer in layers],
        activity[3],
    ]
    extra = {
        "activations": {layer.name: layer.activation for layer in layers if layer.activation},
        "kinds": {layer.name: layer.kind for layer in layers},
    }
    return _table("layers", rows, COLUMNS["layers"], columns, extra)


def _weights(sample: Sample, *, accumulates: bool) -> Table:
    gradient = np.sqrt(gradient_squares(sample))
    size = np.sqrt(joined(sample, "sizes"))
    change = np.sqrt(joined(sample, "changes"))
    if accumulates and not change.any():
        change = np.full_like(change, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(size > 0, change / size, np.nan)
    columns = [gradient, size, change, ratio, joined(sample, "wrong")]
    return _table("weights", unique(sample.plan.variables), COLUMNS["weights"], columns)


def _step(sample: Sample, window: Window, clipping: Clipping | None) -> Table:
    squares = gradient_squares(sample)
    known = len(squares) > 0 and not np.isnan(squares).all()
    norm = float(np.sqrt(np.nansum(squares))) if known else np.nan
    cut = clipping.norm(squares, joined(sample, "cut")) if clipping and known else np.nan
    # A gradient that is NaN itself is no missing gradient.
    wrong = joined(sample, "wrong")
    if np.nansum(wrong) and np.isnan(squares[~np.isnan(wrong)]).any():
        norm = cut = np.nan
    quantiles = sample.numbers.get("quantiles", np.full(len(QUANTILES), np.nan))
    counted = [np.nansum(wrong) if known else np.nan, sample.one("wrong losses")]
    numbers = [
        sample.one("loss"),
        norm,
        cut,
        window.gradient_noise(),
        *quantiles,
        sample.one("batch"),
        window.repeated(),
        np.nan if np.isnan(counted).all() else np.nansum(counted),
    ]
    return _table("step", ("step",), COLUMNS["step"], [np.array([each]) for each in numbers])


def inputs(sample: Sample) -> Table:
    """The inputs of one step."""
    named = sample.plan.inputs
    rows = [row for each in named for row in each.rows]
    columns = [
        np.concatenate([sample.numbers[f"input/{each.name}/{column}"] for each in named])
        for column in ("mean", "std", "low", "high", "wrong")
    ]
    return _table("inputs", rows, COLUMNS["inputs"], columns, shapes(sample))


def shapes(sample: Sample) -> dict[str, Any]:
    """What the layout of the inputs says besides."""
    return {
        "shapes": {each.name: list(each.shape) for each in sample.plan.inputs},
        "dtypes": {each.name: each.dtype for each in sample.plan.inputs},
    }


def unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, the second of the same name as ``name#1``."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = count = seen.get(name, -1) + 1
        told.append(f"{name}#{count}" if count else name)
    return tuple(told)


def _table(
    kind: str,
    rows: list[str] | tuple[str, ...],
    columns: tuple[str, ...],
    values: Any,
    extra: dict[str, Any] | None = None,
) -> Table:
    stacked = np.stack([np.asarray(column, np.float32) for column in values], axis=1)
    return Table(kind, tuple(rows), columns, stacked, extra or {})
