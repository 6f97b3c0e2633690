"""What a Keras model's layers, activations, losses and optimizers are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

#: Layers that only move numbers: their output says nothing that their input does not.
MOVERS = frozenset(
    "InputLayer Flatten Reshape Permute RepeatVector Identity Cropping1D Cropping2D Cropping3D "
    "ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D".split()
)
#: Layers that are activations by their kind.
KINDS = {"LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu", "Softmax": "softmax"}


def walk(model: Any) -> Iterator[tuple[str, Any]]:
    """Every layer below a model, once, with a path that is unique in it.

    What lies inside a recurrent cell is left out: it runs within a loop.
    """
    seen = {id(model)}
    names: set[str] = set()

    def below(layer: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for inner in getattr(layer, "_layers", ()):
            if id(inner) in seen or not isinstance(inner, keras.layers.Layer):
                continue
            seen.add(id(inner))
            path = f"{prefix}{inner.name}"
            while path in names:
                path += "'"
            names.add(path)
            yield path, inner
            if not hasattr(inner, "cell"):
                yield from below(inner, f"{path}/")

    yield from below(model, "")


def measured(layer: Any) -> bool:
    """Whether a layer's output gets a row."""
    return type(layer).__name__ not in MOVERS and not isinstance(layer, keras.Model)


def activation(layer: Any) -> str:
    """``relu``, ``tanh``, ``linear`` …; empty for a layer that has no such thing."""
    kind = type(layer).__name__
    if kind == "ReLU":
        if getattr(layer, "negative_slope", 0.0):
            return "leaky_relu"
        return "relu6" if getattr(layer, "max_value", None) == 6 else "relu"
    if kind in KINDS:
        return KINDS[kind]
    given = getattr(layer, "activation", None)
    if given is None:
        return ""
    return str(getattr(given, "__name__", "") or getattr(given, "name", "") or type(given).__name__)


def unit_axis(layer: Any) -> int:
    """The axis of a layer's units or channels."""
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def optimizers(model: Any) -> list[Any]:
    """The model's optimizers: the compiled one, and others that it holds."""
    found = [model.optimizer] if getattr(model, "optimizer", None) is not None else []
    for each in vars(model).values():
        if isinstance(each, keras.optimizers.Optimizer) and all(each is not f for f in found):
            found.append(each)
    return found


def innermost(optimizer: Any) -> Any:
    """The optimizer within a LossScaleOptimizer, or the optimizer itself."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def loss_name(loss: Any) -> str:
    """The name of a loss as ``compile`` takes it, empty if there are several."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, keras.losses.Loss) or callable(loss):
        return str(getattr(loss, "name", None) or getattr(loss, "__name__", ""))
    return ""
