"""What a Keras model's layers, activations, losses and optimizers are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from tb_diagnose.attach.core.tables import Clipping

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
    function = getattr(layer, "activation", None)
    if function is None:
        return ""
    return _called(function) or type(function).__name__


def unit_axis(layer: Any) -> int:
    """The axis of a layer's units or channels."""
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def optimizers(model: Any) -> list[Any]:
    """The model's optimizers: the compiled one, and others that it holds."""
    found = [model.optimizer] if getattr(model, "optimizer", None) is not None else []
    for value in vars(model).values():
        if isinstance(value, keras.optimizers.Optimizer) and all(value is not f for f in found):
            found.append(value)
    return found


def innermost(optimizer: Any) -> Any:
    """The optimizer within a LossScaleOptimizer, or the optimizer itself."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def loss_name(loss: Any) -> str:
    """The name of a loss as ``compile`` takes it, empty if there are several."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, keras.losses.Loss) or callable(loss):
        return _called(loss)
    return ""


def _called(function: Any) -> str:
    return str(getattr(function, "name", None) or getattr(function, "__name__", ""))


def clipping(optimizers: Sequence[Any]) -> Clipping | None:
    """How the only optimizer clips; None where it cannot be known what became of the gradients."""
    inner = innermost(optimizers[0]) if len(optimizers) == 1 else None
    if inner is None or accumulated_steps(inner) > 1:
        return None
    limits = ("clipvalue", "clipnorm", "global_clipnorm")
    return Clipping(**{limit: getattr(inner, limit, None) for limit in limits})


def accumulated_steps(optimizer: Any) -> int:
    """Steps whose gradients an optimizer adds up before it updates the weights."""
    return getattr(innermost(optimizer), "gradient_accumulation_steps", None) or 1


def about(model: Any, optimizer: Any, framework: str, *, compiled: bool) -> dict[str, Any]:
    """What the layouts of all tables say of a training."""
    inner = innermost(optimizer)
    return {
        "framework": framework,
        "optimizer": type(inner).__name__.lower() if inner is not None else "",
        "policy": str(getattr(getattr(model, "dtype_policy", None), "name", "")),
        "jit": compiled,
    }
