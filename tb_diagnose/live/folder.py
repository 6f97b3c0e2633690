"""What is held of one folder that is followed."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from tb_diagnose.analysis.run_state import run_state
from tb_diagnose.core.run import Run
from tb_diagnose.live.changes import Changes, Reported
from tb_diagnose.live.pace import Pace
from tb_diagnose.live.sources import Feed
from tb_diagnose.roles.resolve import RoleMap

R = TypeVar("R")
#: Seconds without a change after which a run is taken for ended: writers flush every 120 s.
REST = 150.0
#: Bytes that are held of a run whatever is in it, and of each byte of its curves (measured: 70 kB
#: and 1.0, and half as much again while it grows).
_RUN, _TIMES = 75_000, 1.5
#: What is true of many a file that is being written.
_UNFINISHED = ("truncated-tail", "empty-file")


class RunData(NamedTuple):
    """A run, and what its curves were taken for."""

    run: Run
    roles: RoleMap


@dataclass(frozen=True)
class FollowedRun(Generic[R]):
    """One run as it was last judged; ``rendered`` is what the user of the monitor made of it."""

    rendered: R
    changes: Changes


@dataclass(eq=False)
class FollowedFolder(Generic[R]):
    """One feed, and what came of it when it was last judged.

    Attributes:
        reported: of each of its runs, the findings that were reported.
        held: its runs as they were read; empty once put aside.
        size: bytes that are held of it.
        changed: how many changes of any folder there had been at its own last one; 0 before it.
        problem: why it could not be read, or ``""``.
        growing: whether it was judged as going on, None where it was not judged yet.
        last_change: when it was last written to, by the monitor's clock.
    """

    feed: Feed
    pace: Pace
    runs: list[FollowedRun[R]] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    held: list[RunData] = field(default_factory=list)
    size: float = 0.0
    changed: int = 0
    problem: str = ""
    growing: bool | None = None
    last_change: float = -math.inf

    def is_growing(self, now: float, *, ended: bool | None) -> bool:
        """Whether it goes on, at a moment of the monitor's clock; ``ended`` if somebody knows."""
        return now - self.last_change < REST if ended is None else not ended

    def put_aside(self) -> None:
        """Frees what can be read again."""
        self.feed.put_aside()
        self.held, self.size = [], 0.0

    def fail(self, problem: str) -> None:
        """Holds nothing but why it could not be judged."""
        self.problem, self.runs, self.held, self.size = problem, [], [], 0.0


def size(run: Run) -> float:
    """Bytes that are held of a run that is followed."""
    logged = (*run.scalars, *run.histograms, *run.vitals)
    arrays = (value for one in logged for value in vars(one).values())
    octets = sum(value.nbytes for value in arrays if isinstance(value, np.ndarray))
    return _RUN + _TIMES * octets


def age(feed: Feed, runs: Sequence[Run]) -> float:
    """Seconds since a run was last written to, by its own clock: nobody has seen it grow yet."""
    ends = [run_state(run).last for run in runs]
    moments = [end for end in ends if end is not None]
    return max(0.0, time.time() - max(moments, default=feed.written()))


def as_written(run: Run) -> Run:
    """A run that still grows: that its file ends too early is no news until it rests."""
    return replace(run, facts=tuple(fact for fact in run.facts if fact.kind not in _UNFINISHED))
