"""The targets of a regression are hundreds of times larger than what a fresh network gives.

Why it matters:
    Initializers and default rates are made for numbers around one. To reach targets of size 200 in
    steps of 0.001 takes all the time there is.

How it is judged:
    A fresh network answers about 0, so the root of its first mean squared error is the size of the
    targets. It speaks where that is 100 or more and the run did not get over it: it ends with an
    error above a tenth of that size.

When it stays silent:
    The run settles early below three quarters of that size; the output has bounds; weight penalties
    are most of the loss; the loss diverges.

What to try:
    Standardize the targets by the training data, and multiply predictions back.

Sources:
    LeCun et al. 1998, "Efficient backprop", section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import USUAL_PENALTY, penalty

POWER = {"mean_squared_error": 2, "mean_absolute_error": 1, "huber": 1}
FREE = ("linear", "relu", "leaky_relu", "elu", "softplus")


def _no_regression(model: ModelConfig | None = None) -> str:
    if model is None:
        return ""
    if len(model.outputs) != 1 or len(model.losses) != 1:
        return "the model has several outputs or losses"
    last, loss = model.outputs[0], model.losses[0].name
    if loss not in POWER:
        return f"{loss} is no distance between numbers"
    return "" if (last.activation or "linear") in FREE else "the output has bounds"


def _begins_late(train_loss: Curve) -> str:
    return train_loss.late_start


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("slow-convergence", "unfinished-training", "exploding-gradients", "loss-plateau"),
    since="0.1",
    concerns=_no_regression,
)
class UnscaledTargets:
    size = limit(100, alarm=">=", unit="× a fresh output", source="two orders beyond one")
    left = limit(0.1, unit="of the targets' size", source="nine tenths are explained")
    rest = limit(0.75, unit="of the targets' size", source="it got to their mean")

    @method("the first and the last loss", points={"train_loss": 2}, unless=_begins_late)
    def by_loss(self, model: ModelConfig, train_loss: Curve) -> Iterator[Evidence]:
        start, end, settled = train_loss.start, train_loss.end, train_loss.end_level
        heavy = max(max(penalty(layer)) for layer in model.layers) > 100 * USUAL_PENALTY
        if start is None or end is None or settled is None or heavy:
            return
        power = POWER[model.losses[0].name]
        size, last = (max(point.value, 0.0) ** (1 / power) for point in (start, end))
        explained = last < self.rest * size and self._settled_early(train_loss)
        if self.size.exceeded(size) and self.left * size < last <= size and not explained:
            yield Evidence(
                message=f"{train_loss.name} is {number(start.value)} at step {start.step}: the "
                f"targets are of size {number(size)} or more, and a fresh network answers with 1. "
                f"It ends with an error of {number(last)}, {percent(last / size)} of that.",
                suggestion="Standardize the targets, y = (y - mean) / std by the training data, "
                "and multiply the predictions back.",
                tag=train_loss.name,
                steps=(start.step,),
                comparison=self.size.compare(size),
            )

    def _settled_early(self, loss: Curve) -> bool:
        """Whether the loss rests at its end since the first half of the run."""
        level = loss.end_level
        if level is None:
            return False
        since = loss.within(self.left / 2 * abs(level.value))
        return since is not None and since.index < len(loss) / 2 and not loss.still_improving
