"""The targets of a regression are hundreds of times larger than what a fresh network gives.

Why it matters:
    Initialisers, default rates and clipping are made for numbers around one. An Adam step moves a
    weight by the rate, whatever the loss: to reach targets of size 200 in steps of 0.001 the last
    layer needs all the time that was meant for learning, and the squared error drowns every
    penalty.

How it is judged:
    A fresh network answers with about 0, so that the root of its first mean squared error (or its
    first mean absolute error) is the size of the targets. It speaks where that is 100 or more under
    a last layer without bounds, and the run did not get over it: it ends with an error of more
    than a tenth of that size, and did not come to rest, to 5 %, within its first fifth at less than
    three quarters of it.

When it stays silent:
    A run that fits all the same, or soon comes to rest at what the inputs leave unexplained;
    another loss; weight penalties that are most of it; a log that begins later than at the first
    step; a loss that diverges (a rate that is too high has the same first value).

What to try:
    Standardise: y = (y - y_train.mean()) / y_train.std(), and multiply predictions back. Or a
    Normalization(invert=True) layer at the end, adapted to the training targets.

Sources:
    LeCun et al. 1998, "Efficient backprop", section 4.3 and 4.5; Bishop 1995, "Neural networks for
    pattern recognition", section 8.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite, rested
from tb_diagnose.roles.architecture import penalty

POWER = {"mean_squared_error": 2, "mean_absolute_error": 1, "huber": 1}
FREE = ("linear", "relu", "leaky_relu", "elu", "softplus")
#: A penalty below this factor is no great part of a loss of thousands.
SLIGHT = 0.01


class Limits(Thresholds):
    """How large the targets, how far the run came."""

    size: float = limit(100.0, unit="times a fresh output", source="chosen: two orders beyond one")
    left: float = limit(0.1, unit="of the targets' size", source="chosen: nine tenths explained")
    still: float = limit(0.05, unit="of the loss", source="as underfitting: it came to rest")
    rest: float = limit(0.75, unit="of the targets' size", source="chosen: it got to their mean")
    first: int = limit(1, unit="step", source="frameworks count from 0 or from 1")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("slow-convergence", "unfinished-training", "exploding-gradients", "loss-plateau"),
    since="0.1",
)
def unscaled_targets(model: ModelConfig, train_loss: Series, limits: Limits) -> Iterator[Evidence]:
    """The size of the first error, and what is left of it."""
    values = finite(train_loss.values)
    if len(model.outputs) != 1 or len(model.losses) != 1 or len(values) < 2:
        raise NotApplicable("not one output with one loss, or fewer than 2 values")
    last, loss = model.outputs[0], model.losses[0].name
    if loss not in POWER or (last.activation or "linear") not in FREE:
        return
    if train_loss.steps[0] > limits.first or max(map(max, map(penalty, model.layers))) > SLIGHT:
        return
    size, end = (float(max(x, 0.0)) ** (1 / POWER[loss]) for x in (values[0], end_level(values)))
    if size < limits.size or not limits.left * size < end <= size:
        return
    if end < limits.rest * size and rested(values, limits.still):
        return
    yield Evidence(
        message=f"The first {train_loss.name} is {number(float(values[0]))}: the targets are of size "
        f"{number(size)} or more, and what a network begins with is of size 1. It ends with an "
        f"error of {number(end)}, {percent(end / size)} of that.",
        suggestion="Standardise the targets: y = (y - y_train.mean()) / y_train.std(), and multiply the "
        "predictions back.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[0]),),
        measured=size,
        limit=limits.size,
        unit="times a fresh output",
    )
