"""What a sampled step of PyTorch shows by itself: functions between layers, and the loss module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="attaching to PyTorch is tested with it")

from torch import nn
from torch.nn import functional

from tb_diagnose import attach
from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load

X = torch.linspace(-1, 1, 160).reshape(16, 10)
Y = torch.arange(16) % 3


class Network(nn.Module):
    """Two layers with a function between them and one behind."""

    def __init__(self, between: Callable[[Any], Any], outputs: int = 3) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Linear(10, 8), nn.Linear(8, outputs)
        self.between = between

    def forward(self, x: Any) -> Any:
        return self.second(self.between(self.first(x)))


class Images(nn.Module):
    """A convolution, a relu and a pooling as functions, and a module behind them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.drop, self.last = nn.Conv2d(1, 4, 3), nn.Dropout(0.0), nn.Linear(4, 3)

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(functional.relu(self.conv(x)), 2)
        return torch.sigmoid(self.last(self.drop(x).mean((2, 3))))


def trained(folder: Path, model: Any, criterion: Any, x: Any = X, y: Any = Y) -> Run:
    """The log of two sampled steps."""
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(2):
            optimizer.zero_grad()
            criterion(model(x), y).mean().backward()
            optimizer.step()
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    return run


def table(run: Run, kind: str) -> Any:
    return next(one for one in run.vitals if one.tag == f"diagnose/{kind}")


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "relu": (functional.relu, "first/relu"),
    "relu in place": (torch.relu_, "first/relu"),
    "tanh": (torch.tanh, "first/tanh"),
}


@pytest.mark.parametrize("case", FUNCTIONS)
def test_an_activation_that_is_a_function_is_measured(case: str, tmp_path: Path) -> None:
    function, row = FUNCTIONS[case]
    run = trained(tmp_path, Network(function), functional.cross_entropy)
    layers = table(run, "layers")
    assert layers.rows == ("first", row, "second")
    assert layers.layout["activations"][row] == row.partition("/")[2]
    assert run.model is not None
    assert row in [layer.name for layer in run.model.layers], "the setup calls it the same"


def test_units_that_a_function_leaves_dead_are_counted(tmp_path: Path) -> None:
    model = Network(functional.relu)
    with torch.no_grad():
        model.first.bias[:2] = -30
    layers = table(trained(tmp_path, model, functional.cross_entropy), "layers")
    assert layers.column("dead")[-1, 1] >= 0.25


def test_a_module_is_not_measured_twice(tmp_path: Path) -> None:
    layers = table(trained(tmp_path, Network(nn.ReLU()), functional.cross_entropy), "layers")
    assert layers.rows == ("first", "between", "second")


def test_functions_behind_a_convolution_and_at_the_output(tmp_path: Path) -> None:
    x = torch.randn(16, 1, 8, 8)
    layers = table(trained(tmp_path, Images(), functional.cross_entropy, x), "layers")
    assert layers.rows == ("conv", "conv/relu", "last", "last/sigmoid")
    assert np.isfinite(layers.column("dead")[:, 1]).all()


def test_a_module_that_works_in_place_is_measured(tmp_path: Path) -> None:
    torch.manual_seed(0)
    stack = nn.Sequential(nn.Linear(10, 8), nn.ReLU(inplace=True), nn.Linear(8, 3))
    with torch.no_grad():
        stack[0].bias[:2] = -30
    layers = table(trained(tmp_path, stack, functional.cross_entropy), "layers")
    assert layers.rows == ("0", "1", "2")
    assert layers.column("mean")[0, 0] < 0 < layers.column("mean")[0, 1]
    assert layers.column("dead")[-1, 1] >= 0.25


def test_a_function_that_cannot_saturate_or_die_has_no_row(tmp_path: Path) -> None:
    layers = table(trained(tmp_path, Network(functional.gelu), functional.cross_entropy), "layers")
    assert layers.rows == ("first", "second")


CRITERIA: dict[str, tuple[Any, Any, list[float]]] = {
    "classes": (nn.CrossEntropyLoss(), Y, [6, 5, 5]),
    "each example": (nn.CrossEntropyLoss(reduction="none"), Y, [6, 5, 5]),
}


@pytest.mark.parametrize("case", CRITERIA)
def test_a_loss_module_shows_the_loss_and_the_labels(case: str, tmp_path: Path) -> None:
    criterion, y, counts = CRITERIA[case]
    model = Network(functional.relu)
    with torch.no_grad():
        loss = float(criterion(model(X), y).mean())
    run = trained(tmp_path, model, criterion, y=y)
    step = table(run, "step")
    assert step.column("loss")[0, 0] == pytest.approx(loss, rel=1e-5)
    assert np.isfinite(step.column("loss_q50")).all() == (case == "each example")
    assert table(run, "labels").values[0, :, 0].tolist() == counts


def test_labels_of_two_classes_and_labels_that_are_numbers(tmp_path: Path) -> None:
    y = (Y > 1).float()[:, None]
    binary = trained(tmp_path / "binary", Network(torch.relu, 1), nn.BCEWithLogitsLoss(), y=y)
    assert table(binary, "labels").values[0, :, 0].tolist() == [11, 5]
    numbers = trained(tmp_path / "numbers", Network(torch.relu, 1), nn.MSELoss(), y=4 * y)
    assert table(numbers, "labels").column("high")[0, 0] == 4


def test_the_loss_of_another_model_is_not_taken(tmp_path: Path) -> None:
    model, other = Network(functional.relu), Network(functional.relu)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    criterion = nn.CrossEntropyLoss()
    with attach.torch(model, optimizer, tmp_path, every=1):
        y_pred = model(X)
        criterion(other(X), Y)
        functional.cross_entropy(y_pred, Y).backward()
        optimizer.step()
    (run,) = [run for cluster in clusters([tmp_path]) for run in load(cluster)]
    assert np.isnan(table(run, "step").column("loss")).all()
    assert not [one for one in run.vitals if one.tag == "diagnose/labels"]


def test_two_losses_are_no_single_one(tmp_path: Path) -> None:
    first, second = nn.CrossEntropyLoss(), nn.MultiMarginLoss()
    run = trained(tmp_path, Network(torch.relu), lambda p, y: first(p, y) + second(p, y))
    assert np.isnan(table(run, "step").column("loss")).all()
    assert table(run, "labels").values[0, :, 0].tolist() == [6, 5, 5]


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "labels": ({"labels": [1, 2]}, TypeError, "labels must be a tensor with one entry per example"),
    "losses": ({"losses": 0.5}, TypeError, "losses must be a tensor with one entry per example"),
    "a mean": ({"losses": torch.tensor(0.5)}, ValueError, 'reduction="none"'),
    "loss": ({"loss": "mse"}, TypeError, "loss must be a number or a tensor of one, not a str"),
    "classes": ({"classes": "3"}, TypeError, "classes must be how many classes"),
    "unknown": ({"targets": Y}, TypeError, "targets"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_of_batch_fails_at_once(case: str, tmp_path: Path) -> None:
    arguments, kind, message = WRONG[case]
    model = Network(torch.relu)
    attached = attach.torch(model, torch.optim.SGD(model.parameters(), 0.1), tmp_path)
    with attached, pytest.raises(kind, match=message):
        attached.batch(**arguments)
    assert not attached.broken
