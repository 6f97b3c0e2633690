"""What an attached training writes about itself, given back the names of its rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tb_diagnose.core.run import Vitals
from tb_diagnose.core.vitals import TABLES, VERSION, kind_of
from tb_diagnose.read.columns.columns import Column
from tb_diagnose.read.wire import foreign_json


def vitals(tag: str, folder: str, curves: Sequence[Column]) -> Vitals | None:
    """The tables of one tag, or None where their layout cannot be relied on.

    A process that resumes a training with another model writes another layout under the same tag:
    what was written before it is left out.
    """
    layout = _layout(curves[-1].layout)
    if layout is None:
        return None
    same = [column for column in curves if len(column) and _alike(_layout(column.layout), layout)]
    if not same:
        return None
    rows, columns = (tuple(map(str, layout[name])) for name in ("rows", "columns"))
    schema = TABLES.get(kind_of(tag))
    if schema is None or not set(columns) <= set(schema.names):
        return None
    if len(rows) * len(columns) != same[-1].values.shape[1]:
        return None
    table = np.concatenate([column.values for column in same])
    return Vitals(
        tag=tag,
        folder=folder,
        rows=rows,
        columns=columns,
        steps=np.concatenate([column.steps for column in same]),
        wall=np.concatenate([column.wall for column in same]),
        values=table.reshape(-1, len(rows), len(columns)),
        layout=layout,
    )


def _alike(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """Whether they are the same but for how often was sampled, which is chosen as it pays."""
    return one is not None and {**one, "every": None} == {**other, "every": None}


def _layout(content: bytes) -> Mapping[str, Any] | None:
    try:
        layout = foreign_json.parse(content)
    except ValueError:
        return None
    lists = isinstance(layout, dict) and all(
        isinstance(layout.get(name), list) for name in ("rows", "columns")
    )
    return layout if lists and layout.get("v") == VERSION else None
