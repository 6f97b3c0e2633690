"""PyTorch trainings as people write them: the numbers are right, and the training is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="attaching to PyTorch is tested with it")

from torch import nn

from tb_diagnose import attach
from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load

pytestmark = pytest.mark.filterwarnings("ignore")

X = torch.linspace(-1, 1, 80).reshape(16, 5)
Y = torch.arange(16) % 3


def network() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))


def loss_of(model: Any, x: Any = X, y: Any = Y) -> Any:
    return nn.functional.cross_entropy(model(x), y)


def logged(folder: Path) -> Run:
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    return run


def table(folder: Path, kind: str) -> Any:
    return next(each for each in logged(folder).vitals if each.tag == f"diagnose/{kind}")


def plainly(model: Any, folder: Path | None) -> None:
    optimizer = torch.optim.Adam(model.parameters())
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()


def two_optimizers(model: Any, folder: Path | None) -> None:
    optimizers = [
        torch.optim.Adam(model[0].parameters()),
        torch.optim.SGD(model[2].parameters(), 0.1),
    ]
    with attach.torch(model, optimizers, folder, every=1):
        for _ in range(4):
            model.zero_grad()
            loss_of(model).backward()
            for optimizer in optimizers:
                optimizer.step()


def accumulated(model: Any, folder: Path | None) -> None:
    optimizer = torch.optim.Adam(model.parameters())
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            for x, y in zip(X.chunk(4), Y.chunk(4), strict=True):
                (loss_of(model, x, y) / 4).backward()
            optimizer.step()
            optimizer.zero_grad()


def closure(model: Any, folder: Path | None) -> None:
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)

    def evaluate() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            optimizer.step(evaluate)


def scaled(model: Any, folder: Path | None) -> None:
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                loss = loss_of(model)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()


def zeroed_in_place(model: Any, folder: Path | None) -> None:
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            loss = loss_of(model)
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()


def accelerated(model: Any, folder: Path | None) -> None:
    accelerate = pytest.importorskip("accelerate", reason="it is about Accelerate")
    accelerator = accelerate.Accelerator(cpu=True)
    optimizer = torch.optim.Adam(model.parameters())
    model, optimizer = accelerator.prepare(model, optimizer)
    with attach.torch(model, optimizer, folder, every=1):
        for _ in range(4):
            optimizer.zero_grad()
            accelerator.backward(loss_of(model))
            optimizer.step()


WAYS: tuple[Callable[[Any, Path | None], None], ...] = (
    plainly,
    two_optimizers,
    accumulated,
    closure,
    scaled,
    zeroed_in_place,
    accelerated,
)


@pytest.mark.parametrize("train", WAYS, ids=lambda train: train.__name__)
def test_a_way_to_train(train: Callable[[Any, Path | None], None], tmp_path: Path) -> None:
    plain, attached = network(), network()
    train(plain, None)
    train(attached, tmp_path)
    for one, other in zip(plain.parameters(), attached.parameters(), strict=True):
        assert torch.equal(one, other)
    weights, step = table(tmp_path, "weights"), table(tmp_path, "step")
    assert weights.rows == ("0.weight", "0.bias", "2.weight", "2.bias")
    assert weights.steps.tolist() == [0, 1, 2, 3]
    assert (weights.column("update_norm") > 0).all()
    assert (step.column("carried_gradient_norm") == 0).all()
    assert table(tmp_path, "layers").rows == ("0", "1", "2")
    assert table(tmp_path, "inputs").steps.tolist() == [0, 1, 2, 3]
    model = logged(tmp_path).model
    assert model is not None
    assert not model.unoptimized


def test_frozen_weights_are_not_measured(tmp_path: Path) -> None:
    model = network()
    model[0].requires_grad_(False)
    plainly(model, tmp_path)
    assert table(tmp_path, "weights").rows == ("2.weight", "2.bias")


def test_gradients_that_are_never_zeroed_show(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 1e-3)
    norms = []
    with attach.torch(model, optimizer, tmp_path, every=1):
        for _ in range(3):
            loss_of(model).backward()
            optimizer.step()
            squares = [float(weight.grad.square().sum()) for weight in model.parameters()]
            norms.append(sum(squares) ** 0.5)
    carried = table(tmp_path, "step").column("carried_gradient_norm")[:, 0]
    np.testing.assert_allclose(carried, [0, *norms[:2]], rtol=1e-5)


def test_steps_that_the_loss_scaler_skips_are_counted(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
    with attach.torch(model, optimizer, tmp_path, every=1):
        for number in range(8):
            optimizer.zero_grad()
            loss = loss_of(model) * (float("inf") if number % 2 else 1)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    step = table(tmp_path, "step")
    assert step.column("loss_scale")[:, 0].tolist() == [65536, 32768, 16384, 8192]
    assert step.column("skipped_steps")[:, 0].tolist() == [0, 1, 2, 3]


def test_the_end_is_examined_once_and_as_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    def look(_: Any, *, last: bool = False) -> bool:
        looks.append(last)
        return last

    monkeypatch.setattr("tb_diagnose.attach.core.live_monitor.LiveMonitor.check", look)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 1e-3)
    attached = attach.torch(model, optimizer, tmp_path, every=2, on_finding="stop")
    for _ in range(2):
        loss_of(model).backward()
        optimizer.step()
    attached.close()
    attached.close()
    assert looks == [False, True]
    assert attached.stop


def test_two_attachments_of_a_gan(tmp_path: Path) -> None:
    torch.manual_seed(0)
    maker = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 5))
    judge = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizers = [torch.optim.Adam(each.parameters()) for each in (maker, judge)]
    score = nn.BCEWithLogitsLoss()
    one, zero = torch.ones(16, 1), torch.zeros(16, 1)
    first = attach.torch(maker, optimizers[0], tmp_path / "maker", every=1)
    second = attach.torch(judge, optimizers[1], tmp_path / "judge", every=1)
    with first, second:
        for _ in range(4):
            made = maker(torch.randn(16, 2))
            judge.zero_grad()
            score(judge(X), one).backward()
            score(judge(made.detach()), zero).backward()
            optimizers[1].step()
            maker.zero_grad()
            score(judge(made), one).backward()
            optimizers[0].step()
    for name in ("maker", "judge"):
        weights, step = (table(tmp_path / name, kind) for kind in ("weights", "step"))
        assert weights.steps.tolist() == [0, 1, 2, 3]
        assert (weights.column("update_norm")[:, :4] > 0).all()
        assert (step.column("carried_gradient_norm") == 0).all(), name
        model = logged(tmp_path / name).model
        assert model is not None
        assert [loss.name for loss in model.losses] == ["binary_crossentropy"]


def test_where_another_process_writes_nothing_is_done() -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, None) as nothing:
        nothing.batch(labels=Y)
        nothing.new_epoch()
        assert not nothing.stop
    assert not optimizer._optimizer_step_pre_hooks


def test_a_cell_that_is_run_twice_attaches_once(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    attach.torch(model, optimizer, tmp_path / "first", every=1)
    again = attach.torch(model, optimizer, tmp_path / "second", every=1)
    assert len(optimizer._optimizer_step_pre_hooks) == 1
    loss_of(model).backward()
    optimizer.step()
    again.close()
    assert len(table(tmp_path / "second", "weights")) == 1


def test_an_exception_within_the_block_ends_it(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def interrupted() -> None:
        with attach.torch(model, optimizer, tmp_path, every=1):
            loss_of(model).backward()
            optimizer.step()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not optimizer._optimizer_step_pre_hooks
    assert len(table(tmp_path, "weights")) == 1


def test_models_that_are_called_by_name(tmp_path: Path) -> None:
    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = network()

        def forward(self, *, x: Any, y: Any) -> Any:
            logits = self.net(x)
            return {"loss": nn.functional.cross_entropy(logits, y), "logits": logits}

    model = Named()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, tmp_path, every=1):
        for _ in range(2):
            optimizer.zero_grad()
            model(x=X, y=Y)["loss"].backward()
            optimizer.step()
        with torch.no_grad():
            model.eval()
            model(x=2 * X, y=Y)
    assert np.isfinite(table(tmp_path, "step").column("loss")).all()
    inputs = {each.folder: each for each in logged(tmp_path).vitals if each.tag.endswith("inputs")}
    assert set(inputs) == {"", "validation"}
    assert inputs[""].layout["shapes"] == {"x": [5], "y": []}


def test_the_writer_of_tensorboardx(tmp_path: Path) -> None:
    tensorboardx = pytest.importorskip("tensorboardX", reason="it is about tensorboardX")
    writer = tensorboardx.SummaryWriter(str(tmp_path))
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, writer, every=1):
        loss_of(model).backward()
        optimizer.step()
    writer.close()
    assert len(list(tmp_path.iterdir())) == 1
    assert table(tmp_path, "weights").rows == ("0.weight", "0.bias", "2.weight", "2.bias")
    assert logged(tmp_path).model is not None


def test_an_optimizer_that_is_named_twice_is_one(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, [optimizer, optimizer], tmp_path, every=1):
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()
    assert table(tmp_path, "weights").steps.tolist() == [0, 1, 2]


def scheduled() -> Any:
    return torch.optim.lr_scheduler.StepLR(torch.optim.SGD(network().parameters(), 0.1), 1)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a scheduler for an optimizer": (
        lambda: attach.torch(network(), scheduled(), None),
        "optimizer must be a torch.optim.Optimizer or a list of them, not a StepLR",
    ),
    "scheduler": (
        lambda: attach.torch(
            network(), torch.optim.SGD(network().parameters(), 0.1), None, scheduler="cosine"
        ),
        "scheduler must be a learning-rate scheduler or a list of them, not a str",
    ),
    "model": (
        lambda: attach.torch("net", None, None),
        "model must be a torch.nn.Module, not a str",
    ),
    "optimizer": (
        lambda: attach.torch(network(), [1e-3], None),
        "optimizer must be a torch.optim.Optimizer or a list of them, not a float",
    ),
    "no optimizer": (
        lambda: attach.torch(network(), [], None),
        "optimizer must be a torch.optim.Optimizer or a list of them, not a list",
    ),
    "writer": (
        lambda: attach.torch(network(), torch.optim.SGD(network().parameters(), 0.1), 7),
        "writer must be a SummaryWriter, a folder's path or None, not an int",
    ),
    "loss": (
        lambda: attach.torch(
            network(), torch.optim.SGD(network().parameters(), 0.1), "logs", loss=0.5
        ),
        "loss must be a loss module, a function or its name, not a float",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_fails_at_once(case: str) -> None:
    call, message = WRONG[case]
    with pytest.raises(TypeError) as raised:
        call()
    assert str(raised.value) == message
