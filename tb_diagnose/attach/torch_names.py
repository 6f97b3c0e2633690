"""What PyTorch's modules compute, by their class."""

from __future__ import annotations

from typing import Any

#: Classes of modules whose output is an activation's.
ACTIVATIONS = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Threshold": "threshold_relu",
    "Sigmoid": "sigmoid",
    "Hardsigmoid": "hard_sigmoid",
    "Tanh": "tanh",
    "Hardtanh": "hard_tanh",
    "Softsign": "softsign",
    "Softmax": "softmax",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "SELU": "selu",
    "GELU": "gelu",
    "SiLU": "silu",
}
#: Modules that only move numbers.
MOVERS = frozenset({"Flatten", "Unflatten", "Identity", "ModuleList", "ModuleDict", "Sequential"})


def activation(module: Any) -> str:
    """Such as ``relu``; ``linear`` for a module with weights of its own, else empty."""
    kind = type(module).__name__
    if kind in ("Hardtanh", "Threshold") and (
        (getattr(module, "min_val", -1), getattr(module, "max_val", 1)) != (-1, 1)
        or (getattr(module, "threshold", 0), getattr(module, "value", 0)) != (0, 0)
    ):
        return kind.lower()
    known = ACTIVATIONS.get(kind)
    if known is not None:
        return known
    return "linear" if any(True for _ in module.parameters(recurse=False)) else ""


def unit_axis(y: Any, module: Any) -> int:
    """The axis of channels: 1 for images, as PyTorch has it, the last one otherwise."""
    if getattr(module, "dim", None) is not None and type(module).__name__ == "Softmax":
        return int(module.dim)
    channels_first = y.dim() >= 4 or ("1d" in type(module).__name__ and y.dim() == 3)
    return 1 if channels_first else -1
