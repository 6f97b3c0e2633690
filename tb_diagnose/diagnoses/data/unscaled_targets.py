"""The targets are so large that the steps of the optimizer do not reach them.

Why it matters:
    A network starts with outputs around 0 to 1. With targets in the hundreds its first task is to
    grow, and with Adam each weight grows by no more than the learning rate a step: the run is spent
    on reaching the scale of the targets, and little is left for their shape.

How it is judged:
    The first training loss of a regression with a linear output is the targets' own size: its root
    for a squared error, itself for an absolute one. All the steps of an adaptive optimizer together
    move one weight by no more than rate * steps. The targets are unscaled where their size is at
    least 10, more than the steps can bridge, and the error at the end is still above 5 % of it.
    The number of steps is the one that Keras logs its evaluations under; where there is none, the
    size must be 100,000 times the rate.

When it stays silent:
    Standardised targets; SGD, whose steps grow with the error (it diverges instead); a custom
    loss; an output that is bounded (target-out-of-range); a run that got there.

What to try:
    Standardise: y = (y - y.mean()) / y.std(), and undo it on the predictions. Or start the last
    layer there: bias_initializer=tf.keras.initializers.Constant(y.mean()).

Sources:
    Kingma and Ba 2015, "Adam", section 2.1 (the effective step is bounded by the rate); LeCun et
    al. 1998, "Efficient BackProp", section 4.3 (normalising); Karpathy 2019, "A recipe for training
    neural networks" ("init well": the bias at the targets' mean).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tb_diagnose.diagnosis import diagnosis, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.runs import ModelConfig, Optimizer, Series
from tb_diagnose.words import number, percent

#: Losses whose size is that of the error, and the power of the error that they are.
POWERS = {"mean_squared_error": 2, "mean_absolute_error": 1, "huber": 1, "log_cosh": 1}
ADAPTIVE = ("adam", "adamw", "adamax", "nadam", "rmsprop", "lion")


@dataclass(frozen=True)
class Limits:
    """How large, and how far the steps reach."""

    size: float = limit(10.0, unit="of the targets", source="chosen: outputs start around 1")
    steps: float = limit(1e5, unit="steps", source="chosen: longer than small problems are trained")
    left: float = limit(0.05, unit="of the targets' size", source="chosen: then it got there")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("slow-convergence", "unfinished-training", "underfitting", "no-learning"),
    since="0.1",
)
def unscaled_targets(
    model: ModelConfig,
    optimizer: Optimizer,
    train_loss: Series,
    scalars: tuple[Series, ...] | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The first loss of a regression against what all steps together can bridge."""
    power = POWERS.get(model.losses[0].name) if len(model.losses) == 1 else None
    if power is None or not all(layer.activation == "linear" for layer in model.outputs):
        raise NotApplicable("no regression with a linear output and a loss that shows its size")
    values, rate = finite(train_loss.values), optimizer.learning_rate
    if optimizer.name not in ADAPTIVE or rate is None or len(values) < 2 or min(values) < 0:
        return
    size, left = (float(v ** (1 / power)) for v in (values[0], end_level(values)))
    steps = _steps(scalars or ())
    reach = rate * (steps or limits.steps)
    if size > max(limits.size, reach) and left > limits.left * size:
        taken = (
            f"{steps:,} steps of {rate:g} move a weight by"
            if steps
            else (f"even {limits.steps:,.0f} steps of {rate:g} would move a weight by")
        )
        yield Evidence(
            says=f"{train_loss.name} starts at an error of {number(size)}, the size of the "
            f"targets; {taken} {number(reach)} at most, and {percent(left / size)} of the error "
            "is left.",
            fix="Standardise the targets, y = (y - y.mean()) / y.std(), or start the last layer "
            "at their mean: bias_initializer=tf.keras.initializers.Constant(y.mean()).",
            tag=train_loss.name,
            steps=(int(train_loss.steps[0]), int(train_loss.steps[-1])),
            measured=size,
            limit=max(limits.size, reach),
            unit="of the targets",
        )


def _steps(scalars: tuple[Series, ...]) -> int | None:
    """How many steps the optimizer made, where Keras logged evaluations against them."""
    against = [each for each in scalars if each.tag.endswith("_vs_iterations") and len(each)]
    return max((int(np.max(each.steps)) for each in against), default=None)
