"""What attach writes: the tables, their columns, and the layout that names their rows.

One table is one tensor summary of plugin ``diagnose``: float32, rows x columns, NaN where nothing
was measured. The first value of a tag carries the layout as JSON in its summary metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

PLUGIN = "diagnose"
#: Probabilities of the quantiles of the per-example loss.
QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "layers": ("mean", "std", "zero", "dead", "saturated", "nonfinite"),
    "weights": ("gradient_norm", "weight_norm", "update_norm", "update_ratio", "nonfinite"),
    "step": (
        "loss",
        "gradient_norm",
        "gradient_norm_clipped",
        "gradient_noise",
        *(f"loss_q{round(100 * each)}" for each in QUANTILES),
        "batch_size",
        "repeated",
        "nonfinite",
    ),
    "inputs": ("mean", "std", "low", "high", "nonfinite"),
    "labels": ("count",),
    "values": ("mean", "std", "low", "high"),
}


@dataclass(frozen=True, eq=False)
class Table:
    """One step's numbers of one kind.

    Attributes:
        kind: ``layers``, ``weights``, ``step``, ``inputs`` or ``labels``.
        rows, columns: their names, each unique.
        values: [rows, columns] float32.
        extra: what the layout says of this kind alone, such as the inputs' shapes.
    """

    kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array
    extra: Mapping[str, Any] = field(default_factory=dict)


class Sink(Protocol):
    """Where tables go: one growing event file."""

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        """Append one tensor summary; ``content`` is the metadata's, empty but for the first."""

    def flush(self) -> None:
        """Hand everything written so far to the operating system."""


class Journal:
    """Writes tables to a sink: a layout once per tag, a new tag when the layout changes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._tags: dict[tuple[str, bytes], str] = {}
        self._count: dict[str, int] = {}

    def write(self, tables: Iterable[Table], step: int, about: Mapping[str, Any]) -> None:
        """Append the tables of one step. ``about`` holds what is common to their layouts."""
        for table in tables:
            key = table.kind, layout({**about, "every": None}, table)
            content = b""
            if key not in self._tags:
                self._count[table.kind] = count = self._count.get(table.kind, 0) + 1
                suffix = f"@{count}" if count > 1 else ""
                self._tags[key] = f"{PLUGIN}/{table.kind}{suffix}"
                content = layout(about, table)
            values = np.ascontiguousarray(table.values, dtype="<f4")
            self._sink.write(self._tags[key], values, step, content)
        self._sink.flush()


def layout(about: Mapping[str, Any], table: Table) -> bytes:
    """The layout of a table as UTF-8 JSON."""
    whole = {
        "v": 1,
        "kind": table.kind,
        "rows": list(table.rows),
        "columns": list(table.columns),
        **about,
        **table.extra,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
