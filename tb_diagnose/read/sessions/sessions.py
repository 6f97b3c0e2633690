"""Which segments of a folder's files belong to one training, and which to the next one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.columns import SCALARS, Column, Key
from tb_diagnose.read.sessions.boundaries import AGAIN
from tb_diagnose.read.sessions.segments import Segment

#: So many of the latest sessions of a folder may still be written to.
_RECENT = 16


class Relation(Enum):
    """How a segment stands to a training that was logged before it."""

    ON = "goes on behind the last step"
    BACK = "goes on at a step that was already logged"
    AGAIN = "starts again at the first step"
    BESIDE = "logs the same curves at the same time"
    APART = "logs other curves"


@dataclass(slots=True)
class Chunk:
    """One curve of one segment; ``keep`` marks what no restart has superseded, None if all."""

    column: Column
    keep: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """How many points are kept."""
        return len(self.column) if self.keep is None else int(self.keep.sum())

    @property
    def kept(self) -> Column:
        return self.column if self.keep is None else self.column.at(self.keep)

    @property
    def steps(self) -> NDArray[np.int64]:
        """Of what is kept."""
        return self.column.steps if self.keep is None else self.column.steps[self.keep]

    def supersede(self, step: int) -> int:
        """Drops what is of that step or a later one; returns how many points that are."""
        before = len(self)
        keep = self.column.steps < step
        keep = keep if self.keep is None else self.keep & keep
        self.keep = None if keep.all() else keep
        return before - len(self)


class Restart(NamedTuple):
    """A later segment goes on with a training: at ``first``, when ``last`` had been reached."""

    wall: float
    first: int
    last: int
    dropped: int


@dataclass(eq=False)
class Session:
    """What one training logged to one folder.

    Attributes:
        chunks: by curve, in the order written.
        restarts: when it was resumed.
        beside: names of files that were written at the same time as another of its files.
    """

    folder: str
    segments: list[Segment] = field(default_factory=list)
    chunks: dict[Key, list[Chunk]] = field(default_factory=dict)
    restarts: list[Restart] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    @property
    def begin(self) -> float:
        return min(segment.begin for segment in self.segments)

    @property
    def end(self) -> float:
        return max(segment.end for segment in self.segments)

    @property
    def processes(self) -> set[str]:
        return {segment.process for segment in self.segments}

    def kept(self, key: Key) -> int:
        return sum(map(len, self.chunks.get(key, ())))

    def reach(self, key: Key) -> tuple[int, int]:
        """First step logged and largest step kept."""
        chunks = self.chunks[key]
        largest = (int(chunk.steps.max()) for chunk in chunks if len(chunk))
        first = int(chunks[0].column.steps[0])
        return first, max(largest, default=first)

    def take(self, segment: Segment, relation: Relation) -> None:
        """Makes ``segment`` file of this training; what it supersedes is dropped."""
        common = [key for key in segment.curves if key in self.chunks]
        if relation in (Relation.ON, Relation.BACK) and common:
            self._resume(segment, common, relation)
        elif self.segments and segment.begin < self.end and self._other_file(segment):
            self.beside.append(segment.file)
        for key, column in segment.curves.items():
            if key in self.chunks:
                self.chunks[key].append(Chunk(column))
            else:
                self.chunks[key] = [Chunk(column)]
        self.segments.append(segment)

    def _other_file(self, segment: Segment) -> bool:
        return all(each.file != segment.file for each in self.segments)

    def _resume(self, segment: Segment, common: list[Key], relation: Relation) -> None:
        longest = max(common, key=self.kept)
        first, (_, last) = int(segment.curves[longest].steps[0]), self.reach(longest)
        dropped = 0
        if relation is Relation.BACK:
            for key in common:
                dropped += self._drop(key, int(segment.curves[key].steps[0]))
        for step in segment.starts:
            dropped += sum(self._drop(key, step) for key in self.chunks) if step > 0 else 0
        self.restarts.append(Restart(segment.begin, first, last, dropped))

    def _drop(self, key: Key, step: int) -> int:
        return sum(chunk.supersede(step) for chunk in self.chunks[key])


def sessions(folder: str, segments: list[Segment]) -> list[Session]:
    """The trainings that were logged to a folder, in the order in which they began."""
    found: list[Session] = []
    for segment in segments:
        session, relation = _home(found, segment)
        if session is None:
            session = Session(folder)
            found.append(session)
        session.take(segment, relation)
    return sorted(found, key=lambda session: session.begin)


def _home(found: list[Session], segment: Segment) -> tuple[Session | None, Relation]:
    """The training that ``segment`` goes on with, or None where it begins one of its own."""
    if not found:
        return None, Relation.APART
    latest = found[-1]
    if segment.resumes:
        return latest, Relation.BACK
    relation = relate(latest, segment)
    if relation in (Relation.ON, Relation.BACK, Relation.APART):
        return latest, relation
    for session in reversed(found[-_RECENT:-1]):
        # Trainings side by side in one folder: another one may be what this goes on with.
        if session.end > latest.begin:
            other = relate(session, segment)
            if other in (Relation.ON, Relation.BACK):
                return session, other
    return None, relation


def relate(session: Session, segment: Segment) -> Relation:
    """How ``segment`` stands to ``session``: what most of their common curves say."""
    common = [key for key in segment.curves if key in session.chunks]
    if not common or (_few(session, segment, common) and _few(session, segment, common, SCALARS)):
        return Relation.APART
    curves = [key for key in common if len(segment.curves[key]) > 1 and session.kept(key) > 1]
    lasting = sum(session.kept(key) > 1 for key in session.chunks)
    if not curves and 2 * len(common) < lasting:
        return Relation.APART  # a few single values, such as a last evaluation, are no training
    votes = Counter(_vote(session, key, segment.curves[key]) for key in curves or common)
    total = votes.total()
    overlapping = votes[Relation.BESIDE] * 2 > total
    if overlapping:
        return Relation.BESIDE
    if votes[Relation.AGAIN] * 2 > total:
        return Relation.AGAIN
    if (votes[Relation.AGAIN] + votes[Relation.BACK] + votes[Relation.BESIDE]) * 2 >= total:
        return Relation.BACK
    return Relation.ON


def _few(session: Session, segment: Segment, common: list[Key], only: int | None = None) -> bool:
    """Whether less than half of the curves, or of those of one sort, are common to both.

    The weights of the next model of a process may well have other names; its loss has not.
    """

    def counts(key: Key) -> bool:
        return only is None or key[0] == only

    lasting = sum(counts(key) and len(column) > 1 for key, column in segment.curves.items())
    kept = sum(counts(key) and session.kept(key) > 1 for key in session.chunks)
    shared = sum(map(counts, common))
    return not shared or 2 * shared < min(lasting, kept)


def _vote(session: Session, key: Key, column: Column) -> Relation:
    first, last = session.reach(key)
    step = int(column.steps[0])
    if step > last or (step == last > first and len(column) == 1):
        return Relation.ON
    ends = max(float(chunk.column.clock[-1]) for chunk in session.chunks[key])
    begins = min(float(chunk.column.clock[0]) for chunk in session.chunks[key])
    if begins < float(column.clock[-1]) and float(column.clock[0]) < ends:
        return Relation.BESIDE
    if step <= first + AGAIN * (last - first):
        return Relation.AGAIN
    return Relation.BACK
