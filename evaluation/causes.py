"""The causes that are told apart: what people call them, what to change, which faults they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class CauseInfo(NamedTuple):
    """One cause: its title, the change to make, and the injected faults that are it."""

    title: str
    change: str
    faults: tuple[str, ...]


def _cause(title: str, change: str, faults: str) -> CauseInfo:
    return CauseInfo(title, change, tuple(faults.split()))


CAUSES: Mapping[str, CauseInfo] = {
    "learning-rate-too-high": _cause(
        "learning rate too high",
        "Divide the learning rate by 10.",
        "rate-too-high momentum-too-high",
    ),
    "learning-rate-too-low": _cause(
        "steps too small",
        "Multiply the learning rate by 10.",
        "rate-too-low sgd-at-rate-of-adam clipped-to-nothing epsilon-too-large batch-too-large",
    ),
    "learning-rate-schedule": _cause(
        "learning rate schedule",
        "Give the schedule the number of steps of the whole run, and no restarts.",
        "schedule-kills schedule-decays-fast schedule-restarts schedule-jumps schedule-grows",
    ),
    "too-few-epochs": _cause("too few epochs", "Train longer.", "too-few-epochs"),
    "batch-size": _cause(
        "batch too small", "Use a larger batch, or a lower learning rate.", "batch-too-small"
    ),
    "gradients-never-zeroed": _cause(
        "gradients never set to zero",
        "Set the gradients to zero before each backward pass.",
        "gradients-never-zeroed",
    ),
    "loss-and-output": _cause(
        "loss and output do not match",
        "Pair K scores with a categorical cross-entropy, or a plain number with a squared error.",
        "distance-for-classes probabilities-missing probabilities-twice logarithm-missing "
        "relu-output softmax-of-one bounded-output broadcast-loss wrong-sign",
    ),
    "activations": _cause(
        "activations of the hidden layers",
        "Use ReLUs in hidden layers, with initializers that fit.",
        "no-nonlinearity wrong-hidden-activation sigmoid-stack saturated too-deep",
    ),
    "dead-units": _cause(
        "dead ReLUs",
        "Lower the learning rate, or use LeakyReLU.",
        "killed-by-first-steps dead-relu",
    ),
    "initialization": _cause(
        "initialization",
        "Use the default initializers.",
        "huge-start tiny-start constant-start exploding-recurrence",
    ),
    "frozen-weights": _cause(
        "weights that are not trained",
        "Check trainable flags, requires_grad, and which parameters the optimizer holds.",
        "frozen-layers frozen-model optimizer-misses-weights",
    ),
    "inputs": _cause(
        "inputs not scaled, or broken",
        "Scale the inputs to mean 0 and standard deviation 1, and look for NaN.",
        "unscaled-inputs vanishing-inputs broken-examples inputs-lost",
    ),
    "targets": _cause(
        "targets not scaled",
        "Scale the targets to mean 0 and standard deviation 1.",
        "unscaled-targets",
    ),
    "labels": _cause(
        "wrong labels",
        "Look at 20 examples with their labels, and check that both stay in the same order.",
        "label-noise shuffled-labels memorized-noise",
    ),
    "order": _cause("data not shuffled", "Shuffle the training data.", "unshuffled"),
    "imbalance": _cause(
        "one class dominates", "Weigh the classes, or sample them evenly.", "imbalance"
    ),
    "overfitting": _cause(
        "too few examples for the model",
        "Stop early, regularize, or get more data.",
        "few-examples leak",
    ),
    "regularization": _cause(
        "too much regularization",
        "Lower the weight penalty and the dropout rate.",
        "heavy-penalty heavy-dropout",
    ),
    "model-too-small": _cause("model too small", "Use more units or layers.", "too-small"),
    "validation-data": _cause(
        "validation data are made differently",
        "Send both data sets through the same function, and compare their labels.",
        "validation-scaled validation-shifted validation-mislabelled validation-renumbered "
        "unseen-classes",
    ),
    "evaluation-mode": _cause(
        "layers that differ between training and validation",
        "Check the training flag, and the momentum of batch normalization.",
        "norm-lags norm-forgets dropout-in-validation",
    ),
}

#: Fault → its cause.
FAULTS: Mapping[str, str] = {
    fault: name for name, cause in CAUSES.items() for fault in cause.faults
}
