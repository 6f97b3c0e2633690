"""A step takes longer and longer.

Why it matters:
    Usual reasons are memory that fills up, a list or graph that grows with each step, or a machine
    that throttles.

How it is judged:
    On the curve with the most points, the median time for a step in each of 20 stretches. In the
    last quarter it is 1.4 times that of the first (without the very first stretch), and every
    stretch there is slower than every one of the first (p = 1/126). Twice is a warning.

When it stays silent:
    Less than a minute in all; single pauses (stalled-run); reinforcement learning, where episodes
    take longer the better they are played.

What to try:
    TensorFlow: tf.function once, outside of the loop. PyTorch: losses.append(loss.item()).

Sources:
    PyTorch, "Frequently asked questions" (history that grows); TensorFlow guide, "Better
    performance with tf.function" (retracing); trainspotter (1.4).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, sentence
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.pace import QUARTER, SECONDS_PER_MINUTE, STRETCHES, time_per_step
from tb_diagnose.roles.code import Code


def _played(reinforcement: object) -> str:
    return "an episode takes as long as it is played" if reinforcement else ""


def _short(scalars: tuple[Series, ...]) -> str:
    curve = max(scalars, key=len)
    few = len(curve) < 3 * STRETCHES or not np.ptp(curve.wall) >= SECONDS_PER_MINUTE
    return f"no curve of {3 * STRETCHES} points over a minute" if few else ""


@diagnosis(family="logging", severity=Severity.INFO, since="0.1", concerns=_played)
class ThroughputDrop:
    slower = limit(1.4, alarm=">=", unit="× the time at first", source="trainspotter")
    severe = limit(2, alarm=">=", unit="× the time at first", source="half the speed")

    @method("time for a step", unless=_short)
    def by_pace(self, scalars: tuple[Series, ...], code: Code) -> Iterator[Evidence]:
        curve = max(scalars, key=len)
        times = time_per_step(curve.steps, curve.wall, STRETCHES)
        if len(times) < STRETCHES:
            return
        first, last = times[1:QUARTER], times[-QUARTER:]
        start, end = float(np.median(first)), float(np.median(last))
        slower = end / start if start > 0 else 0.0
        if not self.slower.exceeded(slower) or last.min() <= first.max():
            return
        yield Evidence(
            message=f"A step takes {number(end)} seconds in the last quarter of the run and "
            f"{number(start)} in the first: {number(slower)} times as long.",
            suggestion=sentence(code("keep memory small")),
            tag=curve.name,
            steps=(
                int(curve.steps[len(curve) * (STRETCHES - QUARTER) // STRETCHES]),
                int(curve.steps[-1]),
            ),
            comparison=self.slower.compare(slower),
            confidence="every stretch of the last quarter is slower than every one of the first",
            severity=Severity.WARNING if self.severe.exceeded(slower) else None,
        )
