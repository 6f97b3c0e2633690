"""A step takes longer and longer.

Why it matters:
    The same training takes more time than it has to. Usual reasons are memory that fills up, a
    list or graph that grows with each step, logging that gets heavier, or a machine that throttles.

How it is judged:
    On the curve with the most points, cut into 20 stretches; the time for a step is the median in
    each. It dropped where the median of the last quarter is 1.4 times that of the first (without
    the very first stretch, in which things warm up) and every stretch of the last quarter is
    slower than every one of the first (p = 1/126). Twice as slow is a warning.

When it stays silent:
    Fewer than 60 points; less than a minute in all; single pauses (stalled-run); points that were
    all written at once; reinforcement learning, where an episode takes the longer, the better it
    is played.

What to try:
    Look at memory over time. In TensorFlow, a graph that grows shows as retracing warnings:
    tf.function once, outside of the loop. In PyTorch, do not keep tensors with their graph:
    losses.append(loss.item()).

Sources:
    PyTorch, "Frequently asked questions" (memory that grows by history); TensorFlow guide, "Better
    performance with tf.function" (retracing); limit from trainspotter (1.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.pace import time_per_step
from tb_diagnose.measure.reductions import max_of, min_of, range_of

STRETCHES = 20


class Limits(Thresholds):
    """How much slower."""

    points: int = limit(60, unit="points", source="three to each stretch")
    slower: float = limit(1.4, unit="times the time at first", source="trainspotter")
    grave: float = limit(2.0, unit="times the time at first", source="chosen: half the speed")
    least: float = limit(60.0, unit="seconds", source="chosen: less is start-up")


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
def throughput_drop(
    scalars: tuple[Series, ...],
    reinforcement: bool | None,  # noqa: FBT001 (a role, passed by name)
    limits: Limits,
) -> Iterator[Evidence]:
    """The last quarter's time for a step against the first's."""
    if reinforcement:
        raise NotApplicable("reinforcement learning: an episode takes as long as it is played")
    curve = max(scalars, key=len)
    span = range_of(curve.wall) if len(curve) else 0.0
    if len(curve) < limits.points or not span >= limits.least:
        raise NotApplicable(
            f"no curve of {limits.points} points over {limits.least:g} seconds or more"
        )
    each = time_per_step(curve.steps, curve.wall, STRETCHES)
    if len(each) < STRETCHES:
        return
    first, last = each[1:5], each[-5:]
    slower = float(median(last) / median(first)) if median(first) > 0 else 0.0
    if slower < limits.slower or min_of(last) <= max_of(first):
        return
    at = len(curve) - len(curve) // 4
    yield Evidence(
        message=f"A step takes {number(float(median(last)))} seconds in the last quarter of the "
        f"run and {number(float(median(first)))} in the first: {number(slower)} times as long.",
        suggestion="Look for memory, lists or graphs that grow with every step, and for what is logged.",
        tag=curve.name,
        steps=(int(curve.steps[at]), int(curve.steps[-1])),
        measured=slower,
        limit=limits.slower,
        unit="times the time at first",
        confidence="every stretch of the last quarter is slower than every one of the first",
        severity=Severity.WARNING if slower >= limits.grave else None,
    )
