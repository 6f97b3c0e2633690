"""Faults of the model: its loss, activations, size and regularisation."""

from __future__ import annotations

from dataclasses import replace

from trainings.plan import Plan, fault


@fault(
    "wrong-loss",
    levels=("squared-error", "single-softmax", "linear-output", "relu-output"),
    unit="",
    bases="cancer-mlp moons-deep",
    expects="loss-output-mismatch",
    types="loss activation",
)
def wrong_loss(plan: Plan, level: str) -> Plan:
    """One unit of two classes: squared error, or cross-entropy behind an unfit activation."""
    return {
        "squared-error": replace(plan, loss="mean_squared_error"),
        "single-softmax": replace(plan, last="softmax"),
        "linear-output": replace(plan, last="linear"),
        "relu-output": replace(plan, last="relu"),
    }[level]


@fault(
    "wrong-class-loss",
    levels=("squared-error", "linear-output", "relu-output"),
    unit="",
    bases="digits-mlp wine-mlp",
    expects="loss-output-mismatch",
    types="loss activation",
)
def wrong_class_loss(plan: Plan, level: str) -> Plan:
    """Several classes: squared error of one-hot rows, unfit activations."""
    return {
        "squared-error": replace(plan, loss="mean_squared_error", onehot=True),
        "linear-output": replace(plan, last="linear"),
        "relu-output": replace(plan, last="relu"),
    }[level]


@fault(
    "over-regularisation",
    levels=(0.01, 0.1, 1, 10),
    unit="L2 factor",
    bases="digits-mlp friedman-mlp",
    expects="excessive-regularisation vanishing-weights",
    types="regularisation",
)
def over_regularisation(plan: Plan, level: float) -> Plan:
    return replace(plan, penalty=level)


@fault(
    "heavy-dropout",
    levels=(0.5, 0.8, 0.95),
    unit="of the units dropped",
    bases="digits-mlp friedman-mlp",
    expects="underfitting excessive-regularisation",
    types="regularisation",
)
def heavy_dropout(plan: Plan, level: float) -> Plan:
    return replace(plan, dropout=level)


@fault(
    "too-small",
    levels=(4, 2, 1),
    unit="hidden units",
    bases="digits-mlp friedman-mlp",
    expects="shallow-model underfitting",
    types="layers",
)
def too_small(plan: Plan, level: int) -> Plan:
    return replace(plan, widths=(level,))


@fault(
    "no-nonlinearity",
    levels=("linear",),
    unit="",
    bases="friedman-mlp moons-deep digits-mlp",
    expects="missing-nonlinearity",
    types="activation",
)
def no_nonlinearity(plan: Plan, level: str) -> Plan:
    return replace(plan, activation=level)


@fault(
    "softmax-hidden",
    levels=("softmax",),
    unit="",
    bases="digits-mlp friedman-mlp moons-deep",
    expects="misplaced-activation",
    types="activation",
)
def softmax_hidden(plan: Plan, level: str) -> Plan:
    return replace(plan, activation=level)
