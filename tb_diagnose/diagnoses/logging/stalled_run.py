"""The run stood still for a while, though it was not restarted.

Why it matters:
    Time was paid for in which nothing was trained: a data loader that waits, a disk or network
    that stalled, a machine that was suspended or shared.

How it is judged:
    On the curve with the most points. The longest time between two of its points must be 20 times
    the usual one (their median), 5 times the third longest (validations and checkpoints come
    again and again), and at least a minute. It is a warning where it makes up a fifth of the run.
    Only time within the log is looked at, never the time since its end.

When it stays silent:
    Fewer than 10 points; pauses that come at intervals; a restart; a log whose points all have
    one and the same time.

What to try:
    Look at what the machine did at that time: the data pipeline, the storage, other jobs.

Sources:
    Amazon SageMaker Debugger, "StalledTrainingRule" (half an hour without a step), made relative
    to the run's own pace.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.run import Fact, Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.pace import longest_gap
from tb_diagnose.measure.reductions import all_of


class Limits(Thresholds):
    """How long a pause must be."""

    points: int = limit(10, unit="points", source="chosen: fewer have no usual pace")
    usual: float = limit(20.0, unit="times the usual gap", source="chosen: beyond any validation")
    others: float = limit(5.0, unit="times the third longest", source="chosen: it stands alone")
    least: float = limit(60.0, unit="seconds", source="chosen: less is not worth a word")
    share: float = limit(0.2, unit="of the run", source="chosen: worth acting on")


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
def stalled_run(
    scalars: tuple[Series, ...], facts: tuple[Fact, ...], limits: Limits
) -> Iterator[Evidence]:
    """The longest pause of the longest curve."""
    curve = max(scalars, key=len)
    if len(curve) < limits.points or not all_of(np.isfinite(curve.wall)):
        raise NotApplicable(f"no curve of {limits.points} points or more")
    longest = longest_gap(curve.wall, limits.least)
    if longest is None:
        return
    at, gap, usual, third = longest
    if gap < max(limits.usual * usual, limits.others * third):
        return
    restarts = [fact.numbers["wall"] for fact in facts if "wall" in fact.numbers]
    if any(curve.wall[at - 1] <= wall <= curve.wall[at] for wall in restarts):
        return
    span = float(curve.wall[-1] - curve.wall[0])
    yield Evidence(
        message=f"Between steps {curve.steps[at - 1]} and {curve.steps[at]} nothing was logged for "
        f"{number(gap / 60)} minutes, {percent(gap / span)} of the run; usually it is "
        f"{number(usual)} seconds.",
        suggestion="Look at what the machine did then: the data pipeline, the storage, other jobs.",
        tag=curve.name,
        steps=(int(curve.steps[at - 1]), int(curve.steps[at])),
        measured=gap / max(usual, 1e-9),
        limit=limits.usual,
        unit="times the usual gap",
        severity=Severity.WARNING if gap >= limits.share * span else None,
    )
