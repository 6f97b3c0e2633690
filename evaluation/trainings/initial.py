"""What the weights start as, for each member by its own seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from trainings.plan import Array, Layer, Plan, rng

Start = tuple[int, str, Array]


def initial(plans: Sequence[Plan]) -> Iterator[Start]:
    """Layer, name and value [members, …] of each weight, in the order of the layers."""
    for parts in zip(*map(_member, plans), strict=True):
        layer, name, _ = parts[0]
        yield layer, name, np.stack([value for _, _, value in parts]).astype(np.float32)


def _member(plan: Plan) -> Iterator[Start]:
    random = rng(plan.seed, 1)
    shape = plan.split.train[0].shape[1:]
    layers = (*plan.layers, Layer("dense", plan.outputs, plan.last))
    for number, layer in enumerate(layers):
        hidden = number < len(plan.layers)
        for name, value in _layer(plan, layer, shape, random, hidden=hidden):
            yield number, name, value
        shape = output_shape(layer, shape)


def output_shape(layer: Layer, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Of one example behind a layer."""
    if layer.kind == "conv":
        return (layer.units, *shape[1:])
    if layer.kind == "pool":
        return (shape[0], shape[1] // 2, shape[2] // 2)
    if layer.kind == "flatten":
        return (prod(shape),)
    if layer.kind == "mean":
        return shape[1:]
    if layer.kind == "embed":
        return (*shape, layer.units)
    return (layer.units,) if layer.units else shape


#: Size of the vocabulary of every embedding.
WORDS = 200


def _layer(
    plan: Plan, layer: Layer, shape: tuple[int, ...], random: np.random.Generator, *, hidden: bool
) -> Iterator[tuple[str, Array]]:
    kind, units = layer.kind, layer.units
    bias = plan.bias if hidden else 0.0
    if kind in ("dense", "conv"):
        fan_in, spread = (shape[0] * 9, 9) if kind == "conv" else (shape[-1], 1)
        yield "kernel", _kernel(plan, (fan_in, units), random, spread)
        yield "bias", bias + _bias(plan, fan_in, units, random)
    elif kind == "norm":
        yield "gamma", np.ones(shape[0])
        yield "beta", np.zeros(shape[0])
    elif kind == "embed":
        table = random.uniform(-0.05, 0.05, (WORDS, units))
        yield "embeddings", plan.gain * (table if plan.start == "keras" else table * 20)
    elif kind in ("rnn", "gru"):
        gates = 3 if kind == "gru" else 1
        yield "kernel", _kernel(plan, (shape[-1], gates * units), random, 1)
        parts = [_orthogonal(units, random) for _ in range(gates)]
        yield "recurrent_kernel", plan.recurrence * np.concatenate(parts, axis=1)
        yield "bias", np.full(gates * units, bias)


def _kernel(plan: Plan, shape: tuple[int, int], random: np.random.Generator, spread: int) -> Array:
    """``spread`` is the size of the window, which the outputs of a convolution fan out by too."""
    fan_in, fan_out = shape[0], shape[1] * spread
    limit = (6 / (fan_in + fan_out)) ** 0.5 if plan.start == "keras" else fan_in**-0.5
    drawn = random.uniform(-limit, limit, shape)
    return plan.gain * drawn if plan.constant is None else np.full(shape, plan.constant)


def _bias(plan: Plan, fan_in: int, units: int, random: np.random.Generator) -> Array:
    if plan.start == "keras" or plan.constant is not None:
        return np.zeros(units)
    return random.uniform(-(fan_in**-0.5), fan_in**-0.5, units)


def _orthogonal(size: int, random: np.random.Generator) -> Array:
    q, r = np.linalg.qr(random.normal(size=(size, size)))
    return np.asarray(q * np.sign(np.diag(r)))
