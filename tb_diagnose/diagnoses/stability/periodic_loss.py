"""The loss repeats an exact pattern.

Why it matters:
    Chance has no period. What returns after exactly as many steps is the order of the data, the
    logger, or a schedule, and the pattern hides what the model does.

How it is judged:
    On every training loss: the autocorrelation around its course stands out at the first four
    multiples of one distance, and the pattern explains half of the variance.

When it stays silent:
    Fewer than 12 values, swings whose length varies, and losses of single validation batches,
    whose order is fixed on purpose.

What to try:
    Compare the period with the steps of an epoch. If they agree, shuffle in every epoch and drop
    the incomplete last batch. Else look for a schedule or a reload of that length.

Sources:
    Bengio 2012, "Practical recommendations for gradient-based training", section 3.1 (shuffling).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import percent
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.periods import Period, find_period
from tb_diagnose.roles.code import Code


@diagnosis(family="stability", severity=Severity.INFO, leads_to=("loss-spikes",), since="0.2")
class PeriodicLoss:
    share = limit(0.5, alarm=">=", unit="of the variance", source="more is pattern than noise")

    @method("the training losses")
    def by_losses(
        self,
        losses: tuple[Curve, ...],
        code: Code,
        batch_loss: Curve | None = None,
        learning_rate: Curve | None = None,
    ) -> Iterator[Evidence]:
        single = (batch_loss,) if batch_loss is not None else ()
        for curve in dict.fromkeys((*single, *losses)):
            if curve.split == "validation":
                continue
            period = curve.period or _of_steps(curve)
            # What goes up and down in turn, a period of two, is an oscillation.
            if period is None or period.points <= 2 or not self.share.exceeded(period.share):
                continue
            first = int(curve.where[period.peak])
            steps = int(curve.steps[curve.where[period.peak + period.points]] - curve.steps[first])
            yield Evidence(
                message=f"{curve.name} repeats a pattern every {steps} steps ({period.points} "
                f"values), which explains {percent(period.share)} of its variance around the "
                f"course{_schedule(learning_rate, period.points)}.",
                suggestion=f"If {steps} steps are an epoch, {code('shuffle')} and drop the "
                "incomplete last batch; else look for a schedule or a reload of that length.",
                tag=curve.name,
                steps=tuple(curve.steps[curve.where[period.peak :: period.points]][:3].tolist()),
                comparison=self.share.compare(period.share),
                confidence=f"early and late cycles correlate by {period.strength:.2f}",
            )
            return


def _of_steps(curve: Curve) -> Period | None:
    """The period of the steps from value to value: slow teeth are a part of the course itself."""
    return find_period(np.diff(curve.finite_values)) if curve.finite else None


def _schedule(rate: Curve | None, points: int) -> str:
    """That the learning rate has the same period, where it has."""
    known = find_period(rate.finite_values) if rate is not None and not rate.constant else None
    return ", as the learning rate does" if known is not None and known.points == points else ""
