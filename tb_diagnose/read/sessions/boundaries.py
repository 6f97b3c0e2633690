"""Where in one file a training starts again, or is resumed from an earlier step.

A boundary is a moment at which *most* of the curves that are logged before and after it step
back: a single odd curve does not make one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median
from tb_diagnose.read.columns.columns import Column, Key
from tb_diagnose.read.sessions import cycles
from tb_diagnose.read.sessions.segments import Segment

#: A step within this share of the steps made so far counts as the first step (chosen: a
#: checkpoint that early is not resumed from so late).
AGAIN = 0.02
#: More boundaries than this in one file are disorder.
_TOO_MANY = 1000


@dataclass
class Boundary:
    """A moment in one file at which most curves step back.

    Attributes:
        cuts: index of the first point behind it, for each curve that steps back there.
        again: whether they go back to their first step, instead of to a later one.
        wall: the moment.
    """

    cuts: dict[Key, int]
    again: bool
    wall: float


@dataclass
class _Curve:
    column: Column
    drops: NDArray[np.int64]
    #: Where the training began, and where it was last begun or resumed.
    start: int = 0
    since: int = 0
    #: Number of steps back that belong to boundaries already found.
    used: int = 0

    def drop_at(self, wall: float) -> int:
        """Index of the point that is the first after a step back at that moment, else 0."""
        clock = self.column.clock
        first = np.searchsorted(clock, wall, side="left")
        last = np.searchsorted(clock, wall, side="right")
        place = max(int(np.searchsorted(self.drops, first)), self.used)
        if place < len(self.drops) and self.drops[place] <= last:
            return int(self.drops[place])
        return 0

    def active(self, wall: float) -> bool:
        """Whether it is logged both before and after that moment."""
        clock = self.column.clock
        return bool(clock[0] < wall <= clock[-1]) or self.drop_at(wall) > 0

    def again(self, cut: int) -> bool:
        """Whether it goes back to where the segment began."""
        before = self.column.steps[self.start : cut]
        first, last = int(before[0]), int(before.max())
        return int(self.column.steps[cut]) <= first + AGAIN * (last - first)

    def redone(self, cut: int) -> bool:
        """Whether the steps gone back over are logged again, not just one point out of order."""
        before = self.column.steps[self.since : cut]
        after = self.column.steps[cut : cut + 2 * len(before) + 2]
        last = int(before.max())
        beyond = np.flatnonzero(after > last)
        fresh = int(beyond[0]) if len(beyond) else len(after)
        old = int(np.count_nonzero(before >= after[0]))
        return fresh >= 2 and (not len(beyond) or fresh >= 0.5 * old)


def split(segment: Segment) -> list[Segment]:
    """Cuts what one file holds at its boundaries, in the order in which it was written."""
    found = _believed(boundaries(segment), segment)
    if not found:
        return [segment]
    chunks: list[Segment] = []
    starts = dict.fromkeys(segment.curves, 0)
    for number in range(len(found) + 1):
        bound = found[number] if number < len(found) else None
        curves = {}
        for key, column in segment.curves.items():
            stop = len(column) if bound is None else _cut(key, column, bound, starts[key])
            if stop > starts[key]:
                curves[key] = column.at(slice(starts[key], stop))
            starts[key] = stop
        if curves:
            resumes = number > 0 and not found[number - 1].again
            chunks.append(segment.with_curves(curves, resumes=resumes))
    return chunks


def boundaries(segment: Segment) -> list[Boundary]:
    """The moments at which most of the curves step back, in order."""
    curves = {key: _Curve(column, column.drops) for key, column in segment.curves.items()}
    if not any(len(curve.drops) for curve in curves.values()):
        return []
    found: list[Boundary] = []
    for wall, key, drop in _candidates(curves):
        curve = curves[key]
        if curve.used < len(curve.drops) and drop >= curve.drops[curve.used]:
            boundary = _judge(curves, wall)
            if boundary is not None:
                found.append(boundary)
            if len(found) > _TOO_MANY:
                return []
    return found


def _candidates(curves: dict[Key, _Curve]) -> list[tuple[float, Key, int]]:
    """Every step back, by the moment after it, where enough others step back about then."""
    backs = [(curve.column.clock[curve.drops - 1], curve.column.clock[curve.drops])
             for curve in curves.values()]  # fmt: skip
    begins = np.sort(np.concatenate([before for before, _ in backs]))
    ends = np.sort(np.concatenate([after for _, after in backs]))
    firsts = np.sort([curve.column.clock[0] for curve in curves.values()])
    lasts = np.sort([curve.column.clock[-1] for curve in curves.values()])
    listed: list[tuple[float, Key, int]] = []
    for key, curve in curves.items():
        walls = curve.column.clock[curve.drops]
        stepping = np.searchsorted(begins, walls, "right") - np.searchsorted(ends, walls, "left")
        active = np.searchsorted(firsts, walls, "right") - np.searchsorted(lasts, walls, "left")
        chosen = np.flatnonzero(2 * stepping > active)
        listed += [(float(walls[i]), key, int(curve.drops[i])) for i in chosen]
    return sorted(listed)


def _judge(curves: dict[Key, _Curve], wall: float) -> Boundary | None:
    """Whether most of the curves that go on past ``wall`` step back there."""
    active = {key: curve for key, curve in curves.items() if curve.active(wall)}
    cuts = {key: cut for key, curve in active.items() if (cut := curve.drop_at(wall))}
    again = [key for key, cut in cuts.items() if active[key].again(cut)]
    redone = [key for key, cut in cuts.items() if active[key].redone(cut)]
    if 2 * len(redone) <= len(active):
        return None
    relogged = 2 * len(again) > len(cuts)
    for key, cut in cuts.items():
        curve = active[key]
        curve.since = cut
        curve.start = cut if relogged else curve.start
        curve.used = int(np.searchsorted(curve.drops, cut, side="right"))
    return Boundary(cuts, relogged, wall)


def _believed(found: list[Boundary], segment: Segment) -> list[Boundary]:
    """Without the boundaries that only look like ones: batch indices, interleaved curves."""
    again = [boundary for boundary in found if boundary.again]
    back = [boundary for boundary in found if not boundary.again]
    if len(again) >= 2 and _one_training(again, segment):
        again = []
    if len(back) >= 3 and _regular(back, segment):
        back = []
    return sorted([*again, *back], key=lambda boundary: boundary.wall)


def _one_training(again: list[Boundary], segment: Segment) -> bool:
    """Whether the steps are numbers of batches within an epoch, which start again each epoch."""
    votes = []
    for key in set.intersection(*(set(boundary.cuts) for boundary in again)):
        cuts = [boundary.cuts[key] for boundary in again]
        column = segment.curves[key]
        if cycles.equal(np.diff([0, *cuts])):
            values = np.arange(0.0) if key[0] else column.values
            votes.append(cycles.goes_on(values, cuts) if len(values) else True)
        else:
            votes.append(False)
    return 2 * sum(votes) > len(votes)


def _regular(back: list[Boundary], segment: Segment) -> bool:
    """Whether steps go back by the same amount again and again: not the work of crashes."""
    jumps = []
    for boundary in back:
        key, cut = next(iter(boundary.cuts.items()))
        steps = segment.curves[key].steps
        jumps.append(int(steps[cut - 1] - steps[cut]))
    return bool(np.ptp(jumps) <= 0.25 * median(jumps))


def _cut(key: Key, column: Column, boundary: Boundary, start: int) -> int:
    if key in boundary.cuts:
        return boundary.cuts[key]
    return max(start, int(np.searchsorted(column.clock, boundary.wall, side="left")))
