"""What one event file contributes to a folder, as columns that can be cut into trainings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from tb_diagnose.read.columns.columns import VITALS, Column, Contents, Key, Note

_STAMP = re.compile(r"tfevents\.(\d+(?:\.\d+)?)\.?(.*?)(?:\.\d+)?(?:\.v2)?$")


@dataclass(frozen=True, eq=False)
class Segment:
    """A part of one file throughout which one training was logged.

    Attributes:
        folder, file: where it is, relative to the run.
        curves: by key, none of them empty.
        starts: steps of the SessionLog STARTs of the file.
    """

    folder: str
    file: str
    curves: dict[Key, Column]
    starts: tuple[int, ...] = ()
    resumes: bool = False

    @cached_property
    def begin(self) -> float:
        return min(float(curve.clock[0]) for curve in self.curves.values())

    @cached_property
    def end(self) -> float:
        return max(float(curve.clock[-1]) for curve in self.curves.values())

    @property
    def process(self) -> str:
        """Host and process that wrote the file, as far as its name tells."""
        found = _STAMP.search(self.file)
        return found.group(2) if found else ""

    def with_curves(self, curves: dict[Key, Column], *, resumes: bool) -> Segment:
        return replace(self, curves=curves, resumes=resumes)


@dataclass(frozen=True, eq=False)
class LogFile:
    """One event file: its curves, if it has any, and what else it holds.

    Attributes:
        stamp: the moment in its name (seconds since 1970), 0 where there is none.
    """

    segment: Segment
    writer: str = ""
    stamp: float = 0.0
    notes: dict[str, list[Note]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name relative to the run."""
        segment = self.segment
        return f"{segment.folder}/{segment.file}" if segment.folder else segment.file


def log_file(folder: str, file: str, contents: Contents) -> LogFile:
    """One file as far as it has been read."""
    tables = {
        (VITALS, tag): tables.column() for tag, tables in contents.vitals.items() if tables.steps
    }
    curves = {**contents.curves, **tables} if tables else contents.curves
    found = _STAMP.search(file)
    notes = {"texts": contents.texts, "hparams": contents.hparams, "models": contents.models}
    segment = Segment(folder, file, curves, tuple(contents.starts))
    return LogFile(segment, contents.writer, float(found.group(1)) if found else 0.0, notes)
