"""Many networks of one shape at once: every weight is [members, …]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
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
    """The networks of several plans of one shape.

    Attributes:
        flat: all weights of a member in a row, [members, weights].
        weights: the same, one by one; they share its memory.
        statistics: layer → running mean and variance, [members, channels].
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        first = plans[0]
        self.plans = plans
        self.layers = (*first.layers, Layer("dense", first.outputs, first.last))
        starts = [(layer, name, torch.as_tensor(value)) for layer, name, value in initial(plans)]
        self.flat = torch.cat([value.flatten(1) for _, _, value in starts], 1)
        sizes = [value[0].numel() for _, _, value in starts]
        parts = torch.split_with_sizes(self.flat, sizes, 1)
        self.weights = [
            Weight(layer, name, part.view(value.shape).detach().requires_grad_())
            for (layer, name, value), part in zip(starts, parts, strict=True)
        ]
        self._own = {(w.layer, w.name): w.value for w in self.weights}
        self._training = True
        self._rate = self._each(lambda plan: plan.dropout)
        self._noisy = self._each(lambda plan: plan.noisy_eval).float()
        self._momentum = self._each(lambda plan: plan.norm_momentum)
        channels = {w.layer: w.value.shape for w in self.weights if w.name == "gamma"}
        self.statistics = {
            layer: [torch.zeros(shape), torch.ones(shape)] for layer, shape in channels.items()
        }
        self.random = torch.Generator().manual_seed(first.seed)

    def _each(self, of: Callable[[Plan], float]) -> Tensor:
        return torch.tensor([of(plan) for plan in self.plans])

    def trainable(self) -> Tensor:
        """1.0 for each weight that is trained, else 0.0: [members, weights]."""
        last = len(self.layers)

        def trains(plan: Plan, layer: int) -> bool:
            return plan.frozen <= layer and (not plan.tuned or layer >= last - plan.tuned)

        return self._over(lambda plan, weight: float(trains(plan, weight.layer)))

    def penalized(self) -> Tensor:
        """The penalty of each weight: [members, weights]; only kernels have one."""
        return self._over(lambda plan, weight: plan.l2 * ("kernel" in weight.name))

    def _over(self, of: Callable[[Plan, Weight], float]) -> Tensor:
        sizes = [weight.value[0].numel() for weight in self.weights]
        rows = [np.repeat([of(plan, w) for w in self.weights], sizes) for plan in self.plans]
        return torch.tensor(np.array(rows), dtype=torch.float32)

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
        self._training = training
        for number, layer in enumerate(self.layers):
            before = getattr(self, f"_{layer.kind}")(number, x)
            within = layer.kind in ("rnn", "gru")  # which have their activation in each step
            x = before if within else _ACTIVATIONS[layer.activation or "linear"](before)
        return before, x

    def _dense(self, number: int, x: Tensor) -> Tensor:
        return torch.baddbmm(self._own[number, "bias"][:, None], x, self._own[number, "kernel"])

    def _conv(self, number: int, x: Tensor) -> Tensor:
        """3 × 3 with zeros around: one convolution with a group of channels for each member."""
        members, batch, channels, height, width = x.shape
        kernel, bias = self._own[number, "kernel"], self._own[number, "bias"]
        windows = kernel.view(members, channels, 3, 3, -1).permute(0, 4, 1, 2, 3).flatten(0, 1)
        side_by_side = x.transpose(0, 1).reshape(batch, members * channels, height, width)
        out = functional.conv2d(side_by_side, windows, bias.flatten(), padding=1, groups=members)
        return out.view(batch, members, -1, height, width).transpose(0, 1)

    def _pool(self, _: int, x: Tensor) -> Tensor:
        pooled = functional.max_pool2d(x.flatten(0, 1), 2)
        return pooled.view(*x.shape[:2], *pooled.shape[1:])

    def _flatten(self, _: int, x: Tensor) -> Tensor:
        return x.flatten(2)

    def _mean(self, _: int, x: Tensor) -> Tensor:
        return x.mean(2)

    def _dropout(self, _: int, x: Tensor) -> Tensor:
        drops = torch.ones_like(self._noisy) if self._training else self._noisy
        if not drops.any():
            return x
        rate = (self._rate * drops).view(-1, *[1] * (x.dim() - 1))
        kept = torch.rand(x.shape, generator=self.random) >= rate
        return x * kept / (1 - rate)

    def _norm(self, number: int, x: Tensor) -> Tensor:
        """Over the batch, and over height and width of images; channels are axis 2."""
        shape = [x.shape[0], 1, x.shape[2], *[1] * (x.dim() - 3)]
        mean, variance = self._moments(number, x)
        scaled = (x - mean.view(shape)) / (variance.view(shape) + 1e-3).sqrt()
        gamma, beta = self._own[number, "gamma"], self._own[number, "beta"]
        return scaled * gamma.view(shape) + beta.view(shape)

    def _moments(self, number: int, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance that a batch norm goes by; in training the running ones follow."""
        running = self.statistics[number]
        if not self._training:
            return running[0], running[1]
        axes = [axis for axis in range(1, x.dim()) if axis != 2]
        now = x.mean(axes), x.var(axes, unbiased=False)
        keep = self._momentum[:, None]
        with torch.no_grad():
            for old, new in zip(running, now, strict=True):
                old.copy_(keep * old + (1 - keep) * new)
        return now

    def _embed(self, number: int, x: Tensor) -> Tensor:
        table = self._own[number, "embeddings"]
        members, words, _size = table.shape
        offsets = torch.arange(members).view(-1, 1, 1) * words
        return table.flatten(0, 1)[x + offsets]

    def _rnn(self, number: int, x: Tensor) -> Tensor:
        """Last state: [members, batch, units]."""
        recurrent = self._own[number, "recurrent_kernel"]
        activation = _ACTIVATIONS[self.layers[number].activation]
        state = x.new_zeros(*x.shape[:2], self.layers[number].units)
        for seen in self._seen(number, x):
            state = activation(seen + state @ recurrent)
        return state

    def _gru(self, number: int, x: Tensor) -> Tensor:
        """Last state, with the reset gate behind the recurrent kernel, as Keras and cuDNN do."""
        recurrent = self._own[number, "recurrent_kernel"]
        state = x.new_zeros(*x.shape[:2], self.layers[number].units)
        for seen in self._seen(number, x):
            (z, r, h), (hz, hr, hh) = seen.chunk(3, -1), (state @ recurrent).chunk(3, -1)
            z = torch.sigmoid(z + hz)
            state = z * state + (1 - z) * torch.tanh(h + torch.sigmoid(r + hr) * hh)
        return state

    def _seen(self, number: int, x: Tensor) -> Iterator[Tensor]:
        """What each step [members, batch, features] gives to the gates."""
        seen = self._dense(number, x.flatten(1, 2))
        yield from seen.view(*x.shape[:3], -1).unbind(2)
