"""Attached to PyTorch trainings: nothing changes, and the numbers are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="attaching to PyTorch is tested with it")
pytest.importorskip("tensorboard", reason="SummaryWriter needs it")

from torch.utils.tensorboard import SummaryWriter

from tb_diagnose import attach
from tb_diagnose.read import clusters, load

pytestmark = pytest.mark.filterwarnings("ignore")


def network() -> Any:
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3),
        torch.nn.BatchNorm2d(6),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.2),
        torch.nn.Flatten(),
        torch.nn.Linear(6 * 36, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 4),
    )


def train(folder: Path | None, *, half: bool = False, parts: int = 1) -> tuple[list[bytes], Any]:
    torch.manual_seed(0)
    model = network()
    optimizer = torch.optim.Adam(model.parameters())
    x, y = torch.randn(6, 16, 3, 8, 8), torch.randint(0, 4, (6, 16))
    writer = watch = None
    if folder is not None:
        writer = SummaryWriter(str(folder))
        watch = attach.torch(model, optimizer, writer, every=2)
    seen = []
    for batch, labels in zip(x, y, strict=True):
        optimizer.zero_grad()
        for part, target in zip(batch.chunk(parts), labels.chunk(parts), strict=True):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                predicted = model(part)
                losses = torch.nn.functional.cross_entropy(predicted, target, reduction="none")
            losses.mean().backward()
            if watch:
                watch.batch(labels=target, losses=losses, classes=4)
        optimizer.step()
        seen.append(losses.detach().float().mean())
    if watch and writer:
        model.eval()
        model(3 * x[0] + 1)
        watch.close()
        writer.close()
    state = optimizer.state_dict()["state"]
    slots = [value for each in state.values() for value in each.values()]
    tensors = [*seen, *model.state_dict().values(), *slots]
    return [each.detach().numpy().tobytes() for each in tensors], model


def vitals(folder: Path, kind: str, within: str = "") -> Any:
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    wanted = (within, f"diagnose/{kind}")
    return next(each for each in run.vitals if (each.folder, each.tag) == wanted)


@pytest.mark.parametrize(("half", "parts"), ((False, 1), (True, 1), (False, 4)))
def test_a_training_is_the_same_to_the_last_bit(half: bool, parts: int, tmp_path: Path) -> None:
    plain, _ = train(None, half=half, parts=parts)
    attached, model = train(tmp_path, half=half, parts=parts)
    assert attached == plain
    for module in model.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
    found = vitals(tmp_path, "layers")
    assert found.rows == ("0", "1", "2", "3", "5", "6", "7")
    assert found.layout["activations"]["6"] == "tanh"
    assert found.steps.tolist() == [0, 2, 4]
    assert np.isfinite(found.column("mean")).all()
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


def test_the_numbers_are_right(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with torch.no_grad():
        model[0].weight[:2] = 0
        model[0].bias[:2] = -1
    x, y = 2 + 3 * torch.randn(32, 5), torch.arange(32) % 3
    before = [each.detach().clone().numpy() for each in model.parameters()]
    writer = SummaryWriter(str(tmp_path))
    watch = attach.torch(model, optimizer, writer, every=1)
    losses = torch.nn.functional.cross_entropy(model(x), y, reduction="none")
    watch.batch(labels=y, losses=losses, classes=3)
    losses.mean().backward()
    gradients = [each.grad.numpy() for each in model.parameters()]
    optimizer.step()
    watch.close()
    writer.close()
    norms = np.array([np.linalg.norm(each) for each in gradients])
    weights = vitals(tmp_path, "weights")
    assert weights.rows == ("0.weight", "0.bias", "2.weight", "2.bias")
    np.testing.assert_allclose(weights.column("gradient_norm")[0], norms, rtol=1e-4)
    np.testing.assert_allclose(weights.column("update_norm")[0], 0.1 * norms, rtol=1e-3)
    sizes = [np.linalg.norm(each) for each in before]
    np.testing.assert_allclose(weights.column("weight_norm")[0], sizes, rtol=1e-5)
    layers = vitals(tmp_path, "layers")
    assert layers.column("dead")[0, 1] >= 0.25
    step = vitals(tmp_path, "step")
    assert step.column("loss")[0, 0] == pytest.approx(losses.mean().item(), rel=1e-5)
    assert step.column("gradient_norm")[0, 0] == pytest.approx(np.linalg.norm(norms), rel=1e-4)
    assert step.column("loss_q100")[0, 0] == pytest.approx(losses.max().item(), rel=1e-6)
    inputs = vitals(tmp_path, "inputs")
    np.testing.assert_allclose(inputs.column("mean")[0], x.mean(0), rtol=1e-4)
    assert vitals(tmp_path, "labels").values[0, :, 0].tolist() == [11, 11, 10]


def test_evaluation_goes_to_the_validation_folder(tmp_path: Path) -> None:
    train(tmp_path)
    training, validation = vitals(tmp_path, "inputs"), vitals(tmp_path, "inputs", "validation")
    assert (validation.column("std") > 2 * training.column("std")[-1]).all()


def test_a_failure_of_ours_never_reaches_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ours")

    plain, _ = train(None)
    monkeypatch.setattr("tb_diagnose.attach.core.recorder.Recorder.vector", broken)
    attached, _ = train(tmp_path)
    assert attached == plain
    assert "tb-diagnose" in caplog.text


def test_a_compiled_model_shows_its_weights(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(5, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    watch = attach.torch(model, optimizer, SummaryWriter(str(tmp_path)), every=1)
    # The hooks of a compiled model do not run; its parameters are those of the module itself.
    torch.nn.functional.linear(torch.randn(4, 5), model[0].weight).sum().backward()
    optimizer.step()
    watch.close()
    weights = vitals(tmp_path, "weights")
    assert weights.column("update_norm")[0, 0] > 0
    assert "compiled" in " ".join(weights.layout["skipped"])
