"""Writes tables by the schema of ``core.vitals``: a layout once per tag, then only numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.vitals import PLUGIN, SETUP_TAG, VERSION

if TYPE_CHECKING:
    from tb_diagnose.attach.core.sinks import Sink

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Table:
    """One step's numbers of one kind.

    Attributes:
        kind: one of ``core.vitals.TABLES``.
        rows, columns: their names, each unique.
        values: [rows, columns] float32.
        extra: what the layout says of this kind alone, such as the inputs' shapes.
    """

    kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array
    extra: Mapping[str, Any] = field(default_factory=dict)


class TableWriter:
    """Writes tables to a sink; where the layout of one changes, a new tag begins."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._tags: dict[tuple[str, bytes], str] = {}
        self._count: dict[str, int] = {}

    def write(self, tables: Iterable[Table], step: int, about: Mapping[str, Any]) -> None:
        """Append the tables of one step. ``about`` holds what is common to their layouts."""
        for table in tables:
            key = table.kind, layout_json({**about, "every": None}, table)
            content = b""
            if key not in self._tags:
                self._count[table.kind] = count = self._count.get(table.kind, 0) + 1
                suffix = f"@{count}" if count > 1 else ""
                self._tags[key] = f"{PLUGIN}/{table.kind}{suffix}"
                content = layout_json(about, table)
            values = np.ascontiguousarray(table.values, dtype="<f4")
            self._sink.write(self._tags[key], values, step, content)
        self._sink.flush()

    def write_setup(self, setup: Mapping[str, Any]) -> None:
        """Append the description of the whole setup."""
        # Four spaces make the text tab show it as it stands.
        text = json.dumps(setup, ensure_ascii=False, separators=(",", ":"), default=str)
        self._sink.write_text(SETUP_TAG, f"    {text}")
        self._sink.flush()


def layout_json(about: Mapping[str, Any], table: Table) -> bytes:
    """The layout of a table as UTF-8 JSON."""
    whole = {
        "v": VERSION,
        "kind": table.kind,
        "rows": list(table.rows),
        "columns": list(table.columns),
        **about,
        **table.extra,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
