"""What one event file contributes to a folder, as arrays that can be cut into trainings."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import ascending
from tb_diagnose.read.columns.columns import Column, Columns, Note, Tables

#: What a curve is made of.
SCALARS, HISTOGRAMS, VITALS = range(3)
#: (what it is made of, tag): names a curve within its folder.
Key = tuple[int, str]
_STAMP = re.compile(r"tfevents\.(\d+(?:\.\d+)?)\.?(.*?)(?:\.\d+)?(?:\.v2)?$")
_NOWHERE = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Track:
    """One tag of one file, or a stretch of it.

    Attributes:
        steps: [n] int64; wall: [n] float64.
        values: [n] scalars, [n] histograms of type ``histograms.ROW``, or [n, rows * columns]
            vitals.
        layout: of vitals, as logged.
        orderly: whether it is known that each step is behind the one before it, and that the clock
            never goes back.
    """

    steps: NDArray[np.int64]
    wall: NDArray[np.float64]
    values: NDArray[Any]
    layout: bytes = b""
    orderly: bool = False

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, index: slice | NDArray[np.bool_]) -> Track:
        columns = self.steps[index], self.wall[index], self.values[index]
        return Track(*columns, self.layout, self.orderly)

    @cached_property
    def clock(self) -> NDArray[np.float64]:
        """[n] the wall time, made never to go back."""
        wall = self.wall
        if self.orderly:
            return wall
        ends = math.isfinite(wall.item(0)) and math.isfinite(wall.item(-1))
        if ends and ascending(wall):
            return wall
        return np.maximum.accumulate(np.nan_to_num(wall))

    @cached_property
    def drops(self) -> NDArray[np.int64]:
        """[k] the index of each point whose step is behind that of the point before it."""
        if self.orderly:
            return _NOWHERE
        return np.flatnonzero(self.steps[1:] < self.steps[:-1]) + 1


@dataclass(frozen=True, eq=False)
class Stretch:
    """A piece of one file throughout which one training was logged.

    Attributes:
        folder, file: where it stands, relative to the run.
        tracks: by key, none of them empty.
        starts: steps of the SessionLog STARTs of the file.
    """

    folder: str
    file: str
    tracks: dict[Key, Track]
    starts: tuple[int, ...] = ()
    resumes: bool = False

    @cached_property
    def begin(self) -> float:
        return min(float(track.clock[0]) for track in self.tracks.values())

    @cached_property
    def end(self) -> float:
        return max(float(track.clock[-1]) for track in self.tracks.values())

    @property
    def process(self) -> str:
        """Host and process that wrote the file, as far as its name tells."""
        found = _STAMP.search(self.file)
        return found.group(2) if found else ""

    def with_tracks(self, tracks: dict[Key, Track], *, resumes: bool) -> Stretch:
        return replace(self, tracks=tracks, resumes=resumes)


@dataclass(frozen=True, eq=False)
class Part:
    """One event file: its curves, if it has any, and what else it holds.

    Attributes:
        stamp: the moment in its name (seconds since 1970), 0 where there is none.
    """

    stretch: Stretch
    columns: Columns
    stamp: float = 0.0
    notes: dict[str, list[Note]] = field(default_factory=dict)


def part(folder: str, file: str, columns: Columns) -> Part:
    """The arrays of one file that has been read so far."""
    tracks: dict[Key, Track] = {}
    for tag, scalars in columns.scalars.items():
        tracks[SCALARS, tag] = _track(scalars)
    for tag, histograms in columns.histograms.items():
        tracks[HISTOGRAMS, tag] = _track(histograms)
    for tag, tables in columns.vitals.items():
        if len(tables.steps):
            tracks[VITALS, tag] = _table_track(tables)
    found = _STAMP.search(file)
    notes = {"texts": columns.texts, "hparams": columns.hparams, "models": columns.models}
    starts = tuple(step for _, step in columns.starts)
    stretch = Stretch(folder, file, tracks, starts)
    return Part(stretch, columns, float(found.group(1)) if found else 0.0, notes)


def _track(column: Column) -> Track:
    return Track(column.steps, column.wall, column.data(), orderly=column.orderly)


def _table_track(column: Tables) -> Track:
    wall = np.frombuffer(bytes(column.wall), "<f8")
    return Track(np.array(column.steps, np.int64), wall, column.data(), column.layout)
