"""The targets lie where the output cannot go.

Why it matters:
    A sigmoid gives numbers between 0 and 1, a tanh between -1 and 1. Targets outside are never
    reached; the output is driven to its end, where the gradient vanishes.

How it is judged:
    By what is possible at all. If every target lay within the output's range, the constant in the
    middle of the range would have a mean absolute error of at most half the range, and a mean
    squared error of at most half the range squared. A training loss whose *lowest* value is above
    that proves targets outside.

When it stays silent:
    An output without bounds; a loss that is no such error; weight penalties in the loss; a loss
    that goes below the bound (which proves nothing).

What to try:
    Dense(n) without activation for targets of any size, or targets scaled into the output's range.

Sources:
    The bound is the error of a constant, by the definition of both losses; Zhang et al. 2018, "An
    empirical study on TensorFlow program bugs" (unscaled targets).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis
from tb_diagnose.measure.levels import finite
from tb_diagnose.measure.reductions import min_of
from tb_diagnose.roles.architecture import is_penalized, written

#: Half the range of an activation that has bounds.
HALF = {"sigmoid": 0.5, "hard_sigmoid": 0.5, "tanh": 1.0, "softsign": 1.0}
POWER = {"mean_squared_error": 2, "mean_absolute_error": 1}


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "slow-convergence", "saturated-activations"),
    since="0.1",
)
def target_out_of_range(model: ModelConfig, train_loss: Series) -> Iterator[Evidence]:
    """The lowest loss against the error of the middle of the range."""
    values = finite(train_loss.values)
    if len(model.outputs) != 1 or len(model.losses) != 1 or not len(values) or is_penalized(model):
        return
    last, loss = model.outputs[0], model.losses[0].name
    if last.activation not in HALF or loss not in POWER:
        return
    bound, lowest = HALF[last.activation] ** POWER[loss], min_of(values)
    if lowest <= bound:
        return
    low = 0 if HALF[last.activation] < 1 else -1
    yield Evidence(
        message=f"{train_loss.name} never falls below {number(lowest)}. If all targets were between "
        f"{low} and 1, where {written(last)} can reach them, a constant of {(low + 1) / 2:g} would "
        f"already be at {number(bound)} or better: targets lie outside.",
        suggestion=f"Dense({last.units}) without activation, or scale the targets to {low}..1.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[int(train_loss.values.argmin())]),),
        measured=lowest,
        limit=bound,
        unit="of the loss",
    )
