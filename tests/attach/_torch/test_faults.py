"""Faults put into PyTorch trainings on purpose are named, and their repaired twins are not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the trainings are PyTorch's")
pytest.importorskip("tensorboard", reason="SummaryWriter needs it")

from torch import nn
from torch.utils.tensorboard import SummaryWriter

from tb_diagnose import attach
from tests.attach.verdicts import alarms, found

pytestmark = pytest.mark.filterwarnings("ignore")

CLASSES, BATCH = 4, 32


def examples(count: int) -> tuple[Any, Any]:
    """[count, 16] a pattern for each class under noise, and [count] the classes."""
    torch.manual_seed(1)
    y = torch.randint(0, CLASSES, (count,))
    return torch.randn(CLASSES, 16)[y] + 0.5 * torch.randn(count, 16), y


def fit(folder: Path, model: Any, x: Any, y: Any, *, rate: float = 0.01, epochs: int = 10) -> None:
    """A training with the mean loss of each epoch in the log, attached."""
    writer = SummaryWriter(str(folder))
    optimizer = torch.optim.Adam(model.parameters(), rate)
    watch = attach.torch(model, optimizer, writer, every=4)
    for epoch in range(epochs):
        watch.new_epoch()
        total = 0.0
        for at in torch.randperm(len(x) // BATCH) * BATCH:
            given, labels = x[at : at + BATCH], y[at : at + BATCH]
            losses = nn.functional.cross_entropy(model(given), labels, reduction="none")
            watch.batch(labels=labels, losses=losses, classes=CLASSES)
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            total += float(losses.detach().mean())
        writer.add_scalar("loss/train", total / (len(x) // BATCH), epoch)
    watch.close()
    writer.close()


def perceptron(activation: type[Any] = nn.ReLU, depth: int = 2) -> Any:
    torch.manual_seed(0)
    widths = [16] + [32] * depth
    hidden = [
        each
        for inputs, units in pairwise(widths)
        for each in (nn.Linear(inputs, units), activation())
    ]
    return nn.Sequential(*hidden, nn.Linear(32, CLASSES))


def negative_bias(folder: Path, *, fault: bool) -> None:
    model = perceptron()
    if fault:
        nn.init.constant_(model[2].bias, -30)
    fit(folder, model, *examples(1024))


def ten_sigmoids(folder: Path, *, fault: bool) -> None:
    model = perceptron(nn.Sigmoid if fault else nn.ReLU, 10 if fault else 3)
    fit(folder, model, *examples(1024), rate=1e-3)


def unscaled(folder: Path, *, fault: bool) -> None:
    x, y = examples(1024)
    fit(folder, perceptron(), 128 + 64 * x if fault else x, y)


def one_batch(folder: Path, *, fault: bool) -> None:
    x, y = examples(1024)
    if fault:
        x, y = x[:BATCH].repeat(32, 1), y[:BATCH].repeat(32)
    fit(folder, perceptron(), x, y, epochs=4)


def softmax_before_the_loss(folder: Path, *, fault: bool) -> None:
    model = nn.Sequential(*perceptron(), *[nn.Softmax(1)] * fault)
    fit(folder, model, *examples(1024))


def no_activation(folder: Path, *, fault: bool) -> None:
    fit(folder, perceptron(nn.Identity if fault else nn.ReLU), *examples(1024))


def huge_rate(folder: Path, *, fault: bool) -> None:
    fit(folder, perceptron(), *examples(1024), rate=3.0 if fault else 0.01)


def raw_weights(folder: Path, *, fault: bool) -> None:
    model = perceptron(depth=3)
    if fault:
        for layer in model[::2]:
            nn.init.normal_(layer.weight, 0, 3)
    fit(folder, model, *examples(1024), rate=1e-3)


def plainly(
    folder: Path,
    model: Any,
    *,
    criterion: Any = None,
    optimizer: Any = None,
    scaler: Any = None,
    zeroed: bool = True,
    targets: Callable[[Any], Any] = lambda y: y,
    data: tuple[Any, Any] | None = None,
) -> None:
    """A loop that tells nothing but what everybody's does: a model, an optimizer, a loss module."""
    criterion = criterion or nn.CrossEntropyLoss()
    optimizer = optimizer or torch.optim.Adam(model.parameters(), 0.01)
    scaler = scaler or torch.amp.GradScaler("cpu", enabled=False)
    writer, (x, y) = SummaryWriter(str(folder)), data or examples(1024)
    with attach.torch(model, optimizer, writer) as attached:
        for epoch in range(10):
            attached.new_epoch()
            total = 0.0
            for part in torch.randperm(len(x)).split(BATCH):
                with torch.autocast("cpu", torch.float16, enabled=scaler.is_enabled()):
                    loss = criterion(model(x[part]), targets(y[part]))
                if zeroed:
                    optimizer.zero_grad()
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
                total += loss.item() * BATCH / len(x)
            writer.add_scalar("loss/train", total, epoch)
    writer.close()


def dead_functions(folder: Path, *, fault: bool) -> None:
    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.first, self.second = nn.Linear(16, 32), nn.Linear(32, 32)
            self.last = nn.Linear(32, CLASSES)

        def forward(self, x: Any) -> Any:
            return self.last(self.second(self.first(x).relu()).relu())

    model = Network()
    if fault:
        nn.init.constant_(model.second.bias, -30)
    plainly(folder, model)


def never_zeroed(folder: Path, *, fault: bool) -> None:
    plainly(folder, perceptron(), zeroed=not fault)


def optimizer_before_the_last_layer(folder: Path, *, fault: bool) -> None:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    model[-1] = nn.Linear(32, CLASSES)
    plainly(folder, model, optimizer=optimizer if fault else None)


def loss_times_a_million(folder: Path, *, fault: bool) -> None:
    """In float16 with a scaler that tries a larger scale every other step."""

    def criterion(y_pred: Any, y: Any) -> Any:
        return nn.functional.cross_entropy(y_pred, y) * (1e6 if fault else 1)

    scaler = torch.amp.GradScaler("cpu", growth_interval=2 if fault else 2000)
    plainly(folder, perceptron(), criterion=criterion, scaler=scaler)


def classes_for_a_sigmoid(folder: Path, *, fault: bool) -> None:
    model = nn.Sequential(*perceptron()[:-1], nn.Linear(32, 1), nn.Sigmoid(), nn.Flatten(0))
    scale = 1 if fault else 1 / (CLASSES - 1)
    plainly(folder, model, criterion=nn.MSELoss(), targets=lambda y: y * scale)


def few_of_one_class(folder: Path, *, fault: bool) -> None:
    x, y = examples(4096)
    here = (y > 0) | (torch.arange(len(y)) % 40 == 0) if fault else y >= 0
    plainly(folder, perceptron(), data=(x[here], y[here]))


Train = Callable[..., None]
FAULTS: dict[Train, str] = {
    negative_bias: "dead-relu",
    ten_sigmoids: "vanishing-gradients",
    unscaled: "unnormalised-inputs",
    one_batch: "repeated-inputs",
    softmax_before_the_loss: "loss-output-mismatch",
    no_activation: "missing-nonlinearity",
    huge_rate: "learning-rate-too-high",
    raw_weights: "poor-initialisation",
    dead_functions: "dead-relu",
    never_zeroed: "gradients-never-zeroed",
    optimizer_before_the_last_layer: "optimizer-misses-weights",
    loss_times_a_million: "gradient-overflow",
    classes_for_a_sigmoid: "target-out-of-range",
    few_of_one_class: "class-imbalance",
}
every_fault = pytest.mark.parametrize("train", FAULTS, ids=lambda train: train.__name__)


@every_fault
def test_a_fault_is_named(train: Train, tmp_path: Path) -> None:
    train(tmp_path, fault=True)
    assert FAULTS[train] in found(tmp_path)


@every_fault
def test_its_repaired_twin_alarms_nobody(train: Train, tmp_path: Path) -> None:
    train(tmp_path, fault=False)
    assert not alarms(tmp_path)
    assert FAULTS[train] not in found(tmp_path)


def test_layers_frozen_on_purpose_alarm_nobody(tmp_path: Path) -> None:
    model = perceptron()
    model[0].requires_grad_(False)
    fit(tmp_path, model, *examples(1024))
    assert not alarms(tmp_path)
    assert not {"frozen-weights", "vanishing-gradients"} & found(tmp_path)
