"""What a PyTorch training is made of is written once, and read in Keras' words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="attaching to PyTorch is tested with it")

from torch import nn
from torch.nn import functional

import tb_diagnose
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.read import clusters, load

pytestmark = pytest.mark.filterwarnings("ignore")


class Functional(nn.Module):
    """Two layers; what lies between them and behind them are functions."""

    def __init__(self, between: Callable[[Any], Any], behind: Callable[[Any], Any]) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(5, 8), nn.Linear(8, 3)
        self.between, self.behind = between, behind

    def forward(self, x: Any) -> Any:
        return self.behind(self.second(self.between(self.first(x))))


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.inner, self.last = nn.Linear(5, 5), nn.Linear(5, 5), nn.Linear(5, 3)

    def forward(self, x: Any) -> Any:
        x = self.first(x)
        return self.last(x + self.inner(x))


def same(x: Any) -> Any:
    return x


def described(
    folder: Path, model: Any, *, criterion: Any = None, optimizers: Any = None, **options: Any
) -> ModelConfig:
    """The model as the log of one step describes it."""
    torch.manual_seed(0)
    optimizers = optimizers or torch.optim.SGD(model.parameters(), 0.1)
    criterion = criterion or nn.CrossEntropyLoss()
    several = optimizers if isinstance(optimizers, list) else [optimizers]
    with tb_diagnose.attach.torch(model, optimizers, folder, **options) as attached:
        loss = criterion(model(torch.randn(4, 5)), torch.arange(4) % 3)
        attached.batch(loss=loss)
        loss.backward()
        for optimizer in several:
            optimizer.step()
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    assert run.model is not None
    return run.model


def test_layers_in_their_order(tmp_path: Path) -> None:
    stack = [nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3)]
    model = described(tmp_path, nn.Sequential(*stack))
    kinds = ["Dense", "BatchNormalization", "ReLU", "Dropout", "Dense"]
    assert [layer.kind for layer in model.layers] == kinds
    assert [layer.activation for layer in model.layers] == ["linear", "", "relu", "", "linear"]
    assert [layer.units for layer in model.layers] == [8, 8, 8, 8, 3]
    assert model.layers[0].input_shape == (5,)
    assert model.layers[3].config["rate"] == 0.3
    assert model.parameters == 5 * 8 + 8 + 16 + 8 * 3 + 3
    assert model.order_known
    assert [layer.name for layer in model.outputs] == ["4"]
    assert (model.framework, model.batch_size, model.precision) == ("torch", 4, "float32")


BETWEEN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "relu": (functional.relu, "relu"),
    "tanh": (torch.tanh, "tanh"),
    "relu within other operations": (lambda x: 0.5 * functional.relu(x.view(-1, 8)) + 1, "relu"),
    "relu in place": (lambda x: functional.relu(x, inplace=True), "relu"),
    "nothing": (same, ""),
}


@pytest.mark.parametrize("case", BETWEEN)
def test_a_function_between_two_layers_is_seen(case: str, tmp_path: Path) -> None:
    between, activation = BETWEEN[case]
    model = described(tmp_path, Functional(between, same))
    assert model.order_known
    found = [layer.activation for layer in model.layers if layer.kind == "Activation"]
    assert found == [activation] * bool(activation)


def test_branches_and_unknown_functions_leave_the_order_unknown(tmp_path: Path) -> None:
    assert not described(tmp_path / "branch", Residual()).order_known
    unknown = Functional(lambda x: torch.cumsum(x, 1), same)
    assert not described(tmp_path / "function", unknown).order_known


def onto_rows(loss: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A loss that wants a number for each output."""
    return lambda x, y: loss(x, functional.one_hot(y, 3).float())


LOSSES: dict[str, tuple[Any, str, bool]] = {
    "module": (nn.CrossEntropyLoss(), "sparse_categorical_crossentropy", True),
    "function": (functional.cross_entropy, "sparse_categorical_crossentropy", True),
    "with logits": (
        onto_rows(functional.binary_cross_entropy_with_logits),
        "binary_crossentropy",
        True,
    ),
    "squares": (onto_rows(nn.MSELoss()), "mean_squared_error", False),
    "nll": (
        lambda x, y: functional.nll_loss(functional.log_softmax(x, 1), y),
        "sparse_categorical_crossentropy",
        True,
    ),
    "nll of raw scores": (nn.NLLLoss(), "sparse_categorical_crossentropy", False),
}


@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_is_known_by_its_module_or_by_its_graph(case: str, tmp_path: Path) -> None:
    criterion, name, from_logits = LOSSES[case]
    model = described(tmp_path, Functional(functional.relu, same), criterion=criterion)
    assert [(loss.name, loss.from_logits) for loss in model.losses] == [(name, from_logits)]
    assert model.outputs[0].activation == "linear"


def test_a_loss_that_is_given_counts(tmp_path: Path) -> None:
    model = Functional(functional.relu, same)
    criterion = onto_rows(lambda x, y: ((x - y) ** 2).mean())
    found = described(tmp_path, model, criterion=criterion, loss=functional.mse_loss)
    assert [loss.name for loss in found.losses] == ["mean_squared_error"]


SCALES: dict[str, Callable[[Any], Any]] = {
    "alone": same,
    "divided": lambda loss: loss / 4,
    "scaled": torch.amp.GradScaler("cpu").scale,
}


@pytest.mark.parametrize("case", SCALES)
def test_a_loss_is_known_by_its_backward_pass_alone(case: str, tmp_path: Path) -> None:
    network = Functional(functional.relu, same)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    with tb_diagnose.attach.torch(network, optimizer, tmp_path):
        loss = functional.cross_entropy(network(torch.randn(4, 5)).softmax(1), torch.arange(4) % 3)
        SCALES[case](loss).backward()
        optimizer.step()
    (run,) = [run for cluster in clusters([tmp_path]) for run in load(cluster)]
    assert run.model is not None
    assert [loss.name for loss in run.model.losses] == ["sparse_categorical_crossentropy"]
    assert [layer.activation for layer in run.model.outputs] == ["softmax"]


def test_a_flattened_output_is_that_of_the_layer_before(tmp_path: Path) -> None:
    stack = nn.Sequential(nn.Linear(5, 1), nn.Sigmoid(), nn.Flatten(0))
    model = described(tmp_path, stack, criterion=lambda x, y: functional.mse_loss(x, y.float()))
    assert [layer.activation for layer in model.outputs] == ["sigmoid"]


def test_a_layer_that_is_made_by_the_first_batch(tmp_path: Path) -> None:
    model = described(tmp_path, nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(3)))
    assert [layer.units for layer in model.layers] == [8, 8, 3]


@pytest.mark.parametrize("within", (True, False))
def test_a_softmax_before_the_cross_entropy_shows_in_the_output(
    within: bool, tmp_path: Path
) -> None:
    def softmax(x: Any) -> Any:
        return functional.softmax(x, 1)

    def loss(x: Any, y: Any) -> Any:
        return functional.cross_entropy(x if within else softmax(x), y)

    network = Functional(functional.relu, softmax if within else same)
    model = described(tmp_path, network, criterion=loss)
    assert [layer.activation for layer in model.outputs] == ["softmax"]
    assert model.losses[0].from_logits


def test_optimizers_with_what_they_hold(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3), nn.Linear(3, 3))
    network[0].requires_grad_(False)
    other = nn.Linear(2, 2)
    optimizers = [
        torch.optim.AdamW([*network[0].parameters(), *network[2].parameters()], 1e-3),
        torch.optim.SGD(other.parameters(), 0.5, momentum=0.9),
    ]
    model = described(tmp_path, network, optimizers=optimizers)
    assert model.optimizer == model.optimizers[0]
    assert [(each.name, each.learning_rate) for each in model.optimizers] == [
        ("adamw", 0.001),
        ("sgd", 0.5),
    ]
    assert model.optimizers[0].config["weight_decay"] == 0.01
    assert model.optimizers[0].parameters == ("0.weight", "0.bias", "2.weight", "2.bias")
    assert [each.foreign for each in model.optimizers] == [0, 2]
    assert model.unoptimized == ("3.weight", "3.bias"), "what is frozen is not missing"
    assert [layer.trainable for layer in model.layers] == [False, True, True, True]


def test_a_scheduler(tmp_path: Path) -> None:
    network = nn.Linear(5, 3)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10, gamma=0.5)
    given = described(tmp_path / "given", network, optimizers=optimizer, scheduler=scheduler)
    assert given.optimizer is not None
    assert given.optimizer.schedule is not None
    assert given.optimizer.schedule["class_name"] == "StepLR"
    assert given.optimizer.schedule["config"]["step_size"] == 10
    seen = described(tmp_path / "seen", network, optimizers=optimizer)
    assert seen.optimizer is not None
    assert seen.optimizer.schedule == {}, "it left its traces in the optimizer"
    assert seen.optimizer.learning_rate == 0.1


def test_how_weights_begin(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    nn.init.constant_(network[0].weight, 0.5)
    model = described(tmp_path, network)
    first, last = (model.layers[at].config["kernel_initializer"] for at in (0, 2))
    assert first == {"class_name": "Constant", "config": {"value": 0.5}}
    assert last["class_name"] == "VarianceScaling"
    assert last["config"]["scale"] == pytest.approx(1 / 3, abs=0.2), "PyTorch's default"


def test_mixed_precision(tmp_path: Path) -> None:
    network = nn.Linear(5, 3)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    with tb_diagnose.attach.torch(network, optimizer, tmp_path):
        with torch.autocast("cpu", torch.bfloat16):
            loss = network(torch.randn(4, 5)).sum()
        loss.backward()
        optimizer.step()
    (run,) = [run for cluster in clusters([tmp_path]) for run in load(cluster)]
    assert run.model is not None
    assert run.model.precision == "bfloat16-mixed"
