"""The run stood still for a while, though it was not restarted.

Why it matters:
    Time was paid for in which nothing was trained: a data loader that waits, a disk or network that
    stalled, a machine that was suspended or shared.

How it is judged:
    On the curve with the most points, the longest pause between two: at least 20 times the usual
    one (their median), 5 times the third longest (validations come again and again), and a minute.
    A fifth of the run is a warning. The time since the end does not count.

When it stays silent:
    Fewer than 10 points; pauses that come at intervals; a restart; steps that are missing too.

What to try:
    Look at what the machine did at that time: the data pipeline, the storage, other jobs.

Sources:
    Amazon SageMaker Debugger, "StalledTrainingRule", made relative to the run's own pace.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.run import Fact, Series
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.pace import FEWEST, SECONDS_PER_MINUTE, longest_gap


def _short(scalars: tuple[Series, ...]) -> str:
    curve = max(scalars, key=len)
    if len(curve) < FEWEST:
        return f"no curve of {FEWEST} points"
    return "" if np.isfinite(curve.wall).all() else "the log's clock is broken"


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
class StalledRun:
    usual = limit(20, alarm=">=", unit="× the usual pause", source="beyond any validation")
    others = limit(5, alarm=">=", unit="× the third longest pause", source="it stands alone")
    share = limit(0.2, alarm=">=", unit="of the run", source="worth acting on")

    @method("time between the points", unless=_short)
    def by_pace(self, scalars: tuple[Series, ...], facts: tuple[Fact, ...]) -> Iterator[Evidence]:
        curve = max(scalars, key=len)
        at, gap, usual, third = longest_gap(curve.wall)
        alone = gap > 0 and gap >= self.others * third and gap >= self.usual * usual
        missing = _steps_at_once(curve, at) * usual * self.usual > gap  # steps, and not time
        if not alone or missing or gap < SECONDS_PER_MINUTE or _restarted(curve, at, facts):
            return
        share = gap / float(curve.wall[-1] - curve.wall[0])
        yield Evidence(
            message=f"Between steps {curve.steps[at - 1]} and {curve.steps[at]} nothing was logged "
            f"for {number(gap / SECONDS_PER_MINUTE)} minutes, {percent(share)} of the run; usually "
            f"it is {number(usual)} seconds.",
            suggestion="Look at what the machine did then: the data pipeline, the storage, other "
            "jobs.",
            tag=curve.name,
            steps=(int(curve.steps[at - 1]), int(curve.steps[at])),
            comparison=self.usual.compare(gap / usual) if usual > 0 else None,
            severity=Severity.WARNING if self.share.exceeded(share) else None,
        )


def _steps_at_once(curve: Series, at: int) -> float:
    """How many times the usual number of steps lie between a point and the one before."""
    ahead = np.diff(curve.steps)
    return float(ahead[at - 1] / max(np.median(ahead), 1))


def _restarted(curve: Series, at: int, facts: tuple[Fact, ...]) -> bool:
    """Whether the training was restarted in the pause before a point."""
    restarts = [fact.numbers["wall"] for fact in facts if "wall" in fact.numbers]
    return any(curve.wall[at - 1] <= wall <= curve.wall[at] for wall in restarts)
