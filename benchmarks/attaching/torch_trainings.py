"""PyTorch trainings with one tool or another looking on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from tb_diagnose import attach

#: Every so-manieth step is looked at by the tools that are told how often (about as often as
#: attach does by itself).
OFTEN = 50


@dataclass(frozen=True)
class Workload:
    """The layers, the shape of an input, and the batch size.

    ``times``: where a step is short, a round has so many times as many of them.
    """

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    batch: int
    times: int = 1


def mlp(inputs: int, width: int) -> Callable[[], nn.Module]:
    stack = (nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
    return lambda: nn.Sequential(*stack, nn.Linear(width, 10))


def cnn() -> nn.Module:
    widths = (3, 16, 32)
    blocks = [
        each
        for before, width in pairwise(widths)
        for each in (
            nn.Conv2d(before, width, 3, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
    ]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(32 * 36, 10))


class Transformer(nn.Module):
    """Two blocks of 128 units and 4 heads."""

    def __init__(self) -> None:
        super().__init__()
        block = nn.TransformerEncoderLayer(128, 4, 512, 0.0, batch_first=True, norm_first=True)
        self.first, self.last = nn.Linear(64, 128), nn.Linear(128, 10)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)

    def forward(self, x: Any) -> Any:
        return self.last(self.blocks(self.first(x)).mean(1))


WORKLOADS = {
    "MLP, small": Workload(mlp(256, 256), (256,), 128, 10),
    "MLP": Workload(mlp(784, 1024), (784,), 256),
    "CNN": Workload(cnn, (3, 32, 32), 128),
    "transformer": Workload(Transformer, (32, 64), 32),
}


class Plain:
    """A training of one batch, again and again; the tools override what they need."""

    switch: Callable[[bool], None] | None = None

    def __init__(self, told: Workload, folder: str, device: str, larger: int) -> None:
        torch.manual_seed(0)
        self.model = told.build().to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters())
        self.loss: Any = nn.CrossEntropyLoss(reduction="none")
        batch = told.batch * larger
        self.x = torch.randn(batch, *told.shape).to(device)
        self.y = torch.randint(0, 10, (batch,)).to(device)
        self.watch(folder)

    def watch(self, folder: str) -> None:
        """Begin to look on."""

    def backward(self, losses: Any) -> None:
        """From the loss of each example to the gradients."""
        losses.mean().backward()

    def step(self) -> None:
        self.optimizer.zero_grad()
        self.backward(self.loss(self.model(self.x), self.y))
        self.optimizer.step()


class Attached(Plain):
    every: int | None = None

    def watch(self, folder: str) -> None:
        from torch.utils.tensorboard import SummaryWriter

        writer = SummaryWriter(folder)
        self.watched = attach.torch(self.model, self.optimizer, writer, every=self.every)
        self.switch = self.listen

    def listen(self, on: bool) -> None:  # noqa: FBT001
        """Off, modules are called as if nothing were attached."""
        self.watched.broken = not on
        if on:
            self.watched._listen()  # noqa: SLF001
        else:
            self.watched._calls.stop()  # noqa: SLF001

    def backward(self, losses: Any) -> None:
        self.watched.batch(labels=self.y, losses=losses, classes=10)
        super().backward(losses)


class EachStep(Attached):
    every = 1


class Wandb(Plain):
    def watch(self, folder: str) -> None:
        os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true"}
        import wandb

        self.run = wandb.init(dir=folder, project="benchmark")
        wandb.watch(self.model, log="all", log_freq=OFTEN)

    def backward(self, losses: Any) -> None:
        super().backward(losses)
        self.run.log({"loss": float(losses.detach().mean())})


class Hooks(Plain):
    """What one writes oneself: a forward hook on each layer, and the gradients' norms."""

    def watch(self, folder: str) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer, self.count = SummaryWriter(folder), 0
        for name, layer in self.model.named_modules():
            if not list(layer.children()):
                layer.register_forward_hook(self._hook(name))

    def _hook(self, name: str) -> Callable[..., None]:
        def hook(_layer: nn.Module, _inputs: Any, output: Any) -> None:
            if self.count % OFTEN == 0:
                self.writer.add_scalar(f"mean/{name}", output.detach().mean().item(), self.count)
                self.writer.add_scalar(f"std/{name}", output.detach().std().item(), self.count)

        return hook

    def backward(self, losses: Any) -> None:
        super().backward(losses)
        if self.count % OFTEN == 0:
            for name, weight in self.model.named_parameters():
                norm = weight.grad.norm().item()
                self.writer.add_scalar(f"gradient/{name}", norm, self.count)
        self.count += 1


TOOLS: dict[str, type[Plain]] = {
    "plain": Plain,
    "plain, again": Plain,
    "attach.torch": Attached,
    "attach.torch, every=1": EachStep,
    f'wandb.watch, log="all", log_freq={OFTEN}': Wandb,
    f"hooks, each {OFTEN}th step": Hooks,
}


def settle() -> None:
    """Wait for all that was asked of a GPU: it works on while the program goes ahead."""
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def training(
    workload: str, tool: str, folder: str, device: str, larger: str
) -> tuple[Callable[[Callable[[], None]], None], Callable[[bool], None] | None]:
    """What trains until the process ends, and calls a function after each step.

    And what switches the tool off and on, if anything does. Batches are ``larger`` so many times.
    """
    made = TOOLS[tool](WORKLOADS[workload], folder, device, int(larger))

    def train(turn: Callable[[], None]) -> None:
        while True:
            made.step()
            turn()

    return train, made.switch
