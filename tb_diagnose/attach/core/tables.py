"""A sampled step and the window of samples it stands in → the tables that are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.attach.core.rolling_stats import WINDOW, RollingStats, gradient_squares, joined
from tb_diagnose.attach.core.statistics import CAP
from tb_diagnose.attach.core.step_layout import Sample
from tb_diagnose.attach.core.table_writer import Table
from tb_diagnose.core.vitals import LOSS_QUANTILES, PLUGIN, TABLES, check_column

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
    sample: Sample, rolling: RollingStats, clipping: Clipping | None, *, accumulates: bool = False
) -> Iterator[Table]:
    """Every table that the step gives, ``rolling`` with the step already in it.

    ``clipping`` is None where it cannot be known what became of the gradients. ``accumulates``
    says that a step need not update the weights: then no update is not an update of size 0.
    """
    if sample.layout.layers:
        yield _layers(sample, rolling)
    if sample.layout.variables:
        yield _weights(sample, accumulates=accumulates)
    if sample.layout.segments:
        yield _step(sample, rolling, clipping)
    yield from batch_tables(sample, rolling)


def batch_tables(sample: Sample, rolling: RollingStats) -> Iterator[Table]:
    """What the step's batch gives: inputs and labels."""
    if sample.layout.inputs:
        yield inputs(sample)
    if sample.layout.classes:
        rows = tuple(map(str, range(sample.layout.classes)))
        yield _table("labels", rows, {"count": rolling.label_counts()})
    elif "labels/mean" in sample.numbers:
        names = ("mean", "std", "low", "high")
        values = zip(names, rolling.label_values(), strict=True)
        yield _table("labels", ("value",), {name: [value] for name, value in values})


def _layers(sample: Sample, rolling: RollingStats) -> Table:
    layers = sample.layout.layers
    rows = [layer.name for layer in layers]
    activity = np.stack([sample.numbers[f"activity/{row}"] for row in rows], axis=1)
    columns = {
        "mean": activity[0],
        "std": activity[1],
        "zero": activity[2],
        "dead": [rolling.dead(row) for row in rows],
        "saturated": [rolling.saturated(layer.name, layer.activation) for layer in layers],
        "nonfinite": activity[3],
    }
    extra = {
        "activations": {layer.name: layer.activation for layer in layers if layer.activation},
        "kinds": {layer.name: layer.kind for layer in layers},
    }
    return _table("layers", rows, columns, extra)


def _weights(sample: Sample, *, accumulates: bool) -> Table:
    size = np.sqrt(joined(sample, "sizes"))
    change = np.sqrt(joined(sample, "changes"))
    if accumulates and not change.any():
        change = np.full_like(change, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(size > 0, change / size, np.nan)
    columns = {
        "gradient_norm": np.sqrt(gradient_squares(sample)),
        "weight_norm": size,
        "update_norm": change,
        "update_ratio": ratio,
        "nonfinite": joined(sample, "wrong"),
    }
    return _table("weights", unique(sample.layout.variables), columns)


def _step(sample: Sample, rolling: RollingStats, clipping: Clipping | None) -> Table:
    squares = gradient_squares(sample)
    known = len(squares) > 0 and not np.isnan(squares).all()
    norm = float(np.sqrt(np.nansum(squares))) if known else np.nan
    cut = clipping.norm(squares, joined(sample, "cut")) if clipping and known else np.nan
    # A gradient that is NaN itself is no missing gradient.
    wrong = joined(sample, "wrong")
    if np.nansum(wrong) and np.isnan(squares[~np.isnan(wrong)]).any():
        norm = cut = np.nan
    quantiles = sample.numbers.get("quantiles", np.full(len(LOSS_QUANTILES), np.nan))
    counted = [np.nansum(wrong) if known else np.nan, sample.one("wrong losses")]
    columns = {
        "loss": sample.one("loss"),
        "gradient_norm": norm,
        "gradient_norm_clipped": cut,
        "gradient_noise": rolling.gradient_noise(),
        **{
            f"loss_q{round(100 * share)}": value
            for share, value in zip(LOSS_QUANTILES, quantiles, strict=True)
        },
        "batch_size": sample.one("batch"),
        "repeated": rolling.repeated(),
        "nonfinite": np.nan if np.isnan(counted).all() else np.nansum(counted),
        "carried_gradient_norm": np.sqrt(sample.one("carried")),
        "loss_scale": sample.one("loss scale"),
        "skipped_steps": sample.one("skipped steps"),
    }
    return _table("step", ("step",), {name: [value] for name, value in columns.items()})


def inputs(sample: Sample) -> Table:
    """The inputs of one step."""
    layout = sample.layout.inputs
    columns = {
        column: np.concatenate([sample.numbers[f"input/{x.name}/{number}"] for x in layout])
        for column, number in zip(
            TABLES["inputs"].names, ("mean", "std", "low", "high", "wrong"), strict=True
        )
    }
    extra = {
        "shapes": {x.name: list(x.shape) for x in layout},
        "dtypes": {x.name: x.dtype for x in layout},
    }
    return _table("inputs", [row for x in layout for row in x.rows], columns, extra)


def layout_facts(every: int, about: Mapping[str, Any], skipped: Sequence[str]) -> dict[str, Any]:
    """What the layouts of all tables of a step say; ``about`` is what a training says of itself."""
    sampling = {"every": every, "window": WINDOW, "cap": CAP}
    return {**sampling, **about, "skipped": list(skipped)}


def unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, the second of the same name as ``name#1``."""
    seen: dict[str, int] = {}
    rows = []
    for name in names:
        seen[name] = count = seen.get(name, -1) + 1
        rows.append(f"{name}#{count}" if count else name)
    return tuple(rows)


def _table(
    kind: str,
    rows: Sequence[str],
    columns: Mapping[str, Any],
    extra: Mapping[str, Any] | None = None,
) -> Table:
    """A table by the schema: raises UnknownColumn for a column that it does not have."""
    for name in columns:
        check_column(f"{PLUGIN}/{kind}", name)
    stacked = np.stack([np.asarray(values, np.float32) for values in columns.values()], axis=1)
    return Table(kind, tuple(rows), tuple(columns), stacked, extra or {})
