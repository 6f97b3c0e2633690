"""Train an ensemble and measure it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from trainings import losses
from trainings.network import Ensemble
from trainings.optimizers import Optimizer, rates
from trainings.plan import Array, Plan, rng
from trainings.record import Histograms, Record
from trainings.skill import skill

Batch = tuple[Tensor, Tensor]
_BINS = 30


def train(plans: Sequence[Plan]) -> list[Record]:
    """Train plans of one shape; a record for each, in their order."""
    torch.set_num_threads(1)
    return _Training(plans).run()


class _Training:
    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans, self.first = plans, plans[0]
        self.network = Ensemble(plans)
        self.weights = [weight.value for weight in self.network.weights]
        self.trained, self.l2 = self.network.trainable(), self.network.penalized()
        self.sign = torch.tensor([plan.sign for plan in plans])
        self.clip = torch.tensor([plan.clip or np.inf for plan in plans], dtype=torch.float32)
        self.keep = torch.tensor([[float(plan.keep_gradients)] for plan in plans])
        self.gradient = torch.zeros_like(self.network.flat)
        self.optimizer = Optimizer(plans, self.network.flat)
        self.orders = [rng(plan.seed, 2) for plan in plans]
        self.data = [_stacked([plan.split[part] for plan in plans]) for part in range(3)]

    def run(self) -> list[Record]:
        count, plan = len(self.first.split.train[1]), self.first
        schedule = torch.tensor(np.array([rates(plan) for plan in self.plans]), dtype=torch.float32)
        steps: list[Tensor] = []
        epochs: list[Tensor] = []
        weights: list[list[tuple[Array, Array, Array]]] = []
        with np.errstate(all="ignore"):
            for _ in range(plan.epochs):
                order = self._order(count)
                for begin in range(0, count, plan.batch):
                    batch = _rows(self.data[0], order[:, begin : begin + plan.batch])
                    steps.append(self._step(batch, schedule[:, len(steps)]))
                epochs.append(self._validate())
                weights.append([_histogram(weight.value) for weight in self.network.variables()])
            return self._records(schedule, torch.stack(steps), torch.stack(epochs), weights)

    def _order(self, count: int) -> Tensor:
        rows = [
            random.permutation(count) if plan.shuffle else np.arange(count)
            for plan, random in zip(self.plans, self.orders, strict=True)
        ]
        return torch.as_tensor(np.array(rows))

    def _step(self, batch: Batch, rate: Tensor) -> Tensor:
        """Loss, score, norm of the gradient, penalty: [4, members]."""
        x, y = batch
        z, out = self.network.forward(x, training=True)
        loss = losses.loss(self.first.loss, z, out, y)
        with torch.no_grad():
            score = losses.score(self.first, z, out, y)
            penalty = self._penalty()
        new = torch.autograd.grad((self.sign * loss).sum(), self.weights)
        with torch.no_grad():
            norm = self._update(new, rate)
            return torch.stack([self.sign * loss, score, norm, penalty])

    def _update(self, new: Sequence[Tensor], rate: Tensor) -> Tensor:
        """By the gradients of the loss and of the penalty; returns their norms before clipping."""
        gradient = torch.cat([own.flatten(1) for own in new], 1)
        gradient = self.trained * (gradient + 2 * self.l2 * self.network.flat)
        self.gradient = gradient.add_(self.keep * self.gradient) if self.keep.any() else gradient
        norm: Tensor = torch.linalg.vector_norm(self.gradient, dim=1)
        factor = (self.clip / norm).clamp(max=1.0)
        self.optimizer.step(self.network.flat, factor[:, None] * self.gradient, rate)
        return norm

    @torch.no_grad()
    def _penalty(self) -> Tensor:
        return (self.l2 * self.network.flat**2).sum(1)

    @torch.no_grad()
    def _validate(self) -> Tensor:
        x, y = self.data[1]
        z, out = self.network.forward(x, training=False)
        score = losses.score(self.first, z, out, y)
        loss = self.sign * losses.loss(self.first.loss, z, out, y)
        return torch.stack([loss, score, self._penalty()])

    @torch.no_grad()
    def _skills(self) -> list[Array]:
        """On train, val and test: [3][members]."""
        told = []
        for x, y in self.data:
            z, out = self.network.forward(x, training=False)
            told.append(skill(self.first, z.numpy(), out.numpy(), y.numpy()))
        return told

    def _records(
        self,
        schedule: Tensor,
        steps: Tensor,
        epochs: Tensor,
        weights: list[list[tuple[Array, Array, Array]]],
    ) -> list[Record]:
        train, val, test = self._skills()
        count, size = len(self.first.split.train[1]), self.first.batch
        sizes = np.array([min(size, count - begin) for begin in range(0, count, size)])
        curves, ends = steps.numpy().astype(float), epochs.numpy().astype(float)
        return [
            Record(
                loss=curves[:, 0, number],
                score=curves[:, 1, number],
                norm=curves[:, 2, number],
                rate=schedule[number].numpy(),
                penalty=curves[:, 3, number],
                sizes=sizes,
                val_loss=ends[:, 0, number],
                val_score=ends[:, 1, number],
                val_penalty=ends[:, 2, number],
                histograms=self._histograms(weights, number),
                skill=float(test[number]),
                train_skill=float(train[number]),
                val_skill=float(val[number]),
            )
            for number in range(len(self.plans))
        ]

    def _histograms(
        self, weights: list[list[tuple[Array, Array, Array]]], member: int
    ) -> tuple[Histograms, ...]:
        return tuple(
            Histograms(
                weight.layer,
                weight.name,
                *(np.array([epoch[at][part][member] for epoch in weights]) for part in range(3)),
            )
            for at, weight in enumerate(self.network.variables())
        )


def _stacked(pairs: Sequence[tuple[Array, Array]]) -> Batch:
    return tuple(torch.as_tensor(np.stack(part)) for part in zip(*pairs, strict=True))  # type: ignore[return-value]


def _rows(data: Batch, order: Tensor) -> Batch:
    members = torch.arange(len(order))[:, None]
    return data[0][members, order], data[1][members, order]


def _histogram(weight: Tensor) -> tuple[Array, Array, Array]:
    """Lowest [members], highest [members] and counts [members, 30], as TensorFlow bins them."""
    values = weight.detach().flatten(1).numpy().astype(float)
    low, high = values.min(1), values.max(1)
    width = np.where(high > low, high - low, 1.0)[:, None]
    place = np.nan_to_num((values - low[:, None]) / width * _BINS)
    place = place.clip(0, _BINS - 1).astype(int) + _BINS * np.arange(len(values))[:, None]
    counts = np.bincount(place.ravel(), minlength=_BINS * len(values))
    return low, high, counts.reshape(-1, _BINS)
