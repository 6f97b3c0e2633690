"""PyTorch's losses in Keras' words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tb_diagnose.core.model import Layer, Loss
from tb_diagnose.read.setup.layers import functional_layer

_SPARSE, _BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"
#: Class or function of a loss → its name, and whether it takes raw scores.
NAMES: Mapping[str, tuple[str, bool]] = {
    "cross_entropy": (_SPARSE, True),
    "binary_cross_entropy": (_BINARY, False),
    "bce": (_BINARY, False),
    "binary_cross_entropy_with_logits": (_BINARY, True),
    "bce_with_logits": (_BINARY, True),
    "mse": ("mean_squared_error", False),
    "l1": ("mean_absolute_error", False),
    "smooth_l1": ("huber", False),
    "huber": ("huber", False),
    "kl_div": ("kl_divergence", False),
    "nll": (_SPARSE, False),
}
#: Operation of the gradient's graph → the function that it is part of.
OPERATIONS: Mapping[str, str] = {
    "NllLoss": "nll",
    "NllLoss2D": "nll",
    "NllLossNd": "nll",
    "BinaryCrossEntropy": "binary_cross_entropy",
    "BinaryCrossEntropyWithLogits": "binary_cross_entropy_with_logits",
    "MseLoss": "mse",
    "L1Loss": "l1",
    "SmoothL1Loss": "smooth_l1",
    "HuberLoss": "huber",
    "KlDiv": "kl_div",
}
_SQUASHING = {"Softmax": "softmax", "Sigmoid": "sigmoid"}


def torch_loss(row: Mapping[str, Any], outputs: list[Layer]) -> Loss | None:
    """The loss; None where only operations are known that belong to no loss.

    ``outputs`` are the model's. What the training does to one before it enters the loss, such as
    a softmax of its own, is appended to it.
    """
    through = list(row.get("through", ()))
    name = _snake(str(row["name"]))
    if not name:
        place = next((at for at, op in enumerate(through) if op in OPERATIONS), None)
        if place is None:
            return None
        name, through = OPERATIONS[through[place]], through[place + 1 :]
    known, from_logits = NAMES.get(name, (name, False))
    logarithm = "LogSoftmax" in through or any(
        layer.activation == "log_softmax" for layer in outputs
    )
    if name == "nll" and logarithm:
        # Together they are a cross-entropy on raw scores.
        from_logits = True
        _without(outputs, "log_softmax")
    for operation in reversed(through):
        if operation in _SQUASHING and outputs:
            activation = _SQUASHING[operation]
            last = outputs[-1]
            name_ = f"{last.name}/{activation}"
            outputs[-1] = functional_layer(name_, "Activation", activation, last)
    return Loss(known, from_logits, "", dict(row["config"]))


def _without(outputs: list[Layer], activation: str) -> None:
    for at, layer in enumerate(outputs):
        if layer.activation == activation:
            outputs[at] = layer._replace(activation="linear")


def _snake(name: str) -> str:
    """``cross_entropy`` for ``CrossEntropyLoss`` and for ``cross_entropy``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return name.removesuffix("_loss")
