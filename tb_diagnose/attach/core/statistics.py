"""What is computed on the device, in terms of ``Ops``. Shapes: b examples, u units, c channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from tb_diagnose.attach.core.ops import Ops, Tensor

#: Elements of an output, an input or the labels that are looked at (chosen: above it, reading them
#: costs more than the estimate gains; whole examples are taken).
CAP = 1 << 18
#: Fingerprints taken of a batch, and numbers of an example that enter one (chosen).
PRINTS, PRINTED = 64, 4096
#: Numbers of a gradient that stand for all of it where gradients of several steps are compared
#: (chosen: a thousand directions tell noise from signal, and they are cheap to bring to the host).
EXCERPT = 4096
#: Channels up to which each has its own row, and classes up to which each is counted.
CHANNELS, CLASSES = 64, 256
#: Share of an activation's range at either end that counts as saturated, and the confidence
#: of a softmax that does.
OUTER, CONFIDENT = 0.01, 0.99
#: Activations that are exactly 0 for a unit that is off.
RECTIFIERS = frozenset({"relu", "relu6", "threshold_relu"})
#: Activations with ends: (low, high).
RANGES: Mapping[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}


def head(ops: Ops, x: Tensor, cap: int = CAP) -> Tensor:
    """The first examples of [b, …], as float32: at most ``cap`` numbers, but one example."""
    sizes = [256 if size is None else size for size in ops.shape(x)[1:]]
    return ops.floats(x[: max(1, cap // max(1, prod(sizes)))])


def nonfinite(ops: Ops, x: Tensor) -> Tensor:
    """How many numbers are NaN or infinite."""
    return ops.sum(1.0 - ops.floats(ops.finite(x)))


def activity(ops: Ops, part: Tensor) -> Tensor:
    """[4]: mean, standard deviation, share of exact zeros, count of non-finite numbers."""
    mean = ops.mean(part)
    centered = part - mean
    std = ops.root(ops.mean(centered * centered))
    zero = ops.mean(ops.floats(part == 0.0))
    return ops.stack([mean, std, zero, nonfinite(ops, part)])


def others(ops: Ops, y: Tensor, unit_axis: int) -> tuple[int, ...]:
    """All axes but that of the units."""
    rank = len(ops.shape(y))
    return tuple(axis for axis in range(rank) if axis != unit_axis % rank)


def alive(ops: Ops, y: Tensor, unit_axis: int) -> Tensor:
    """[u]: 1 for each unit that was above 0 at any position of any example."""
    return ops.floats(ops.high(y, others(ops, y, unit_axis)) > 0)


def outer(ops: Ops, part: Tensor, unit_axis: int, activation: str) -> Tensor:
    """[u]: share of a unit's outputs in the outer 1 % of the activation's range.

    For a softmax [1]: the share of its distributions with one probability above 0.99.
    """
    if activation == "softmax":
        sure = ops.high(part, unit_axis) > CONFIDENT
        return ops.reshape(ops.mean(ops.floats(sure)), (1,))
    low, high = RANGES[activation]
    margin = OUTER * (high - low)
    ends = ops.floats(part < low + margin) + ops.floats(part > high - margin)
    return ops.mean(ends, others(ops, part, unit_axis))


def square(ops: Ops, x: Tensor) -> Tensor:
    """Sum of squares."""
    wide = ops.floats(x)
    return ops.sum(wide * wide)


def excerpt(ops: Ops, tensors: Sequence[Tensor], sizes: Sequence[int]) -> tuple[int, Tensor]:
    """[n]: evenly spaced numbers of the tensors, at the same places at every step; and n.

    ``sizes`` are how many numbers each holds. An odd distance does not keep to one column.
    """
    apart = max(1, -(-sum(sizes) // EXCERPT)) | 1
    parts = [ops.floats(ops.reshape(tensor, (-1,))[::apart]) for tensor in tensors]
    return sum(-(-size // apart) for size in sizes), ops.join(parts)


def channels(ops: Ops, x: Tensor) -> int:
    """Size of the last axis where each channel gets its own row, 0 where the whole gets one."""
    shape = ops.shape(x)
    last = shape[-1] if len(shape) > 1 else None
    return last if last is not None and last <= CHANNELS else 0


def spread(ops: Ops, x: Tensor, channels: int) -> list[Tensor]:
    """Five vectors [c]: mean, standard deviation, lowest, highest, count of non-finite numbers."""
    part = ops.reshape(head(ops, x), (-1, channels or 1))
    mean = ops.mean(part, 0)
    centered = part - mean
    std = ops.root(ops.mean(centered * centered, 0))
    wrong = ops.sum(1.0 - ops.floats(ops.finite(part)), 0)
    return [mean, std, ops.low(part, 0), ops.high(part, 0), wrong]


def fingerprints(ops: Ops, inputs: list[Tensor]) -> list[Tensor]:
    """Two vectors [64]: the halves of a 32-bit fingerprint per example, -1 where there is none.

    Integer arithmetic wraps and commutes: equal examples have equal fingerprints on any device.
    Halves are exact as float32.
    """
    total: Tensor = 0
    for place, x in enumerate(inputs):
        flat = _sampled(ops, x)
        factors = np.random.default_rng(place).integers(-(2**31), 2**31, ops.shape(flat)[1])
        factors = factors.astype(np.int32) | np.int32(1)
        words = ops.bits(flat) if "float" in ops.dtype(x) else ops.integers(flat)
        total = total + ops.sum(words * ops.constant(factors, "int32"), 1)
    none = ops.constant(np.full(PRINTS, -1.0), "float32")
    halves = (total % 65536, (total // 65536) % 65536)
    return [ops.join([ops.floats(half), none])[:PRINTS] for half in halves]


def _sampled(ops: Ops, x: Tensor) -> Tensor:
    """[b, n] with b <= 64 and n <= 4096: evenly spaced numbers of the first examples."""
    sizes = ops.shape(x)[1:]
    if any(size is None for size in sizes):
        raise ValueError("fingerprints need inputs of a fixed size")
    width = prod(size for size in sizes if size is not None)
    flat = ops.reshape(x[:PRINTS], (-1, width))
    part = flat[:, :: -(-width // PRINTED)]
    return ops.floats(part) if "float" in ops.dtype(x) else part


def counts(ops: Ops, y: Tensor, classes: int) -> Tensor:
    """[classes]: how many of the labels [n] name each class."""
    labels = ops.reshape(ops.integers(y), (-1, 1))[: CAP // classes]
    every = ops.constant(np.arange(classes), "int32")
    return ops.sum(ops.floats(labels == every), 0)
