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
