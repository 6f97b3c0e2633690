"""Many networks of one shape at once: every weight is [members, …]."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from trainings.initial import initial
from trainings.plan import Layer, Plan

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: x,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softmax": lambda x: torch.softmax(x, -1),
    "elu": functional.elu,
    "gelu": functional.gelu,
}


class Weight(NamedTuple):
    """One weight of all members, of which layer it is, and what that layer calls it."""

    layer: int
    name: str
    value: Tensor


class Ensemble:
    """The networks of several plans of one shape."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        first = plans[0]
        self.plans = plans
        self.layers = (*first.layers, Layer("dense", first.outputs, first.last))
        self.weights = [
            Weight(layer, name, torch.as_tensor(value)) for layer, name, value in initial(plans)
        ]
        self._own = {(w.layer, w.name): w.value for w in self.weights}
        self._dropout = self._each(lambda plan: plan.dropout)
        self._noisy = self._each(lambda plan: plan.noisy_eval)
        self._momentum = self._each(lambda plan: plan.norm_momentum)
        self._frozen_norm = self._each(lambda plan: plan.norm_frozen)
        channels = {w.layer: w.value.shape for w in self.weights if w.name == "gamma"}
        self.statistics = {
            layer: [torch.zeros(shape), torch.ones(shape)] for layer, shape in channels.items()
        }
        self.random = torch.Generator().manual_seed(first.seed)

    def _each(self, of: Callable[[Plan], float]) -> Tensor:
        return torch.tensor([of(plan) for plan in self.plans])

    def trainable(self, layer: int) -> Tensor:
        """1.0 for each member that trains this layer, else 0.0: [members]."""
        last = len(self.layers)
        return self._each(
            lambda plan: plan.frozen <= layer and (not plan.tuned or layer >= last - plan.tuned)
        ).float()

    def variables(self) -> list[Weight]:
        """The weights and the running statistics of batch norms."""
        statistics = [
            Weight(layer, name, value)
            for layer, values in self.statistics.items()
            for name, value in zip(("moving_mean", "moving_variance"), values, strict=True)
        ]
        return sorted([*self.weights, *statistics], key=lambda weight: weight.layer)

    def forward(self, x: Tensor, *, training: bool) -> tuple[Tensor, Tensor]:
        """Inputs [members, batch, …] → what the last layer computes, and behind its activation."""
        for number, layer in enumerate(self.layers):
            before = _KINDS[layer.kind](self, number, layer, x, training)
            within = layer.kind in ("rnn", "gru")  # which have their activation in each step
            x = before if within else _ACTIVATIONS[layer.activation or "linear"](before)
        return before, x

    def _weight(self, layer: int, name: str) -> Tensor:
        return self._own[layer, name]

    def _dense(self, number: int, _: Layer, x: Tensor, __: bool) -> Tensor:
        kernel, bias = self._weight(number, "kernel"), self._weight(number, "bias")
        return torch.baddbmm(bias[:, None], x, kernel)

    def _conv(self, number: int, layer: Layer, x: Tensor, _: bool) -> Tensor:
        """3 × 3 with zeros around: patches [members, batch · height · width, 9 · channels]."""
        members, batch, channels, height, width = x.shape
        padded = functional.pad(x, (1, 1, 1, 1))
        patches = padded.unfold(3, 3, 1).unfold(4, 3, 1).permute(0, 1, 3, 4, 2, 5, 6)
        flat = patches.reshape(members, batch * height * width, channels * 9)
        out = self._dense(number, layer, flat, False)
        return out.view(members, batch, height, width, -1).permute(0, 1, 4, 2, 3)

    def _pool(self, _: int, __: Layer, x: Tensor, ___: bool) -> Tensor:
        return functional.max_pool2d(x.flatten(0, 1), 2).unflatten(0, x.shape[:2])

    def _flatten(self, _: int, __: Layer, x: Tensor, ___: bool) -> Tensor:
        return x.flatten(2)

    def _mean(self, _: int, __: Layer, x: Tensor, ___: bool) -> Tensor:
        return x.mean(2)

    def _drop(self, _: int, __: Layer, x: Tensor, training: bool) -> Tensor:
        if not training and not self._noisy.any():
            return x
        along = (-1, *[1] * (x.dim() - 1))
        rate = self._dropout.view(along) * (training or self._noisy.float().view(along))
        kept = torch.rand(x.shape, generator=self.random) >= rate
        return x * kept / (1 - rate)

    def _norm(self, number: int, _: Layer, x: Tensor, training: bool) -> Tensor:
        """Over the batch, and over height and width of images; channels are axis 2."""
        axes = [axis for axis in range(1, x.dim()) if axis != 2]
        shape = [x.shape[0], 1, x.shape[2], *[1] * (x.dim() - 3)]
        mean, variance = self.statistics[number]
        if training:
            now = x.mean(axes), x.var(axes, unbiased=False)
            keep = self._momentum[:, None]
            with torch.no_grad():
                for old, new in zip((mean, variance), now, strict=True):
                    old.copy_(keep * old + (1 - keep) * new)
            frozen = self._frozen_norm[:, None]
            mean, variance = (
                torch.where(frozen, old, new)
                for old, new in zip((mean, variance), now, strict=True)
            )
        scaled = (x - mean.view(shape)) / (variance.view(shape) + 1e-3).sqrt()
        gamma, beta = self._weight(number, "gamma"), self._weight(number, "beta")
        return scaled * gamma.view(shape) + beta.view(shape)

    def _embed(self, number: int, _: Layer, x: Tensor, __: bool) -> Tensor:
        table = self._weight(number, "embeddings")
        members, words, _size = table.shape
        offsets = torch.arange(members).view(-1, 1, 1) * words
        return table.flatten(0, 1)[x + offsets]

    def _rnn(self, number: int, layer: Layer, x: Tensor, _: bool) -> Tensor:
        """Last state: [members, batch, units]."""
        kernel, bias = self._weight(number, "kernel"), self._weight(number, "bias")
        recurrent, activation = self._weight(number, "recurrent_kernel"), layer.activation
        seen = (x.flatten(1, 2) @ kernel + bias[:, None]).unflatten(1, x.shape[1:3])
        state = x.new_zeros(x.shape[0], x.shape[1], layer.units)
        for step in range(x.shape[2]):
            state = _ACTIVATIONS[activation](seen[:, :, step] + state @ recurrent)
        return state

    def _gru(self, number: int, layer: Layer, x: Tensor, _: bool) -> Tensor:
        kernel, bias = self._weight(number, "kernel"), self._weight(number, "bias")
        recurrent = self._weight(number, "recurrent_kernel")
        seen = (x.flatten(1, 2) @ kernel + bias[:, None]).unflatten(1, x.shape[1:3])
        state = x.new_zeros(x.shape[0], x.shape[1], layer.units)
        for step in range(x.shape[2]):
            (z, r, h), (hz, hr, hh) = (
                t.chunk(3, -1) for t in (seen[:, :, step], state @ recurrent)
            )
            z = torch.sigmoid(z + hz)
            state = z * state + (1 - z) * torch.tanh(h + torch.sigmoid(r + hr) * hh)
        return state


_KINDS: dict[str, Callable[..., Tensor]] = {
    "dense": Ensemble._dense,
    "conv": Ensemble._conv,
    "pool": Ensemble._pool,
    "flatten": Ensemble._flatten,
    "mean": Ensemble._mean,
    "dropout": Ensemble._drop,
    "norm": Ensemble._norm,
    "embed": Ensemble._embed,
    "rnn": Ensemble._rnn,
    "gru": Ensemble._gru,
}
