"""The graph for the gradients, read backward: what a tensor was made from, by which operations."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from tb_diagnose.read.setup.graph import ACTIVATIONS, POOLS

#: Operations that are followed back, at most (chosen: more is no activation).
FAR = 12


class Origin(NamedTuple):
    """Where a tensor comes from.

    Attributes:
        node: the known node behind it; None for data, and where the way branches.
        through: the operations in between, the last one first.
        branches: whether the way back ended at an operation with several inputs, or too far away.
    """

    node: Any
    through: list[str]
    branches: bool


def origin(node: Any, known: Mapping[Any, Any]) -> Origin:
    """Follow the graph back from ``node`` to the first node that is ``known``."""
    through: list[str] = []
    while node is not None and node not in known:
        if len(through) == FAR:
            return Origin(None, through, branches=True)
        through.append(operation(node))
        before = [one for one, _ in node.next_functions if one is not None]
        before = [one for one in before if "AccumulateGrad" not in one.name()]
        if len(before) > 1:
            return Origin(None, through, branches=True)
        node = before[0] if before else None
    return Origin(node, through, branches=False)


def operation(node: Any) -> str:
    """``Relu`` for ``ReluBackward0``."""
    return str(node.name().partition("Backward")[0])


def called_function(node: Any, known: Mapping[Any, Any]) -> tuple[Any, str, str] | None:
    """The activation that was called as a function and made a tensor, pooled or not.

    What is known of the node before it, the operation, the activation; None where there is none.
    """
    through = origin(node, known)
    names = [one for one in through.through if one not in POOLS]
    if through.node is None or len(names) != 1 or len(through.through) > 2:
        return None
    activation = ACTIVATIONS.get(names[0].rstrip("0123456789"))
    return (known[through.node], names[0], activation) if activation else None


def differentiated(thread: int) -> Any:
    """The tensor whose ``backward()`` runs in a thread, or None.

    A GPU's part of a backward pass runs in a thread of its own, so the caller is not among that
    one's callers.
    """
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - as the standard library names it
    while frame is not None:
        if frame.f_code is torch.Tensor.backward.__code__:
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None
