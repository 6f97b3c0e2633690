"""Whether a run goes on, and how far it came."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tb_diagnose.core.run import Histograms, Run, Series, Vitals


class RunState(NamedTuple):
    """How far a run came.

    Attributes:
        first, last: moments of its first and last event, seconds since 1970; None without events.
        trainings: how many trainings its folder seems to hold.
        growing: whether it was seen to grow: what only an end can show is not judged then.
    """

    first: float | None
    last: float | None
    trainings: int
    growing: bool = False


def run_state(run: Run, *, growing: bool = False) -> RunState:
    """The state of a run; whether it grows only a follower knows."""
    logged: list[Series | Histograms | Vitals] = [*run.scalars, *run.histograms, *run.vitals]
    clocks = [one.wall[np.isfinite(one.wall)] for one in logged]
    moments = [moment for wall in clocks if len(wall) for moment in (wall.min(), wall.max())]
    restarts = sum(fact.kind == "several-trainings" for fact in run.facts)
    return RunState(
        float(min(moments)) if moments else None,
        float(max(moments)) if moments else None,
        1 + restarts,
        growing,
    )
