"""Losses and scores of an ensemble, each [members] or [members, batch] wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from trainings.plan import Plan

_TINY = 1e-7


def one_hot(y: Tensor, outputs: int) -> Tensor:
    """Class numbers [members, batch] as rows; what is no class number is left as it is."""
    if y.dtype != torch.long:
        return y
    return functional.one_hot(y, outputs).float() if outputs > 1 else y.float()[..., None]


def loss(name: str, z: Tensor, out: Tensor, y: Tensor) -> Tensor:
    """Mean over the batch: [members].

    Args:
        name: of the loss, a key of the table below.
        z: what the output layer computes before its activation: [members, batch, outputs].
        out: the same behind it.
        y: class numbers [members, batch] or targets [members, batch, outputs].
    """
    return _LOSSES[name](z, out, one_hot(y, z.shape[-1])).flatten(1).mean(1)


def _cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return -(target * torch.log_softmax(logits, -1)).sum(-1)


def _of_shares(out: Tensor, target: Tensor) -> Tensor:
    """As Keras does with outputs that are meant to be probabilities."""
    shares = (out / out.sum(-1, keepdim=True)).clamp(_TINY, 1 - _TINY)
    return -(target * shares.log()).sum(-1)


def _binary_of_shares(out: Tensor, target: Tensor) -> Tensor:
    p = out.clamp(_TINY, 1 - _TINY)
    return -(target * p.log() + (1 - target) * (1 - p).log())


def _binary(logits: Tensor, target: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="none")


_LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "cross-entropy": lambda z, _, y: _cross_entropy(z, y),
    "cross-entropy of outputs": lambda _, out, y: _cross_entropy(out, y),
    "cross-entropy of shares": lambda _, out, y: _of_shares(out, y),
    "negative likelihood": lambda _, out, y: -(y * out).sum(-1),
    "binary": lambda z, _, y: _binary(z, y),
    "binary of outputs": lambda _, out, y: _binary(out, y),
    "binary of shares": lambda _, out, y: _binary_of_shares(out, y),
    "mse": lambda _, out, y: (out - y) ** 2,
    "mae": lambda _, out, y: (out - y).abs(),
    "broadcast mse": lambda _, out, y: (out - y[..., 0][:, None, :]) ** 2,
}


def says_yes(plan: Plan, z: Any, out: Any) -> Any:
    """Where a network with an output for each question says yes, in whatever array ``z`` is."""
    return z > 0 if plan.loss == "binary" and plan.last in ("linear", "sigmoid") else out > 0.5


def score(plan: Plan, z: Tensor, out: Tensor, y: Tensor) -> Tensor:
    """Accuracy, or the mean absolute error of a regression: [members]."""
    if plan.task == "regression":
        return (out - y).abs().flatten(1).mean(1)
    if plan.task == "classes":
        return (out.argmax(-1) == y).float().mean(1)
    target = y[..., None] if y.dtype == torch.long else y
    right: Tensor = says_yes(plan, z, out).float() == target
    return right.float().flatten(1).mean(1)
