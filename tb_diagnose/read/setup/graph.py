"""PyTorch's layers in their order, with what functions do between them as layers of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tb_diagnose.core.model import Layer
from tb_diagnose.read.setup.layers import functional_layer, torch_layer

#: Operations of the gradient's graph that are an activation, in Keras' words.
ACTIVATIONS: Mapping[str, str] = {
    "Relu": "relu",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Gelu": "gelu",
    "Silu": "silu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "LogSigmoidForward": "log_sigmoid",
    "Softplus": "softplus",
    "Hardtanh": "hard_tanh",
    "Hardsigmoid": "hard_sigmoid",
    "Hardswish": "hard_silu",
    "Mish": "mish",
    "Exp": "exponential",
}
#: Operations that pool.
POOLS: Mapping[str, str] = {
    "MaxPool2DWithIndices": "MaxPooling2D",
    "MaxPool3DWithIndices": "MaxPooling3D",
    "AvgPool2D": "AveragePooling2D",
    "AdaptiveAvgPool2D": "GlobalAveragePooling2D",
    "MkldnnMaxPool2D": "MaxPooling2D",
}
#: Operations that move, scale, shift or average numbers; of two inputs only one has a gradient.
LINEAR = frozenset(
    "View Reshape UnsafeView ReshapeAlias T Transpose Permute Expand Squeeze Unsqueeze Clone Alias"
    " AsStrided ToCopy Slice Select Contiguous Flatten Mul Div Add Sub Neg Mean Sum NativeDropout"
    " Index Split Chunk Unbind Narrow Repeat Pad ConstantPadNd UnsafeSplit".split()
)
#: Layers that change no number.
_MOVERS = ("Flatten", "Reshape")
#: Stands for what cannot be told apart: neighbors in the list are then no neighbors.
_UNKNOWN = "?"


def chained(
    rows: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]]
) -> tuple[list[Layer], list[Layer], bool]:
    """The layers, those that make the outputs, and whether each follows the one before it."""
    flat: list[Layer] = []
    known = bool(outputs)
    last: str | None = None
    by_name: dict[str, Layer] = {}
    for row in rows:
        origins = row.get("from", [])
        single = origins[0] if len(origins) == 1 else {"layer": _UNKNOWN, "through": []}
        known = known and single["layer"] == last
        known = _functions(flat, single["through"], by_name.get(str(last))) and known
        if row["kind"] != "Identity":
            flat.append(torch_layer(row))
            by_name[str(row["name"])] = flat[-1]
        last = str(row["name"])
    ends: list[Layer] = []
    for output in outputs:
        known = known and output["layer"] == last
        length = len(flat)
        known = _functions(flat, output["through"], by_name.get(str(output["layer"]))) and known
        end = flat[-1] if len(flat) > length else by_name.get(str(output["layer"]))
        while known and end is not None and end.kind in _MOVERS and end is not flat[0]:
            end = flat[flat.index(end) - 1]
        if end is not None:
            ends.append(end)
    return flat, ends, known


def _functions(flat: list[Layer], through: Sequence[str], before: Layer | None) -> bool:
    """Append what functions do behind a layer; False where one of them is not known."""
    known = True
    for operation in reversed(through):  # they are told from the end
        name = function_name(before.name if before else "input", operation)
        kind = operation.rstrip("0123456789")
        if kind in ACTIVATIONS:
            flat.append(functional_layer(name, "Activation", ACTIVATIONS[kind], before))
        elif operation in POOLS:
            flat.append(functional_layer(name, POOLS[operation], "", before))
        elif kind not in LINEAR:
            known = False
    return known


def function_name(before: str, operation: str) -> str:
    """What an operation behind a layer is called: ``conv1/relu``."""
    return f"{before}/{operation.lower()}".rstrip("0123456789")
