"""The targets lie where the output cannot go.

Why it matters:
    A sigmoid gives numbers between 0 and 1, a tanh between -1 and 1. Targets outside are never
    reached; the output is driven to its end, where the gradient vanishes.

How it is judged:
    By what is possible. If every target lay within the output's range, predicting its middle would
    have a mean absolute error of at most half the range, and a mean squared error of at most the
    square of that. A training loss whose lowest value is above proves targets outside.

When it stays silent:
    The output has no bounds; the loss is no such error or includes weight penalties; the loss goes
    below the bound, which proves nothing.

What to try:
    Remove the last activation, or scale the targets into the output's range.

Sources:
    The bound follows from the definition of both losses.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.architecture import is_penalized, written

#: Half the range of an activation that has bounds.
HALF = {"sigmoid": 0.5, "hard_sigmoid": 0.5, "tanh": 1.0, "softsign": 1.0}
POWER = {"mean_squared_error": 2, "mean_absolute_error": 1}


def _unbounded(model: ModelConfig | None = None) -> str:
    if model is None:
        return ""
    if len(model.outputs) != 1 or len(model.losses) != 1:
        return "the model has several outputs or losses"
    if model.outputs[0].activation not in HALF:
        return f"the output of {written(model.outputs[0])} has no bounds"
    if model.losses[0].name not in POWER:
        return f"{model.losses[0].name} is no distance between numbers"
    return "weight penalties are part of the logged loss" if is_penalized(model) else ""


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "slow-convergence", "saturated-activations"),
    since="0.1",
    concerns=_unbounded,
)
class TargetOutOfRange:
    @method("the lowest training loss", points={"train_loss": 1})
    def by_loss(self, model: ModelConfig, train_loss: Curve) -> Iterator[Evidence]:
        last, loss, lowest = model.outputs[0], model.losses[0].name, train_loss.lowest
        half = HALF[last.activation]
        bound = half ** POWER[loss]
        if lowest is None or not lowest.value > bound:
            return
        low = 0 if half < 1 else -1
        yield Evidence(
            message=f"{train_loss.name} is never below {number(lowest.value)}. If all targets were "
            f"between {low} and 1, where {written(last)} can reach them, always predicting the "
            f"middle would already reach {number(bound)}.",
            suggestion=f"Remove the activation {last.activation} of the last layer, or scale the "
            f"targets to {low}..1.",
            tag=train_loss.name,
            steps=(lowest.step,),
        )
