"""Which stretches of a folder's files belong to one training, and which to the next one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.reductions import all_of
from tb_diagnose.read.trainings.boundaries import AGAIN
from tb_diagnose.read.trainings.tracks import SCALARS, Key, Stretch, Track

#: So many of the latest sessions of a folder may still be written to.
_RECENT = 16


class Relation(Enum):
    """How a stretch stands to a training that was logged before it."""

    ON = "goes on behind the last step"
    BACK = "goes on at a step that was already logged"
    AGAIN = "starts again at the first step"
    BESIDE = "logs the same curves at the same time"
    APART = "logs other curves"


@dataclass
class Piece:
    """One curve of one stretch; ``keep`` marks what no restart has superseded, None if all."""

    track: Track
    keep: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """How many points are kept."""
        return len(self.track) if self.keep is None else int(self.keep.sum())

    @property
    def kept(self) -> Track:
        return self.track if self.keep is None else self.track.at(self.keep)

    @property
    def steps(self) -> NDArray[np.int64]:
        """Of what is kept."""
        return self.track.steps if self.keep is None else self.track.steps[self.keep]

    def supersede(self, step: int) -> int:
        """Drops what is of that step or a later one; returns how many points that are."""
        before = len(self)
        keep = self.track.steps < step
        keep = keep if self.keep is None else self.keep & keep
        self.keep = None if all_of(keep) else keep
        return before - len(self)


class Restart(NamedTuple):
    """A later stretch goes on with a training: at ``first``, when ``last`` had been reached."""

    wall: float
    first: int
    last: int
    dropped: int


@dataclass(eq=False)
class Session:
    """What one training logged to one folder.

    Attributes:
        pieces: by curve, in the order written.
        restarts: when it was resumed.
        beside: names of files that were written at the same time as another of its files.
    """

    folder: str
    stretches: list[Stretch] = field(default_factory=list)
    pieces: dict[Key, list[Piece]] = field(default_factory=dict)
    restarts: list[Restart] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    @property
    def begin(self) -> float:
        return min(stretch.begin for stretch in self.stretches)

    @property
    def end(self) -> float:
        return max(stretch.end for stretch in self.stretches)

    @property
    def processes(self) -> set[str]:
        return {stretch.process for stretch in self.stretches}

    def kept(self, key: Key) -> int:
        return sum(map(len, self.pieces.get(key, ())))

    def reach(self, key: Key) -> tuple[int, int]:
        """First step logged and largest step kept."""
        pieces = self.pieces[key]
        largest = (int(piece.steps.max()) for piece in pieces if len(piece))
        first = int(pieces[0].track.steps[0])
        return first, max(largest, default=first)

    def take(self, stretch: Stretch, relation: Relation) -> None:
        """Makes ``stretch`` part of this training; what it supersedes is dropped."""
        common = [key for key in stretch.tracks if key in self.pieces]
        if relation in (Relation.ON, Relation.BACK) and common:
            self._resume(stretch, common, relation)
        elif self.stretches and stretch.begin < self.end and self._other_file(stretch):
            self.beside.append(stretch.file)
        for key, track in stretch.tracks.items():
            self.pieces.setdefault(key, []).append(Piece(track))
        self.stretches.append(stretch)

    def _other_file(self, stretch: Stretch) -> bool:
        return all(each.file != stretch.file for each in self.stretches)

    def _resume(self, stretch: Stretch, common: list[Key], relation: Relation) -> None:
        longest = max(common, key=self.kept)
        first, (_, last) = int(stretch.tracks[longest].steps[0]), self.reach(longest)
        dropped = 0
        if relation is Relation.BACK:
            for key in common:
                dropped += self._drop(key, int(stretch.tracks[key].steps[0]))
        for step in stretch.starts:
            dropped += sum(self._drop(key, step) for key in self.pieces) if step > 0 else 0
        self.restarts.append(Restart(stretch.begin, first, last, dropped))

    def _drop(self, key: Key, step: int) -> int:
        return sum(piece.supersede(step) for piece in self.pieces[key])


def sessions(folder: str, stretches: list[Stretch]) -> list[Session]:
    """The trainings that were logged to a folder, in the order in which they began."""
    found: list[Session] = []
    for stretch in stretches:
        session, relation = _home(found, stretch)
        if session is None:
            session = Session(folder)
            found.append(session)
        session.take(stretch, relation)
    return sorted(found, key=lambda session: session.begin)


def _home(found: list[Session], stretch: Stretch) -> tuple[Session | None, Relation]:
    """The training that ``stretch`` goes on with, or None where it begins one of its own."""
    if not found:
        return None, Relation.APART
    latest = found[-1]
    if stretch.resumes:
        return latest, Relation.BACK
    relation = relate(latest, stretch)
    if relation in (Relation.ON, Relation.BACK, Relation.APART):
        return latest, relation
    for session in reversed(found[-_RECENT:-1]):
        # Trainings side by side in one folder: another one may be what this goes on with.
        if session.end > latest.begin:
            other = relate(session, stretch)
            if other in (Relation.ON, Relation.BACK):
                return session, other
    return None, relation


def relate(session: Session, stretch: Stretch) -> Relation:
    """How ``stretch`` stands to ``session``: what most of their common curves say."""
    common = [key for key in stretch.tracks if key in session.pieces]
    if not common or (_few(session, stretch, common) and _few(session, stretch, common, SCALARS)):
        return Relation.APART
    curves = [key for key in common if len(stretch.tracks[key]) > 1 and session.kept(key) > 1]
    votes = Counter(_vote(session, key, stretch.tracks[key]) for key in curves or common)
    total = votes.total()
    overlapping = votes[Relation.BESIDE] * 2 > total
    if overlapping:
        return Relation.BESIDE
    if votes[Relation.AGAIN] * 2 > total:
        return Relation.AGAIN
    if (votes[Relation.AGAIN] + votes[Relation.BACK] + votes[Relation.BESIDE]) * 2 >= total:
        return Relation.BACK
    return Relation.ON


def _few(session: Session, stretch: Stretch, common: list[Key], only: int | None = None) -> bool:
    """Whether less than half of the curves, or of those of one sort, are common to both.

    The weights of the next model of a process may well have other names; its loss has not.
    """

    def counts(key: Key) -> bool:
        return only is None or key[0] == only

    lasting = sum(counts(key) and len(track) > 1 for key, track in stretch.tracks.items())
    kept = sum(counts(key) and session.kept(key) > 1 for key in session.pieces)
    shared = sum(map(counts, common))
    return not shared or 2 * shared < min(lasting, kept)


def _vote(session: Session, key: Key, track: Track) -> Relation:
    first, last = session.reach(key)
    step = int(track.steps[0])
    if step > last or (step == last > first and len(track) == 1):
        return Relation.ON
    ends = max(float(piece.track.clock[-1]) for piece in session.pieces[key])
    begins = min(float(piece.track.clock[0]) for piece in session.pieces[key])
    if begins < float(track.clock[-1]) and float(track.clock[0]) < ends:
        return Relation.BESIDE
    if step <= first + AGAIN * (last - first):
        return Relation.AGAIN
    return Relation.BACK
