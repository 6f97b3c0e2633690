"""What PyTorch's modules compute, by their class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch.nn.parameter import UninitializedParameter

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


def kind(optimizer: Any) -> str:
    """``adam``: an optimizer's class in lower case."""
    return type(optimizer).__name__.lower()


def clean(name: str) -> str:
    """A module's or parameter's name without what wrappers put before and into it."""
    parts = (part for part in name.split(".") if part not in WRAPPERS)
    return ".".join(parts)


#: What ``torch.compile``, DDP, DataParallel and FSDP put into names.
WRAPPERS = frozenset({"_orig_mod", "module", "_fsdp_wrapped_module"})


def flat(output: Any) -> list[Any]:
    """The tensors of a module's output, whatever they are packed in."""
    if isinstance(output, torch.Tensor):
        return [output]
    if isinstance(output, Mapping):
        output = list(output.values())
    if isinstance(output, tuple | list):
        return [tensor for part in output for tensor in flat(part)]
    return []


def is_sharded(tensor: Any) -> bool:
    """Whether other processes hold parts of it."""
    return hasattr(tensor, "to_local")


def is_here(tensor: Any) -> bool:
    """Whether this process holds some part of it."""
    return bool(local(tensor).numel() > 0)


def local(tensor: Any) -> Any:
    """This process's part of a tensor."""
    return tensor.to_local() if is_sharded(tensor) else tensor


def dtype(kind: Any) -> str:
    """``float32``."""
    return str(kind).removeprefix("torch.")


def shape(weight: Any) -> tuple[int, ...]:
    """A parameter's shape, ``(0,)`` for one that is not made yet."""
    return (0,) if isinstance(weight, UninitializedParameter) else tuple(weight.shape)


def loss_of(output: Any) -> Any:
    """The loss among a model's results, where it computes its own; else None."""
    loss = output.get("loss") if isinstance(output, Mapping) else getattr(output, "loss", None)
    return loss if isinstance(loss, torch.Tensor) and loss.dim() == 0 else None


def classes(loss: Any, y_pred: Any, y: Any) -> int:
    """How many classes the targets of a loss module name, 0 where they are numbers."""
    kind = type(loss).__name__
    if kind in ("CrossEntropyLoss", "NLLLoss") and not y.is_floating_point():
        return int(y_pred.shape[1 if y_pred.dim() > 1 else 0])
    single = y.dim() == 1 or y.shape[1:].numel() == 1
    return 2 if kind.startswith("BCE") and single else 0


def unwrapped(optimizer: Any) -> Any:
    """PyTorch's optimizer within one of Accelerate's or Lightning's; a scheduler is none."""
    inner = getattr(optimizer, "optimizer", None)
    wraps = isinstance(inner, torch.optim.Optimizer) and hasattr(optimizer, "param_groups")
    return unwrapped(inner) if wraps else optimizer


def weights(optimizer: Any) -> Iterator[Any]:
    """Every parameter that an optimizer holds."""
    for group in optimizer.param_groups:
        yield from group["params"]


def trained(optimizer: Any) -> Iterator[Any]:
    """Those of them that are not frozen."""
    return (weight for weight in weights(optimizer) if weight.requires_grad)


def tensors(arguments: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors that a model is called with, by name; ``input`` for a single one."""
    positional = [tensor for tensor in arguments if isinstance(tensor, torch.Tensor)]
    found = {f"input_{place}": tensor for place, tensor in enumerate(positional)}
    found |= {name: tensor for name, tensor in named.items() if isinstance(tensor, torch.Tensor)}
    if len(found) == 1 and positional:
        return {"input": positional[0]}
    return found
