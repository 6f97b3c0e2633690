"""The first loss is far from that of a guess.

Why it matters:
    A classifier that knows nothing should start at ln K, K being the number of classes. One that
    starts far above is confidently wrong before its first step: weights or inputs are too large,
    and the first epochs go into undoing that.

How it is judged:
    The loss of the first batch, where single steps are logged, against ln K: above twice ln K (a
    deviation of 1.0 * ln K). Where only epochs are logged the first epoch's mean must be above
    three times ln K, since it covers steps that already learned.

When it stays silent:
    The number of classes is not known; the loss is no cross-entropy; the model has weight
    penalties, which are part of the logged loss; the log begins later than at the first step.

What to try:
    Scale the inputs to 0..1 or to mean 0 and standard deviation 1. Use the default initialisers
    (Glorot, He). A last layer without activation initialised near zero starts at ln K by itself.

Sources:
    Karpathy 2019, "A recipe for training neural networks" ("verify loss @ init"); Braiek and
    Khomh 2023, "TheDeepChecker" (initial loss, deviation ratio 1.0).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How many times the loss of a guess."""

    batch: float = limit(2.0, unit="times ln K", source="TheDeepChecker: a deviation of 1.0 ln K")
    epoch: float = limit(3.0, unit="times ln K", source="calibrated on demo_logs")
    first: int = limit(1, unit="step", source="frameworks count from 0 or from 1")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("slow-convergence", "loss-spikes"),
    since="0.1",
)
def initial_loss(
    chance: ChanceLevel,
    train_loss: Series | None,
    batch_loss: Series | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The first point of the finest curve there is."""
    if not chance.cross_entropy:
        raise NotApplicable("the loss is no cross-entropy, so that a guess has no known loss")
    if model is not None and any(_penalised(layer.config) for layer in model.layers):
        raise NotApplicable("weight penalties are part of the logged loss")
    curve = batch_loss if batch_loss is not None else train_loss
    if curve is None or not len(curve) or not np.isfinite(curve.values[0]):
        raise NotApplicable("no first loss in this run")
    if curve.steps[0] > limits.first:
        raise NotApplicable(
            f"the log of {curve.name} begins at step {curve.steps[0]}",
            'tf.keras.callbacks.TensorBoard("logs", update_freq="batch")',
        )
    epochs = curve.tag.startswith("epoch_")
    factor = limits.epoch if epochs else limits.batch
    first = float(curve.values[0])
    if first > factor * chance.loss:
        yield Evidence(
            message=f"{curve.name} starts at {number(first)}"
            + (" on average over its first epoch" if epochs else "")
            + f", where guessing among {chance.classes} classes gives {number(chance.loss)}.",
            suggestion="Scale the inputs (divide pixels by 255, standardise features) and use the default "
            "initialisers; the first loss should then be "
            f"{number(chance.loss)}.",
            tag=curve.name,
            steps=(int(curve.steps[0]),),
            measured=first / chance.loss,
            limit=factor,
            unit="times ln K",
        )


def _penalised(config: object) -> bool:
    keys = ("kernel_regularizer", "bias_regularizer", "activity_regularizer")
    return isinstance(config, dict) and any(config.get(key) for key in keys)
