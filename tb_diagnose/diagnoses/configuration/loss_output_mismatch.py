"""The last layer and the loss do not belong together.

Why it matters:
    The loss then measures something else than what is wanted, or its gradient vanishes. Such a run
    often looks as if it learned: the loss falls while the accuracy stays where it was.

How it is judged:
    The last layer's activation and number of units are looked up against the loss as compiled:
    softmax over a single unit is always 1; a cross-entropy of raw numbers, or of a ReLU, is not
    one (unless from_logits=True); from_logits=True on probabilities flattens the gradient; squared
    or absolute error on a softmax learns slowly; a categorical cross-entropy needs outputs that
    compete, a binary one outputs that do not; a single ReLU under a distance can go silent for good
    (a note where the loss came down to a tenth all the same). A binary cross-entropy that goes
    below zero means labels outside 0 and 1, whatever the model.

When it stays silent:
    The log does not name the loss; a custom loss; a pairing that works.

What to try:
    K classes: Dense(K, "softmax") with sparse_categorical_crossentropy. Two classes or several
    labels: Dense(n, "sigmoid") with binary_crossentropy. A number: Dense(1) with
    mean_squared_error. Or no activation, and from_logits=True.

Sources:
    Nikanjam et al. 2021, "NeuraLint" (rules on loss linkage); Schoop et al. 2021, "UMLAUT";
    Keras API reference on losses.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Layer, Loss, ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis
from tb_diagnose.measure.levels import end_level, finite, start_level
from tb_diagnose.roles.architecture import DISTANCES, PROBABILITIES

MANY = ("categorical_crossentropy", "sparse_categorical_crossentropy")
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
HINGES = ("hinge", "squared_hinge")


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=(
        "no-learning",
        "loss-plateau",
        "slow-convergence",
        "initial-loss",
        "metric-loss-disagreement",
        "constant-output",
        "majority-guessing",
        "loss-divergence",
    ),
    since="0.1",
)
def loss_output_mismatch(model: ModelConfig, train_loss: Series | None) -> Iterator[Evidence]:
    """Each output of the model against its loss."""
    losses = model.losses * len(model.outputs) if len(model.losses) == 1 else model.losses
    for layer, loss in zip(model.outputs, losses, strict=False):
        wrong = _wrong(layer, loss)
        if wrong is not None:
            what, fix, severity = wrong
            if severity is Severity.WARNING and layer.activation == "relu" and _fits(train_loss):
                severity = Severity.INFO
            if loss.from_logits and _recovered(layer, train_loss):
                what += ", which Keras has seen through here: the loss falls below what is possible"
                severity = Severity.INFO
            yield Evidence(
                message=f"The output is {_written(layer)} and the loss {_spelled(loss)}: {what}.",
                suggestion=fix,
                tag="keras",
                severity=severity,
            )
        elif loss.name in BINARY and train_loss is not None:
            yield from _below_zero(loss, train_loss)


def _wrong(layer: Layer, loss: Loss) -> tuple[str, str, Severity | None] | None:
    """What is wrong with a pairing, what to write instead, and how grave it is; None if nothing."""
    activation, units = layer.activation, layer.units
    if not activation and layer.kind != "Dense":
        return None  # the last layer is none whose output is known, such as a Reshape
    if activation == "softmax" and units == 1:
        return (
            "softmax over one unit is 1 whatever the input, so that every prediction is the same",
            (
                'Dense(1, activation="sigmoid") with binary_crossentropy, or Dense(1) with '
                "mean_squared_error for a number"
            ),
            None,
        )
    if loss.name in MANY and units == 1:
        return (
            "a categorical loss needs one output for each class",
            (
                'Dense(K, activation="softmax") for K classes, or Dense(1, activation="sigmoid") '
                "with binary_crossentropy for two"
            ),
            None,
        )
    if loss.from_logits and activation in PROBABILITIES:
        return (
            (
                f"from_logits=True takes the {activation}'s probabilities for raw scores and "
                "squashes them a second time"
            ),
            "from_logits=False, or remove the activation of the last layer",
            None,
        )
    return _pairing(layer, loss)


def _recovered(layer: Layer, train_loss: Series | None) -> bool:
    """Whether the loss fell below the floor of probabilities taken for scores.

    The best a softmax of K probabilities can do is one 1 among zeros: ln(e + K - 1) - 1. A sigmoid
    of a probability is at most 0.731. Keras on TensorFlow finds the scores behind a softmax or
    sigmoid in float32 and uses them, whatever ``from_logits`` says.
    """
    if train_loss is None or layer.activation not in ("softmax", "sigmoid"):
        return False
    floor = -np.log(1 / (1 + np.exp(-1)))
    if layer.activation == "softmax":
        floor = np.log(np.e + layer.units - 1) - 1
    return bool(np.nanmin(train_loss.values) < floor)


def _fits(train_loss: Series | None) -> bool:
    """Whether the loss came down to a tenth of its start: then the output did no harm."""
    values = finite(train_loss.values) if train_loss is not None else np.empty(0)
    return bool(len(values)) and end_level(values) < 0.1 * start_level(values)


def _pairing(layer: Layer, loss: Loss) -> tuple[str, str, Severity | None] | None:
    activation = layer.activation
    if loss.name in MANY + BINARY and activation not in PROBABILITIES and not loss.from_logits:
        right = "softmax" if loss.name in MANY else "sigmoid"
        return (
            f"a cross-entropy needs probabilities, and {_plain(activation)} gives any number",
            f'activation="{right}" in the last layer, or from_logits=True in the loss',
            None,
        )
    if loss.name in MANY and activation == "sigmoid":
        return (
            "the classes exclude each other in the loss but not in the output",
            'activation="softmax" in the last layer',
            Severity.INFO,
        )
    if loss.name in BINARY and activation == "softmax" and layer.units > 2:
        return (
            "each class is judged by itself in the loss, but the outputs compete",
            (
                "categorical_crossentropy for classes that exclude each other, "
                'or activation="sigmoid" for several labels'
            ),
            Severity.WARNING,
        )
    if loss.name in DISTANCES and activation == "softmax":
        return (
            "a distance between probabilities has next to no gradient where the model is wrong",
            (
                "categorical_crossentropy (sparse_ for whole-number labels) for classes, or no "
                "activation for numbers"
            ),
            Severity.WARNING,
        )
    if loss.name in DISTANCES and activation == "relu" and layer.units == 1:
        return (
            "it cannot go below 0, and once it is 0 for every input its gradient is 0 as well",
            "no activation in the last layer, or softplus where the target cannot be negative",
            Severity.WARNING,
        )
    if loss.name in HINGES and activation in PROBABILITIES:
        return (
            "a hinge loss wants scores around -1 and 1, not probabilities",
            'activation="tanh" or none, and labels of -1 and 1',
            Severity.WARNING,
        )
    return None


def _below_zero(loss: Loss, curve: Series) -> Iterator[Evidence]:
    negative = np.flatnonzero(curve.values < 0)
    if len(negative):
        lowest = float(np.nanmin(curve.values))
        yield Evidence(
            message=f"{curve.name} falls to {number(lowest)}, but {_spelled(loss)} cannot go below 0: "
            "the labels are outside 0 and 1.",
            suggestion="For more than two classes Dense(K, activation='softmax') with "
            "sparse_categorical_crossentropy; for two, labels of 0 and 1.",
            tag=curve.name,
            steps=(int(curve.steps[negative[0]]),),
            measured=lowest,
            limit=0.0,
            unit="nats",
        )


def _plain(activation: str) -> str:
    return "a layer without activation" if activation == "linear" else f"a {activation}"


def _written(layer: Layer) -> str:
    return f"{layer.kind}({layer.units}, {layer.activation or 'no activation'})"


def _spelled(loss: Loss) -> str:
    return loss.name + ("(from_logits=True)" if loss.from_logits else "")
