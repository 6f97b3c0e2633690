"""In the loop the same is found as on the command line, in every framework."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose import attach
from tb_diagnose.attach.core.live_monitor import Finding
from tests.attach.verdicts import outcomes

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]

EPOCHS = 6


def in_pytorch(folder: Path, on_finding: Any) -> bool:
    """A softmax before the cross-entropy; whether the training was stopped."""
    torch = pytest.importorskip("torch", reason="it is about PyTorch")
    from torch.utils.tensorboard import SummaryWriter

    torch.manual_seed(0)
    layers = (torch.nn.Linear(5, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3), torch.nn.Softmax(1))
    model, criterion = torch.nn.Sequential(*layers), torch.nn.CrossEntropyLoss()
    optimizer, writer = torch.optim.Adam(model.parameters()), SummaryWriter(str(folder))
    x, y = torch.randn(64, 8, 5), torch.arange(8) % 3
    with attach.torch(model, optimizer, writer, every=4, on_finding=on_finding) as attached:
        for epoch in range(EPOCHS):
            for batch in x:
                optimizer.zero_grad()
                loss = criterion(model(batch), y)
                loss.backward()
                optimizer.step()
            writer.add_scalar("loss/train", loss.item(), epoch)
            writer.flush()
            if attached.stop:
                return True
    writer.close()
    return False


def in_lightning(folder: Path, on_finding: Any) -> bool:
    """The same."""
    torch = pytest.importorskip("torch", reason="Lightning needs PyTorch")
    lightning = pytest.importorskip("lightning.pytorch", reason="it is about Lightning")
    from lightning.pytorch.loggers import TensorBoardLogger

    class Module(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.net = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.Softmax(1))

        def training_step(self, batch: Any, _: int) -> Any:
            loss = torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters())

    data = torch.utils.data.TensorDataset(torch.randn(256, 5), torch.arange(256) % 3)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        logger=TensorBoardLogger(str(folder)),
        callbacks=[attach.lightning(every=4, on_finding=on_finding)],
        enable_checkpointing=False,
        enable_progress_bar=False,
        accelerator="cpu",
        log_every_n_steps=4,
    )
    trainer.fit(Module(), torch.utils.data.DataLoader(data, 8))
    return bool(trainer.current_epoch < EPOCHS)


def in_tensorflow(folder: Path, on_finding: Any) -> bool:
    """A rate far too high; whether the training was stopped."""
    tf = pytest.importorskip("tensorflow", reason="it is about tf.GradientTape")
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    optimizer = keras.optimizers.Adam(10.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    writer = tf.summary.create_file_writer(str(folder))

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return value

    options = {"every": 4, "on_finding": on_finding, "logdir": folder}
    run = attach.tf(step, model, optimizer, writer=writer, loss=loss, **options)
    x, y = tf.random.normal((64, 8, 5), seed=0), tf.range(8) % 3
    for epoch in range(EPOCHS):
        value = sum(float(run(batch, y)) for batch in x) / len(x)
        with writer.as_default():
            tf.summary.scalar("loss/train", value, epoch)
        writer.flush()
        if run.stop:
            return True
    run.close()
    return False


TRAININGS: tuple[Callable[[Path, Any], bool], ...] = (in_pytorch, in_lightning, in_tensorflow)
every_framework = pytest.mark.parametrize("train", TRAININGS, ids=lambda train: train.__name__)


@every_framework
def test_a_function_is_called_with_what_the_command_line_finds(
    train: Callable[[Path, Any], bool], tmp_path: Path
) -> None:
    reported: list[Finding] = []
    assert not train(tmp_path, reported.append)
    at_the_end = {outcome.id for outcome in outcomes(tmp_path) if not outcome.caused_by}
    assert at_the_end
    assert at_the_end <= {finding.id for finding in reported}


@every_framework
def test_a_critical_finding_is_logged_once_and_stops_the_training(
    train: Callable[[Path, Any], bool], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "tb_diagnose"):
        assert train(tmp_path, "stop")
    texts = [record.getMessage() for record in caplog.records if record.name == "tb_diagnose"]
    assert any("CRITICAL" in text for text in texts)
    assert len(texts) == len(set(texts))
