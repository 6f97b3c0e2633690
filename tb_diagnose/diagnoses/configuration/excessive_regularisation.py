"""The optimiser is busy with shrinking weights instead of fitting the data.

Why it matters:
    A weight penalty is part of the loss. Where it makes up most of it, the loss falls nicely while
    all that happens is that the weights go to zero, and what they had learned with them.

How it is judged:
    The penalty is computed from the kernels themselves: for L2 with factor c it is the sum of
    c * n * (mean^2 + std^2) over the layers. Where weight histograms are logged, it is excessive
    if at least half of what the training loss fell by is penalty. Where there are none, the
    penalty at the start must be half of the first loss, and it is a note where the training score
    ends more than halfway from guessing to perfect. It follows from the initialiser (variance
    2 / (inputs + outputs) for Glorot, 2 / inputs for He). A layer that drops 90 % of its inputs
    or more is excessive by itself, one that drops 75 % is worth a note: in TensorFlow 1 the number
    was the share to be kept.

When it stays silent:
    Neither weight penalties nor such dropout; a training score of 0.9 or above; a loss that did not
    fall; layers of unknown shape; decoupled weight decay (AdamW), which is no part of the loss.

What to try:
    Divide the factor by 10 until the loss without penalties (the metric of the same name) falls.
    Usual factors are 1e-5 to 1e-3, usual dropout rates 0.1 to 0.5.

Sources:
    Braiek and Khomh 2023, "TheDeepChecker" (regularisation against data loss); Krogh and Hertz
    1992, "A simple weight decay can improve generalization".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Histograms, Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.roles.architecture import penalty
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How much of the loss may be penalty."""

    share: float = limit(0.5, unit="of the loss", source="chosen: more than the data itself")
    dropped: float = limit(0.75, unit="of the inputs", source="chosen: half as much again as usual")
    most: float = limit(0.9, unit="of the inputs", source="chosen: nine in ten")
    score: float = limit(0.9, unit="of all examples", source="chosen: then it did no harm")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("metric-loss-disagreement", "initial-loss", "underfitting", "vanishing-weights"),
    since="0.1",
)
def excessive_regularisation(
    model: ModelConfig,
    train_loss: Series,
    train_score: Series | None,
    chance: ChanceLevel | None,
    weights: tuple[Histograms, ...] | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """From the weights where they are logged, else from how they were initialised."""
    layers = [layer for layer in model.layers if any(penalty(layer))]
    scores = finite(train_score.values) if train_score is not None else np.empty(0)
    if len(scores) and end_level(scores) >= limits.score:
        return
    yield from _dropped(model, limits)
    values = finite(train_loss.values)
    if not layers or not len(values) or values[0] <= 0:
        return
    start = sum(map(_initial, layers))
    kernels = [_kernel(layer, weights or ()) for layer in layers]
    found = [each for each in kernels if each is not None and len(each) > 1]
    fell = float(values[0] - values[-1])
    if len(found) == len(layers) and fell > 0.01 * values[0]:
        first, last = (
            sum(_logged(layer, kernel, at) for layer, kernel in zip(layers, found, strict=True))
            for at in (0, -1)
        )
        # Keras' first histogram is of the end of an epoch in which most may have happened.
        shrunk = max(first, min(start, float(values[0]))) - last
        share = shrunk / fell
        message = (
            f"Of the {number(fell)} that {train_loss.name} fell by, {number(min(shrunk, fell))} "
            f"({percent(min(share, 1.0))}) is weights being shrunk by their penalty."
        )
    else:
        share = start / float(values[0])
        message = (
            f"The weight penalties begin at {number(start)} by the initialisers alone, where the "
            f"first {train_loss.name} is {number(float(values[0]))}."
        )
    if share >= limits.share:
        # Where the weights are not logged, penalties may be gone after the first epoch.
        bar = chance.on_the_way(0.5) if chance is not None else limits.score
        mild = len(found) < len(layers) and len(scores) and end_level(scores) >= bar
        yield _evidence(layers, train_loss, message, share, limits, Severity.INFO if mild else None)


def _dropped(model: ModelConfig, limits: Limits) -> Iterator[Evidence]:
    """The layer that drops most, if it drops too much."""
    rates = {
        layer.name: float(layer.config["rate"])
        for layer in model.layers
        if layer.kind.endswith("Dropout") and isinstance(layer.config.get("rate"), int | float)
    }
    name = max(rates, key=lambda each: rates[each], default="")
    rate = rates.get(name, 0.0)
    if rate < limits.dropped:
        return
    yield Evidence(
        message=f"{name} drops {percent(rate)} of its inputs in each training step.",
        suggestion=f"rate={rate:g} → rate={min(0.5, 1 - rate):.2g}: the rate is the share that is "
        "dropped, not the one that is kept.",
        tag="keras",
        measured=rate,
        limit=limits.dropped,
        unit="of the inputs",
        severity=Severity.WARNING if rate >= limits.most else Severity.INFO,
    )


def _kernel(layer: Layer, weights: tuple[Histograms, ...]) -> Histograms | None:
    named = (each for each in weights if f"/{layer.name}/" in f"/{each.tag}")
    return next((each for each in named if "kernel" in each.tag), None)


def _logged(layer: Layer, kernel: Histograms, at: int) -> float:
    """The penalty of a logged kernel; L1 by its bound from below, c * n * |mean|."""
    l1, l2 = penalty(layer)
    mean, std, n = (float(column[at]) for column in (kernel.mean, kernel.std, kernel.count))
    return n * (l2 * (mean**2 + std**2) + l1 * abs(mean))


def _initial(layer: Layer) -> float:
    """The L2 penalty at the start by the initialiser's variance, 0 where it is not known."""
    shape = layer.input_shape
    inputs = shape[-1] if shape else None
    if inputs is None or layer.parameters < 0 or layer.units <= 0:
        return 0.0
    size = layer.config.get("kernel_size")
    window = prod(size) if isinstance(size, list | tuple) else 1
    given = layer.config.get("kernel_initializer")
    name = str(given.get("class_name", "")) if isinstance(given, dict) else str(given)
    he = name.lower().startswith("he")
    variance = 2 / (window * (inputs if he else inputs + layer.units))
    return penalty(layer)[1] * variance * window * inputs * layer.units


def _evidence(
    layers: list[Layer],
    train_loss: Series,
    message: str,
    share: float,
    limits: Limits,
    severity: Severity | None,
) -> Evidence:
    factor = max(max(penalty(layer)) for layer in layers)
    kind = "l1" if penalty(layers[0])[0] else "l2"
    usual = min(factor / 10, 1e-4)
    return Evidence(
        message=message,
        suggestion=f"kernel_regularizer={kind}({factor:g}) → {kind}({usual:g}), and log the loss "
        "without penalties as a metric of its own.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[0]), int(train_loss.steps[-1])),
        measured=float(np.clip(share, 0.0, 1.0)),
        limit=limits.share,
        unit="of the loss",
        severity=severity,
    )
