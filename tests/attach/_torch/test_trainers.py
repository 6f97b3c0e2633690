"""The thin callbacks of Lightning and of the Hugging Face Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="Lightning and the Trainer need PyTorch")

from tb_diagnose import attach
from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]


def logged(folder: Path) -> Run:
    runs = [run for cluster in clusters([folder]) for run in load(cluster)]
    (attached,) = [run for run in runs if run.vitals]
    return attached


def tables(folder: Path) -> dict[tuple[str, str], Any]:
    return {(each.folder, each.tag): each for each in logged(folder).vitals}


def fitted(module: Any, folder: Path, **options: Any) -> None:
    """Two epochs of a Lightning module on 32 examples."""
    import lightning.pytorch as lightning
    from lightning.pytorch.loggers import TensorBoardLogger

    torch.manual_seed(0)
    data = torch.utils.data.TensorDataset(torch.randn(32, 5), torch.arange(32) % 3)
    loader = torch.utils.data.DataLoader(data, 8)
    trainer = lightning.Trainer(
        max_epochs=2,
        logger=TensorBoardLogger(str(folder)),
        callbacks=[attach.lightning(every=1)],
        enable_checkpointing=False,
        enable_progress_bar=False,
        accelerator="cpu",
        **options,
    )
    trainer.fit(module, loader, loader)


def network() -> Any:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))


@pytest.mark.parametrize("parts", (1, 2))
def test_lightning(parts: int, tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch", reason="it is about Lightning")

    class Module(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.net = network()

        def training_step(self, batch: Any, _: int) -> Any:
            return torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])

        def validation_step(self, batch: Any, _: int) -> None:
            self.net(batch[0])

        def configure_optimizers(self) -> Any:
            optimizer = torch.optim.SGD(self.parameters(), 0.1)
            return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1)]

    fitted(Module(), tmp_path, accumulate_grad_batches=parts)
    found = tables(tmp_path)
    assert ("validation", "diagnose/inputs") in found
    assert found["", "diagnose/layers"].rows == ("net.0", "net.1", "net.2")
    step = found["", "diagnose/step"]
    assert step.steps.tolist() == list(range(8 // parts))
    assert (step.column("carried_gradient_norm") == 0).all()
    np.testing.assert_allclose(step.column("loss"), 1.1, atol=0.3)
    assert len(list(tmp_path.rglob("version_0/*tfevents*"))) == 1
    model = logged(tmp_path).model
    assert model is not None
    assert (model.framework, model.precision, model.batch_size) == ("lightning", "32-true", 8)
    assert [layer.kind for layer in model.layers] == ["Dense", "ReLU", "Dense"]
    assert model.order_known
    assert model.losses[0].name == "sparse_categorical_crossentropy"
    assert model.optimizer is not None
    assert model.optimizer.schedule is not None
    assert not model.unoptimized


def test_manual_optimization_of_two_networks(tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch", reason="it is about Lightning")

    class Two(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.automatic_optimization = False
            self.one, self.two = network(), network()

        def training_step(self, batch: Any, _: int) -> None:
            for net, optimizer in zip((self.one, self.two), self.optimizers(), strict=True):
                optimizer.zero_grad()
                self.manual_backward(torch.nn.functional.cross_entropy(net(batch[0]), batch[1]))
                optimizer.step()

        def configure_optimizers(self) -> Any:
            return [torch.optim.Adam(net.parameters()) for net in (self.one, self.two)]

    fitted(Two(), tmp_path, num_sanity_val_steps=0, limit_val_batches=0)
    found = tables(tmp_path)
    assert found["", "diagnose/weights"].steps.tolist() == list(range(8))
    assert len(found["", "diagnose/weights"].rows) == 8
    assert (found["", "diagnose/weights"].column("update_norm") > 0).all()
    assert found["", "diagnose/layers"].rows == tuple(
        f"{n}.{i}" for n in ("one", "two") for i in range(3)
    )
    model = logged(tmp_path).model
    assert model is not None
    assert [len(each.parameters) for each in model.optimizers] == [4, 4]
    assert not model.unoptimized


def test_hugging_face(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="it is about its Trainer")
    pytest.importorskip("accelerate", reason="the Trainer needs it")

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Linear(5, 3)

        def forward(self, x: Any, labels: Any = None) -> Any:
            logits = self.net(x)
            return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}

    data = [{"x": torch.randn(5), "labels": i % 3} for i in range(32)]
    options = transformers.TrainingArguments(
        output_dir=str(tmp_path / "out"), report_to="tensorboard", max_steps=4, use_cpu=True
    )
    trainer = transformers.Trainer(
        Model(), options, train_dataset=data, callbacks=[attach.hugging_face(every=1)]
    )
    trainer.train()
    found = tables(tmp_path)
    assert {"diagnose/layers", "diagnose/weights", "diagnose/inputs"} <= {tag for _, tag in found}
    assert np.isfinite(found["", "diagnose/step"].column("loss")).all()
    model = logged(tmp_path).model
    assert model is not None
    assert model.framework == "hugging_face"
    assert [layer.kind for layer in model.layers] == ["Dense"]
    assert [(loss.name, loss.from_logits) for loss in model.losses] == [
        ("sparse_categorical_crossentropy", True)
    ]
    assert model.optimizer is not None
    assert model.optimizer.name == "adamw"
