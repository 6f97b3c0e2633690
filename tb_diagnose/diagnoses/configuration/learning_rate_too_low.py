"""The learning rate is so low that it alone sets the pace.

Why it matters:
    The run gets to where it is going many times later than it could.

How it is judged:
    Either the rate is at most 1 % of the optimizer's default while the training loss lost less
    than half of its start; or it is no more than the default and the loss falls in a straight
    line, its second half as much as its first: every step is as large as the rate allows.

When it stays silent:
    The rate is unknown; the curve bends or has settled. Fine-tuning needs low rates: a note where
    the log does not describe the model and the loss falls.

What to try:
    Multiply the rate by 3, then by 10, for as long as the loss falls smoothly.

Sources:
    Smith 2017, "Cyclical learning rates", section 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import HALFWAY
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, plural
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.optimizer import highest_rate, runs_at, usual_rates


def _warms_up(optimizer: Optimizer, learning_rate: Curve | None = None) -> str:
    if highest_rate(optimizer, learning_rate.series if learning_rate else None) is None:
        return "the learning rate is not known"
    if learning_rate is None or learning_rate.highest is None or learning_rate.constant:
        return ""
    late = learning_rate.highest.index > 0.5 * len(learning_rate)
    return "the learning rate is still warming up" if late else ""


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=(
        "slow-convergence",
        "no-learning",
        "unfinished-training",
        "underfitting",
        "frozen-weights",
        "update-ratio",
    ),
    since="0.1",
)
class LearningRateTooLow:
    share = limit(0.01, alarm="<=", unit="of the default rate", source="two zeros too many")

    @method("the rate and the training loss", points={"train_loss": 3}, unless=_warms_up)
    def by_rate(
        self,
        optimizer: Optimizer,
        train_loss: Curve,
        code: Code,
        learning_rate: Curve | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        rate = highest_rate(optimizer, learning_rate.series if learning_rate else None)
        start, end = train_loss.start, train_loss.end
        if rate is None or start is None or end is None or train_loss.non_finite:
            return
        default = usual_rates(optimizer, code.framework).default
        fell = (start.value - end.value) / abs(start.value) if start.value else 0.0
        slow = fell < HALFWAY and not (train_loss.rise and train_loss.rise.persistent)
        if not slow or rate > default:
            return
        tiny = self.share.exceeded(rate / default)
        known = model is not None or not train_loss.improved
        if tiny:
            why = f"{number(default / rate)} times below the default"
        elif optimizer.name and train_loss.is_line and train_loss.improved:
            why = "and the loss falls in a straight line"
        else:
            return
        better = code.rate(optimizer._replace(learning_rate=rate), max(3 * rate, default))
        yield Evidence(
            message=f"{runs_at(optimizer, rate)}, {why}; "
            f"{train_loss.name} went from {number(start.value)} to {number(end.value)} "
            f"({percent(fell)}) in {plural(train_loss.finite, 'value')}.",
            suggestion=f"{better}, and on by threes for as long as the loss falls smoothly.",
            tag=train_loss.name,
            steps=train_loss.span(0),
            comparison=self.share.compare(rate / default) if tiny else None,
            severity=Severity.INFO if tiny and not known else None,
        )
