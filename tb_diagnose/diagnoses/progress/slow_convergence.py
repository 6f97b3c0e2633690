"""The loss falls in a straight line: the run has hardly begun to converge.

Why it matters:
    Training curves bend: they fall fast, then slowly. One that falls at one pace could stand far
    larger steps.

How it is judged:
    In training or validation, the second half makes nearly as much of the gain as the first, the
    loss is still falling, and less than half of its start is gone. It is a note where little is
    left to learn, and in a short run that is halfway.

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

from tb_diagnose.analysis.curve import STRAIGHT
from tb_diagnose.analysis.learning_state import HALFWAY, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import SIGNIFICANT
from tb_diagnose.roles.code import Code

#: Fewer values have no pace.
ENOUGH = 10


def _long(*losses: Curve | None) -> list[Curve]:
    return [loss for loss in losses if loss is not None and loss.finite >= ENOUGH]


def _short(train_loss: Curve | None = None, val_loss: Curve | None = None) -> str:
    return "" if _long(train_loss, val_loss) else f"no loss has {ENOUGH} values"


@diagnosis(
    family="progress", severity=Severity.WARNING, leads_to=("unfinished-training",), since="0.1"
)
class SlowConvergence:
    straight = limit(STRAIGHT, alarm=">=", unit="of the gain", source="0.5 is a straight line")
    least = limit(0.02, alarm=">=", unit="of the start", source="below, nothing moves")
    near = limit(0.85, unit="of the way from guessing", source="little is left to learn")

    @method("training and validation loss", unless=_short)
    def by_losses(
        self,
        code: Code,
        train_loss: Curve | None = None,
        val_loss: Curve | None = None,
        learning_rate: Curve | None = None,
        optimizer: Optimizer | None = None,
        learning: LearningState | None = None,
    ) -> Iterator[Evidence]:
        well = learning is not None and learning.well
        if well or _turned(val_loss) or _warms_up(learning_rate):
            return
        known = _long(train_loss, val_loss)
        for loss in known:
            late, gone = loss.late_share or 0.0, _gone(loss)
            if loss is not known[0] and not self.straight.exceeded(2 * (known[0].late_share or 0)):
                return  # training has flattened
            if loss.improved and loss.still_improving and self._crawls(late, gone):
                near = learning is not None and (learning.share or 0.0) > self.near
                short = loss.finite < 2 * ENOUGH and not self._is_far(gone, learning)
                yield self._evidence(loss, late, code, optimizer, mild=near or short)
                return

    def _crawls(self, late: float, gone: float) -> bool:
        return bool(self.least.exceeded(gone) and gone < HALFWAY and self.straight.exceeded(late))

    def _is_far(self, gone: float, learning: LearningState | None) -> bool:
        """Whether most is still to be learned: by the classes, else by what is left of the loss."""
        share = learning.share if learning is not None else None
        return share < HALFWAY if share is not None else 2 * gone < HALFWAY

    def _evidence(
        self, loss: Curve, late: float, code: Code, optimizer: Optimizer | None, *, mild: bool
    ) -> Evidence:
        rate = optimizer.learning_rate if optimizer else None
        change = code.rate(optimizer, 3 * rate) if rate else "Multiply the learning rate by 3"
        first, last = loss.finite_values[[0, -1]].tolist()
        return Evidence(
            message=f"{loss.name} fell from {number(first)} to {number(last)} in {len(loss)} "
            f"values, {percent(late)} of it in the second half, and is still falling at that pace.",
            suggestion=f"{change}, then by as much again; if the loss is large by its scale, "
            "standardize the targets.",
            tag=loss.name,
            steps=loss.span(0),
            comparison=self.straight.compare(late),
            severity=Severity.INFO if mild else None,
        )


def _gone(loss: Curve) -> float:
    """Share of its start that a loss lost beyond its noise; 1 where that cannot be told."""
    gained, start = loss.gained or 0.0, loss.start_level
    if start is None or start.value <= 0 or gained <= (loss.noise or 0.0):
        return 1.0
    return gained / start.value


def _turned(held_out: Curve | None) -> bool:
    """Whether validation gets worse, or never got better."""
    if held_out is None or held_out.rise is None:
        return False
    return held_out.improved is False or held_out.rise.p_value < SIGNIFICANT


def _warms_up(rate: Curve | None) -> bool:
    """Whether a rate that is not constant is highest at its end."""
    if rate is None or rate.highest is None or rate.constant or rate.finite < 3:
        return False
    return rate.highest.index >= len(rate) - 1 and bool(rate.highest.value > rate.values[0])
