"""The tables that an attached training writes into its log: the one schema of writer and reader.

A table is one tensor summary of plugin ``diagnose`` a sampled step: float32, rows x columns, NaN
where nothing was measured. The first value of a tag carries a layout in its metadata, as JSON; it
names the rows and the columns. A tag is ``diagnose/layers``; ``diagnose/layers@2`` from where the
rows change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: ``plugin_name`` of the tables, and first part of their tags.
PLUGIN = "diagnose"
#: ``v`` of the layouts. A new column does not change it, another meaning of an old one does.
VERSION = 1
#: The tag of the text summary that describes the whole setup, as JSON.
SETUP_TAG = f"{PLUGIN}/setup"
#: Probabilities of the quantiles of the loss over the examples of a batch.
LOSS_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)


class UnknownColumn(KeyError):
    """A column was asked for that no table of this kind has."""

    def __str__(self) -> str:
        return str(self.args[0])


class Column(NamedTuple):
    """One thing that is measured: its name, what it means, and its unit (``""`` for a number)."""

    name: str
    meaning: str
    unit: str = ""


class Table(NamedTuple):
    """One kind of table: what a row is, and the columns."""

    row: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


_OF_VALUES = (
    Column("mean", "mean", "value"),
    Column("std", "standard deviation", "value"),
    Column("low", "smallest", "value"),
    Column("high", "largest", "value"),
)
_NONFINITE = Column("nonfinite", "numbers that are NaN or infinite", "count")

TABLES: Mapping[str, Table] = {
    "layers": Table(
        "a layer's output, in forward order; dense#1 is the second call of dense",
        (
            Column("mean", "mean activation", "activation"),
            Column("std", "standard deviation of the activations", "activation"),
            Column("zero", "activations that are exactly 0", "share"),
            Column("dead", "units never above 0 in the rolling window of samples", "share"),
            Column("saturated", "units at an end of their range in 95 % of the window", "share"),
            _NONFINITE,
        ),
    ),
    "weights": Table(
        "a variable that the optimizer updates",
        (
            Column("gradient_norm", "norm of the gradient, before clipping", "Euclidean"),
            Column("weight_norm", "norm of the weights before the update", "Euclidean"),
            Column("update_norm", "norm of the update", "Euclidean"),
            Column("update_ratio", "norm of the update over that of the weights", "per step"),
            _NONFINITE,
        ),
    ),
    "step": Table(
        "the step",
        (
            Column("loss", "the loss that is minimized", "loss"),
            Column("gradient_norm", "norm of all gradients, before clipping", "Euclidean"),
            Column("gradient_norm_clipped", "the same after clipping", "Euclidean"),
            Column("gradient_noise", "distance of a step's gradient from the mean", "of its norm"),
            *(
                Column(f"loss_q{round(100 * share)}", f"quantile {share:g} over examples", "loss")
                for share in LOSS_QUANTILES
            ),
            Column("batch_size", "examples in the batch", "count"),
            Column("repeated", "sampled examples of this epoch seen more than once", "share"),
            _NONFINITE,
            Column(
                "carried_gradient_norm",
                "smallest norm of the gradients already there as a backward pass of this step "
                "began: 0 where they are zeroed",
                "Euclidean",
            ),
            Column("loss_scale", "factor of the loss in mixed precision", "factor"),
            Column("skipped_steps", "steps the loss scaler skipped so far, at least", "count"),
        ),
    ),
    "inputs": Table("a channel of an input, or a whole input", (*_OF_VALUES, _NONFINITE)),
    "labels": Table(
        "a class, or all targets where they are numbers",
        (Column("count", "labels in the rolling window of samples", "count"), *_OF_VALUES),
    ),
}


def kind_of(tag: str) -> str:
    """``layers`` for ``diagnose/layers@2``."""
    return tag.removeprefix(f"{PLUGIN}/").partition("@")[0]


def check_column(tag: str, name: str) -> None:
    """Raises UnknownColumn where the schema has no such column under this tag."""
    known = TABLES[kind_of(tag)].names if kind_of(tag) in TABLES else ()
    if name not in known:
        raise UnknownColumn(
            f"{tag or 'a table'} has no column {name!r}; it has: {', '.join(known)}"
        )
