"""Faults of how it is trained: the rate, its course, the batch, the length, the direction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trainings.plan import Plan, fault


@fault(
    "learning-rate-high",
    levels=(3, 10, 100, 1000),
    unit="times the healthy rate",
    bases="digits-mlp digits-sgd friedman-mlp",
    expects="learning-rate-too-high",
    types="learning-rate",
)
def learning_rate_high(plan: Plan, level: float) -> Plan:
    return replace(plan, learning_rate=plan.learning_rate * level)


@fault(
    "learning-rate-low",
    levels=(0.3, 0.1, 0.01, 0.001),
    unit="times the healthy rate",
    bases="digits-mlp friedman-mlp",
    expects="learning-rate-too-low slow-convergence",
    types="learning-rate",
)
def learning_rate_low(plan: Plan, level: float) -> Plan:
    return replace(plan, learning_rate=plan.learning_rate * level)


@fault(
    "rate-dies",
    levels=(0.5, 0.25, 0.1, 0.05),
    unit="of the training, after each of which the rate is a tenth",
    bases="digits-mlp friedman-mlp",
    expects="learning-rate-schedule loss-plateau",
    types="learning-rate",
)
def rate_dies(plan: Plan, level: float) -> Plan:
    """An exponential decay so steep that the rate is gone before the training is done."""
    return replace(plan, schedule=lambda gone: float(0.1 ** (gone / level)))


@fault(
    "rate-jump",
    levels=(10, 100, 1000),
    unit="times the rate from the middle on",
    bases="digits-mlp cancer-mlp",
    expects="learning-rate-schedule learning-rate-too-high",
    types="learning-rate",
)
def rate_jump(plan: Plan, level: float) -> Plan:
    """A schedule that goes wrong half-way."""
    return replace(plan, schedule=lambda gone: level if gone >= 0.5 else 1.0)


@fault(
    "tiny-batch",
    levels=(8, 2, 1),
    unit="examples a batch, at ten times the rate",
    bases="wine-mlp",
    expects="batch-too-small loss-oscillation",
    types="batch",
)
def tiny_batch(plan: Plan, level: int) -> Plan:
    return replace(plan, batch=level, learning_rate=10 * plan.learning_rate)


@fault(
    "too-few-epochs",
    levels=(0.5, 0.25, 0.15),
    unit="of the epochs",
    bases="digits-cnn series-gru",
    expects="unfinished-training",
    types="epochs",
)
def too_few_epochs(plan: Plan, level: float) -> Plan:
    return replace(plan, epochs=max(1, round(plan.epochs * level)))


@fault(
    "flipped-sign",
    levels=(1,),
    unit="",
    bases="digits-mlp cancer-mlp friedman-mlp",
    expects="loss-output-mismatch metric-loss-disagreement",
    types="loss",
)
def flipped_sign(plan: Plan, _: int) -> Plan:
    """The loss is maximised: its sign is wrong, as when a reward is taken for a cost."""
    return replace(plan, loss=_NEGATIVE[plan.task])


def _negative_classes(y: Any, answer: Any) -> Any:
    return -_loss("sparse_categorical_crossentropy")(y, answer)


def _negative_binary(y: Any, answer: Any) -> Any:
    return -_loss("binary_crossentropy")(y, answer)


def _negative_regression(y: Any, answer: Any) -> Any:
    return -_loss("mean_squared_error")(y, answer)


def _loss(name: str) -> Any:
    """Keras' function of that name; imported late, so that counting needs no TensorFlow."""
    from tensorflow.keras import losses

    return losses.get(name)


_NEGATIVE = {
    "classes": _negative_classes,
    "binary": _negative_binary,
    "regression": _negative_regression,
}
