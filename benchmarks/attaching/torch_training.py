"""One PyTorch training with one way of watching it: prints what it took.

python benchmarks/attaching/torch_training.py MODEL WAY EPOCHS LOGS
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("WANDB_MODE", "offline")
os.environ.setdefault("WANDB_SILENT", "true")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from benchmarks.attaching.timing import Epochs
from tb_diagnose import attach


def mlp() -> Any:
    return nn.Sequential(
        nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )


def cnn() -> Any:
    blocks: list[Any] = []
    for before, width in ((3, 32), (32, 64)):
        blocks += [nn.Conv2d(before, width, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(64 * 36, 10))


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        block = nn.TransformerEncoderLayer(96, 4, 192, batch_first=True, norm_first=True)
        self.first, self.last = nn.Linear(32, 96), nn.Linear(96, 10)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)

    def forward(self, x: Any) -> Any:
        return self.last(self.blocks(self.first(x)).mean(dim=1))


#: Model → what builds it, shape of its inputs, batch size, steps of an epoch.
MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...], int, int]] = {
    "MLP": (mlp, (256,), 128, 400),
    "CNN": (cnn, (3, 32, 32), 64, 40),
    "transformer": (Transformer, (64, 32), 32, 40),
}


class Plain:
    """A step of a training: forwards, backwards, update. The others add to it."""

    def __init__(self, model: Any, logs: str) -> None:
        self.model, self.optimizer = model, torch.optim.Adam(model.parameters())
        self.writer = SummaryWriter(logs)

    def step(self, _: int, inputs: Any, labels: Any) -> Any:
        self.optimizer.zero_grad()
        losses = nn.functional.cross_entropy(self.model(inputs), labels, reduction="none")
        losses.mean().backward()
        self.told(labels, losses)
        self.optimizer.step()
        return losses

    def told(self, labels: Any, losses: Any) -> None:
        """What a watcher is told of a step."""


class Attached(Plain):
    def __init__(self, model: Any, logs: str) -> None:
        super().__init__(model, logs)
        self.watch = attach.torch(model, self.optimizer, self.writer)

    def told(self, labels: Any, losses: Any) -> None:
        self.watch.batch(labels=labels, losses=losses, classes=10)


class Wandb(Plain):
    def __init__(self, model: Any, logs: str) -> None:
        super().__init__(model, logs)
        import wandb

        self.run = wandb.init(dir=logs)
        self.run.watch(model, log="all", log_freq=100)

    def told(self, _: Any, losses: Any) -> None:
        self.run.log({"loss": losses.mean().item()})


class Observed(Plain):
    """Cockpit, with its cheapest configuration."""

    def __init__(self, model: Any, logs: str) -> None:
        from backpack import extend
        from cockpit import Cockpit
        from cockpit.utils.configuration import configuration

        super().__init__(extend(model), logs)
        self.loss = extend(nn.CrossEntropyLoss())
        self.cockpit = Cockpit(self.model.parameters(), quantities=configuration("economy"))

    def step(self, number: int, inputs: Any, labels: Any) -> Any:
        self.optimizer.zero_grad()
        outputs = self.model(inputs)
        loss = self.loss(outputs, labels)
        losses = nn.functional.cross_entropy(outputs.detach(), labels, reduction="none")
        info = {"batch_size": len(inputs), "individual_losses": losses, "loss": loss,
                "optimizer": self.optimizer}  # fmt: skip
        with self.cockpit(number, info=info):
            loss.backward(create_graph=self.cockpit.create_graph(number))
        self.optimizer.step()
        return losses


WAYS = {
    "plain": Plain,
    "plain, again": Plain,
    "attach.torch": Attached,
    "wandb.watch": Wandb,
    "Cockpit, economy": Observed,
}


def main(name: str, way: str, epochs: int, logs: str) -> None:
    build, shape, batch, steps = MODELS[name]
    torch.manual_seed(0)
    x, y = torch.randn(steps, batch, *shape), torch.randint(0, 10, (steps, batch))
    training = WAYS[way](build(), logs)
    took = Epochs(steps)
    took.mark()
    for epoch in range(epochs):
        for index in range(steps):
            training.step(epoch * steps + index, x[index], y[index])
        took.mark()
    training.writer.close()
    print(took.report(), flush=True)
    # What wandb still has to say at its end is no part of the training.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
