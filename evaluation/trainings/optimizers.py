"""Optimizers of an ensemble, with a learning rate and settings for each member; schedules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from trainings.plan import Array, Plan


class Optimizer:
    """SGD with momentum, Adam or RMSprop, as Keras and PyTorch define them.

    All weights of a member are one row: [members, weights].
    """

    def __init__(self, plans: Sequence[Plan], weights: Tensor) -> None:
        self.kind = plans[0].optimizer
        self.momentum = torch.tensor([[plan.momentum] for plan in plans])
        self.epsilon = torch.tensor([[plan.epsilon] for plan in plans])
        self.first, self.second = torch.zeros_like(weights), torch.zeros_like(weights)
        self.count = 0

    @torch.no_grad()
    def step(self, weights: Tensor, gradient: Tensor, rate: Tensor) -> None:
        """Moves the weights by their gradient; ``rate`` is [members]."""
        self.count += 1
        weights.sub_(rate[:, None] * self._move(gradient))

    def _move(self, gradient: Tensor) -> Tensor:
        if self.kind == "sgd":
            return self.first.mul_(self.momentum).add_(gradient)
        if self.kind == "rmsprop":
            self.second.mul_(0.9).addcmul_(gradient, gradient, value=0.1)
            return gradient / (self.second.sqrt() + self.epsilon)
        self.first.mul_(0.9).add_(gradient, alpha=0.1)
        self.second.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        unbiased: float = (1 - 0.999**self.count) ** 0.5
        return self.first / (1 - 0.9**self.count) / (self.second.sqrt() / unbiased + self.epsilon)


def rates(plan: Plan) -> Array:
    """The learning rate at every step of the training."""
    name, *arguments = plan.schedule
    count = plan.steps * plan.epochs
    gone = np.arange(count) / count
    if name != "linear":  # the others change once an epoch
        gone = np.floor(gone * plan.epochs) / plan.epochs
    return plan.rate * _SCHEDULES[name](gone, *arguments)


#: Share of the training that is gone → factor on the learning rate.
_SCHEDULES: dict[str, Callable[..., Array]] = {
    "constant": np.ones_like,
    "linear": lambda gone, warm=0.1: np.minimum(gone / warm, (1 - gone) / (1 - warm)),
    "cosine": lambda gone: (1 + np.cos(np.pi * gone)) / 2,
    "step": lambda gone, every=0.34, by=0.3: by ** np.floor(gone / every),
    "decay": lambda gone, to=0.1: to**gone,
    "killed": lambda gone, at, to: np.where(gone < at, 1.0, to),
    "restarts": lambda gone, every, by: np.where(gone % every < every / 3, by, 1.0),
    "grows": lambda gone, to: np.geomspace(1, to, len(gone)) if len(gone) else gone,
    "jumps": lambda gone, at, by: np.where(gone < at, 1.0, by),
}
