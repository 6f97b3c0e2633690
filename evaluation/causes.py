"""The causes that are told apart: what people call them, what to change, which faults they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class CauseInfo(NamedTuple):
    """One cause: its title, the change to make, and the injected faults that are it.

    ``named_by`` are the diagnoses that name it; ``frameworks`` the names of those in which it can
    be, empty for all.
    """

    title: str
    change: str
    named_by: tuple[str, ...]
    faults: tuple[str, ...]
    frameworks: tuple[str, ...] = ()


def _cause(title: str, change: str, named_by: str, faults: str, only: str = "") -> CauseInfo:
    return CauseInfo(
        title, change, tuple(named_by.split()), tuple(faults.split()), tuple(only.split())
    )


CAUSES: Mapping[str, CauseInfo] = {
    "learning-rate-too-high": _cause(
        "learning rate too high",
        "Divide the learning rate by 10.",
        "learning-rate-too-high",
        "rate-too-high sgd-rate-too-high momentum-too-high",
    ),
    "learning-rate-too-low": _cause(
        "steps too small",
        "Multiply the learning rate by 10.",
        "learning-rate-too-low clipping-saturation",
        "rate-too-low sgd-at-rate-of-adam clipped-to-nothing epsilon-too-large batch-too-large",
    ),
    "learning-rate-schedule": _cause(
        "learning rate schedule",
        "Give the schedule the number of steps of the whole run, and no restarts.",
        "learning-rate-schedule",
        "schedule-kills schedule-decays-fast schedule-restarts schedule-jumps schedule-grows",
    ),
    "too-few-epochs": _cause(
        "too few epochs", "Train longer.", "unfinished-training", "too-few-epochs"
    ),
    "batch-size": _cause(
        "batch too small",
        "Use a larger batch, or a lower learning rate.",
        "batch-too-small",
        "batch-too-small",
    ),
    "gradients-never-zeroed": _cause(
        "gradients never set to zero",
        "Set the gradients to zero before each backward pass.",
        "gradients-never-zeroed",
        "gradients-never-zeroed",
        "TORCH LIGHTNING UNKNOWN",
    ),
    "loss-and-output": _cause(
        "loss and output do not match",
        "Pair K scores with a categorical cross-entropy, or a plain number with a squared error.",
        "loss-output-mismatch target-out-of-range metric-loss-disagreement",
        "distance-for-classes probabilities-missing probabilities-twice logarithm-missing "
        "relu-output softmax-of-one bounded-output broadcast-loss wrong-sign",
    ),
    "activations": _cause(
        "activations of the hidden layers",
        "Use ReLUs in hidden layers, with initializers that fit.",
        "misplaced-activation missing-nonlinearity saturated-activations vanishing-gradients",
        "no-nonlinearity wrong-hidden-activation sigmoid-stack saturated too-deep",
    ),
    "dead-units": _cause(
        "dead ReLUs",
        "Lower the learning rate, or use LeakyReLU.",
        "dead-relu",
        "killed-by-first-steps dead-relu",
    ),
    "initialization": _cause(
        "initialization",
        "Use the default initializers.",
        "poor-initialisation",
        "huge-start tiny-start constant-start exploding-recurrence",
    ),
    "frozen-weights": _cause(
        "weights that are not trained",
        "Check trainable flags, requires_grad, and which parameters the optimizer holds.",
        "frozen-weights optimizer-misses-weights",
        "frozen-layers frozen-model optimizer-misses-weights",
    ),
    "inputs": _cause(
        "inputs not scaled, or broken",
        "Scale the inputs to mean 0 and standard deviation 1, and look for NaN.",
        "unnormalised-inputs",
        "unscaled-inputs vanishing-inputs broken-examples inputs-lost",
    ),
    "targets": _cause(
        "targets not scaled",
        "Scale the targets to mean 0 and standard deviation 1.",
        "unscaled-targets",
        "unscaled-targets",
    ),
    "labels": _cause(
        "wrong labels",
        "Look at 20 examples with their labels, and check that both stay in the same order.",
        "noisy-labels",
        "label-noise shuffled-labels",
    ),
    "order": _cause(
        "data not shuffled", "Shuffle the training data.", "unshuffled-data", "unshuffled"
    ),
    "imbalance": _cause(
        "one class dominates",
        "Weigh the classes, or sample them evenly.",
        "class-imbalance majority-guessing",
        "imbalance",
    ),
    "overfitting": _cause(
        "too few examples for the model",
        "Stop early, regularize, or get more data.",
        "overfitting missing-regularisation oversized-model",
        "few-examples memorized-noise leak",
    ),
    "regularization": _cause(
        "too much regularization",
        "Lower the weight penalty and the dropout rate.",
        "excessive-regularisation",
        "heavy-penalty heavy-dropout",
    ),
    "model-too-small": _cause(
        "model too small", "Use more units or layers.", "shallow-model underfitting", "too-small"
    ),
    "validation-data": _cause(
        "validation data are made differently",
        "Send both data sets through the same function, and compare their labels.",
        "train-validation-skew unrepresentative-validation validation-at-chance",
        "validation-scaled validation-shifted validation-mislabelled validation-renumbered "
        "unseen-classes",
    ),
    "evaluation-mode": _cause(
        "layers that differ between training and validation",
        "Check the training flag, and the momentum of batch normalization.",
        "batch-norm-statistics validation-below-training",
        "norm-lags norm-forgets dropout-in-validation",
    ),
}

#: Fault → its cause.
FAULTS: Mapping[str, str] = {
    fault: name for name, cause in CAUSES.items() for fault in cause.faults
}
