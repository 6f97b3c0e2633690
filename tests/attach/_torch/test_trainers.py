"""The thin callbacks of Lightning and of the Hugging Face Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="Lightning and the Trainer need PyTorch")

from tb_diagnose import attach
from tb_diagnose.read import clusters, load

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]


def tags(folder: Path) -> set[tuple[str, str]]:
    runs = [run for cluster in clusters([folder]) for run in load(cluster)]
    return {(each.folder, each.tag) for run in runs for each in run.vitals}


def test_lightning(tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch", reason="it is about Lightning")
    from lightning.pytorch.loggers import TensorBoardLogger

    class Module(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU())

        def training_step(self, batch: Any, _: int) -> Any:
            return self.net(batch[0]).mean()

        def validation_step(self, batch: Any, _: int) -> None:
            self.net(batch[0])

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.1)

    data = torch.utils.data.TensorDataset(torch.randn(32, 5), torch.arange(32) % 3)
    loader = torch.utils.data.DataLoader(data, 8)
    trainer = lightning.Trainer(
        max_epochs=2,
        logger=TensorBoardLogger(str(tmp_path)),
        callbacks=[attach.lightning(every=1)],
        enable_checkpointing=False,
        enable_progress_bar=False,
        accelerator="cpu",
    )
    trainer.fit(Module(), loader, loader)
    found = tags(tmp_path)
    assert {tag for _, tag in found} >= {"diagnose/layers", "diagnose/weights", "diagnose/inputs"}
    assert ("validation", "diagnose/inputs") in found
    assert len(list(tmp_path.rglob("version_0/*tfevents*"))) == 1


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
    assert {tag for _, tag in tags(tmp_path)} >= {"diagnose/layers", "diagnose/weights"}
