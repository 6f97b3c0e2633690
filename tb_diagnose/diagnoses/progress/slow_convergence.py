"""The loss falls in a straight line: the run has hardly begun to converge.

Why it matters:
    Training curves bend: they fall fast and then slowly. One that falls at one pace from start to
    end has used a fraction of the step size it could stand.

How it is judged:
    The second half makes nearly as much of the gain as the first, the loss is still falling at
    its end, and less than half of its start is gone.

When it stays silent:
    Fewer than 10 values; a curve that bends or has come far; a rate that still warms up; a
    validation loss that rises.

What to try:
    Multiply the learning rate by 3, then by 10. If the loss is huge, standardize the targets.

Sources:
    Smith 2017, "Cyclical learning rates", section 3.3; Google, "Deep learning tuning playbook".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code

#: Probability of a rise of validation by chance.
_CHANCE = limit(0.05, unit="p-value", source="convention").default


@diagnosis(
    family="progress", severity=Severity.WARNING, leads_to=("unfinished-training",), since="0.1"
)
class SlowConvergence:
    straight = limit(0.4, alarm=">=", unit="of the gain", source="0.5 is a straight line")
    gone = limit(0.5, alarm="<", unit="of the start", source="more has converged somewhere")
    least = limit(0.02, alarm=">=", unit="of the start", source="below, nothing moves")
    crawl = limit(0.1, alarm="<", unit="of the start", source="five times the run to halve it")

    @method("the training loss", points={"train_loss": 10})
    def by_loss(
        self,
        train_loss: Curve,
        code: Code,
        val_loss: Curve | None = None,
        learning_rate: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        loss, late = train_loss, train_loss.late_share
        if not (loss.still_improving and loss.improved and loss.start and loss.end and late):
            return
        gained, start = loss.gained or 0.0, loss.start_level
        if _turned(val_loss) or _warms_up(learning_rate) or not start or start.value <= 0:
            return
        gone = gained / start.value if gained > (loss.noise or 0.0) else 1
        if self.straight.exceeded(late) and self.gone.exceeded(gone) and self.least.exceeded(gone):
            rate = optimizer.learning_rate if optimizer else None
            change = code.rate(optimizer, 3 * rate) if rate else "Multiply the learning rate by 3"
            steady = late <= 1 - self.straight / 2
            slow = self.crawl.exceeded(gone)
            yield Evidence(
                message=f"{loss.name} fell from {number(loss.start.value)} to "
                f"{number(loss.end.value)} in {len(loss)} values, {percent(late)} of it in the "
                "second half, and is still falling at that pace.",
                suggestion=f"{change}, then by as much again; if the loss is large by its scale, "
                "standardize the targets.",
                tag=loss.name,
                steps=loss.span(0),
                comparison=self.crawl.compare(gone) if slow else self.straight.compare(late),
                # One that fell by more, or only at its end, is unfinished rather than slow.
                severity=None if slow or (steady and 2 * gone < self.gone) else Severity.INFO,
            )


def _turned(held_out: Curve | None) -> bool:
    """Whether validation gets worse, or never got better."""
    if held_out is None or held_out.rise is None:
        return False
    return held_out.improved is False or held_out.rise.p_value < _CHANCE


def _warms_up(rate: Curve | None) -> bool:
    """Whether a rate that is not constant is highest at its end."""
    if rate is None or rate.highest is None or rate.constant or rate.finite < 3:
        return False
    return rate.highest.index >= len(rate) - 1 and bool(rate.highest.value > rate.values[0])
