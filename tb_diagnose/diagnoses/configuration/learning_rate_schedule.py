"""The learning rate does what no schedule is meant to do.

Why it matters:
    At a rate of zero nothing is learned, below zero everything is unlearned. A jump throws the
    weights out of where they had settled: usually a restart whose schedule began again.

How it is judged:
    The logged rate is below zero, below a thousandth of its peak in a fifth of the run, or jumps
    once or twice to twice the value before, after the first tenth. A jump is a warning where
    the training loss is higher after it, else a note.

When it stays silent:
    Warm-up, decay to zero in the last step, a zero beside another group's rate, cyclic schedules.

What to try:
    Restore the scheduler with the optimizer. Give the schedule the number of steps, not of epochs.

Sources:
    Loshchilov and Hutter 2017, "SGDR".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, steps_of
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.optimizer import vanished
from tb_diagnose.roles.tags import parse_tag


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("no-learning", "loss-plateau", "loss-divergence", "loss-spikes", "frozen-weights"),
    since="0.1",
)
class LearningRateSchedule:
    zero = limit(0.2, alarm=">=", unit="of the run", source="more than the end of a schedule")
    jump = limit(2, alarm=">=", unit="× the rate before", source="beyond any step of a warm-up")
    early = limit(0.1, unit="of the run", source="warm-up ends before")

    @method("the logged learning rate", points={"learning_rate": 2})
    def by_rate(
        self,
        learning_rate: Curve,
        scalars: tuple[Series, ...] = (),
        train_loss: Curve | None = None,
        learning: LearningState | None = None,
    ) -> Iterator[Evidence]:
        lowest = learning_rate.lowest
        if lowest is not None and lowest.value < 0:
            yield Evidence(
                message=f"{learning_rate.name} is {number(lowest.value)} at step {lowest.step}: a "
                "negative rate climbs the loss.",
                suggestion="Clip the schedule at zero; its number of steps is too small.",
                tag=learning_rate.name,
                steps=steps_of(learning_rate.series, np.flatnonzero(learning_rate.values < 0)),
                severity=Severity.CRITICAL,
            )
        well = learning is not None and learning.well
        yield from self._at_zero(learning_rate, scalars, well=well)
        yield from self._jumps(learning_rate, train_loss)

    def _at_zero(
        self, rate: Curve, scalars: tuple[Series, ...], *, well: bool
    ) -> Iterator[Evidence]:
        zero = np.flatnonzero(vanished(rate.values))
        # A schedule that comes to zero with its last step has done what it should.
        share = (len(zero) - 1) / len(rate)
        if len(zero) > 1 and self.zero.exceeded(share) and not _another(rate, scalars):
            value = float(rate.values[zero[0]])
            never = len(zero) == len(rate)
            harmless = Severity.INFO if well else None
            yield Evidence(
                message=f"{rate.name} is {number(value)} at step {rate.steps[zero[0]]}, and "
                f"{percent(len(zero) / len(rate))} of its values are as good as 0: nothing is "
                "learned there.",
                suggestion="Give the schedule the number of steps of the whole run, or stop where "
                "it ends.",
                tag=rate.name,
                steps=steps_of(rate.series, zero),
                comparison=self.zero.compare(share),
                severity=Severity.CRITICAL if never else harmless,
            )

    def _jumps(self, rate: Curve, loss: Curve | None) -> Iterator[Evidence]:
        first = math.ceil(max(2, self.early * len(rate)))
        before, after = rate.values[first - 1 : -1], rate.values[first:]
        jumps = np.flatnonzero((before > 0) & (after >= self.jump * before)) + first
        if not 0 < len(jumps) <= 2:  # more are a schedule with warm restarts
            return
        at = int(jumps[0])
        harm = _levels_around(loss, float(rate.wall[at])) if loss is not None else None
        told = f", and the level of {loss.name} is higher after it" if loss and harm else ""
        yield Evidence(
            message=f"{rate.name} jumps from {number(rate.values[at - 1])} at step "
            f"{rate.steps[at - 1]} to {number(rate.values[at])} at step {rate.steps[at]}{told}.",
            suggestion="If the run was resumed there, restore the scheduler with the optimizer.",
            tag=rate.name,
            related=(loss.name,) if loss is not None else (),
            steps=(int(rate.steps[at]),),
            comparison=self.jump.compare(float(rate.values[at] / rate.values[at - 1])),
            severity=None if harm else Severity.INFO,
        )


def _another(rate: Curve, scalars: tuple[Series, ...]) -> bool:
    """Whether another group of weights has a rate of its own that is not zero."""
    return any(
        series.name != rate.name
        and parse_tag(series.folder, series.tag).kind == "learning_rate"
        and bool(np.any(series.values > 0))
        for series in scalars
    )


def _levels_around(loss: Curve, moment: float) -> bool:
    """Whether a loss is higher after a moment than before, beyond its noise."""
    at = int(np.searchsorted(loss.wall, moment))
    before, after = loss.values[max(at - 10, 0) : at], loss.values[at : at + 10]
    if len(before) < 3 or len(after) < 3 or loss.noise is None:
        return False
    error = 3 * loss.noise * math.sqrt(1 / len(before) + 1 / len(after))
    return bool(np.median(after) - np.median(before) > error)
