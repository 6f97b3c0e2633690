"""What an attached training writes about itself, given back the names of its rows and columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tb_diagnose.core.run import Vitals
from tb_diagnose.core.vitals import TABLES, VERSION, kind_of
from tb_diagnose.read.trainings.tracks import Track


def vitals(tag: str, folder: str, tracks: Sequence[Track]) -> Vitals | None:
    """The tables of one tag, or None where their layout cannot be relied on.

    A process that resumes a training with another model writes another layout under the same tag:
    what was written before it is left out.
    """
    layout = _layout(tracks[-1].layout)
    if layout is None:
        return None
    same = [track for track in tracks if len(track) and _alike(_layout(track.layout), layout)]
    if not same:
        return None
    rows, columns = (tuple(map(str, layout[name])) for name in ("rows", "columns"))
    schema = TABLES.get(kind_of(tag))
    if schema is None or not set(columns) <= set(schema.names):
        return None
    if len(rows) * len(columns) != same[-1].values.shape[1]:
        return None
    table = np.concatenate([track.values for track in same])
    return Vitals(
        tag=tag,
        folder=folder,
        rows=rows,
        columns=columns,
        steps=np.concatenate([track.steps for track in same]),
        wall=np.concatenate([track.wall for track in same]),
        values=table.reshape(-1, len(rows), len(columns)),
        layout=layout,
    )


def _alike(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """Whether they are the same but for how often was sampled, which is chosen as it pays."""
    return one is not None and {**one, "every": None} == {**other, "every": None}


def _layout(content: bytes) -> Mapping[str, Any] | None:
    try:
        layout = json.loads(content)
    except ValueError:
        return None
    lists = isinstance(layout, dict) and all(
        isinstance(layout.get(name), list) for name in ("rows", "columns")
    )
    return layout if lists and layout.get("v") == VERSION else None
