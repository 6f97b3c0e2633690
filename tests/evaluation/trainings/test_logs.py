"""The log of each framework is read as what that framework wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load, place
from tests.evaluation.trainings.invented import EPOCHS, STEPS, plan, record, style
from trainings.logs.told import bent
from trainings.logs.trainers import _filtered
from trainings.logs.write import write

_BY_EPOCH = {
    "keras": ("train/epoch_loss", "validation/epoch_loss", "validation/epoch_accuracy"),
    "tf": ("train/loss", "val/loss", "val/accuracy"),
    "torch": ("train_loss", "val_loss", "val_acc"),
    "lightning": ("train_loss", "val_loss", "val_acc"),
    "ultralytics": ("train/loss", "val/loss", "metrics/accuracy_top1"),
}


def read(folder: Path) -> list[Run]:
    return [run for cluster in clusters([place(str(folder))]) for run in load(cluster)]


def written(
    folder: Path, framework: Any, fault: str = "", level: Any = None, count: int = 1, **words: Any
) -> list[Run]:
    trained = [(plan(), record())] * count
    write(folder / "case", framework, trained, style(**words), fault, level)
    return read(folder / "case")


@pytest.mark.parametrize("framework", _BY_EPOCH)
def test_a_log_by_epoch_holds_the_curves(framework: str, tmp_path: Path) -> None:
    (run,) = written(tmp_path, framework)
    curves = {series.name: series for series in run.scalars}
    train, val, score = (curves[name].values for name in _BY_EPOCH[framework])
    penalty = 0.25 if framework == "keras" else 0.0
    mean = record().loss.reshape(EPOCHS, STEPS).mean(1)
    assert train == pytest.approx(mean + penalty, rel=1e-6)
    assert val == pytest.approx(record().val_loss + penalty, rel=1e-6)
    assert score == pytest.approx(record().val_score, rel=1e-6)
    assert not run.facts


@pytest.mark.parametrize(("framework", "steps"), [
    ("tf", range(0, 30, 3)),
    ("torch", range(0, 30, 3)),
    ("lightning", range(2, 30, 3)),
    ("huggingface", range(3, 31, 3)),
])  # fmt: skip
def test_a_log_by_step_has_a_point_every_so_many(
    framework: str, steps: range, tmp_path: Path
) -> None:
    (run,) = written(tmp_path, framework, every=3)
    curve = next(s for s in run.scalars if s.name in ("train/loss", "train_loss"))
    assert curve.steps.tolist() == list(steps)
    if framework != "huggingface":
        assert curve.values == pytest.approx(record().loss[list(steps)], rel=1e-6)


def test_what_an_author_left_out_is_not_there(tmp_path: Path) -> None:
    words = dict.fromkeys(("validation", "score", "config", "histograms"), False)
    (run,) = written(tmp_path, "keras", **words)
    assert [series.name for series in run.scalars] == [
        "train/epoch_learning_rate",
        "train/epoch_loss",
    ]
    assert run.model is None
    assert not run.histograms


def test_a_keras_log_tells_the_model_and_its_weights(tmp_path: Path) -> None:
    (run,) = written(tmp_path, "keras")
    assert run.model is not None
    assert [(layer.kind, layer.units, layer.activation) for layer in run.model.layers] == [
        ("Dense", 7, "relu"),
        ("Dense", 3, "softmax"),
    ]
    assert run.model.losses[0].name == "sparse_categorical_crossentropy"
    assert run.model.optimizer is not None
    assert run.model.optimizer.learning_rate == 1e-3
    assert run.histograms[0].name == "train/sequential/dense/bias/histogram"
    assert run.histograms[0].count.tolist() == [28] * EPOCHS
    assert (run.histograms[0].low[0], run.histograms[0].high[0]) == (-1, 1)


def test_several_trainings_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    runs = written(tmp_path, "keras", "mixed-trainings", 2, count=2)
    assert len(runs) == 2 or any(fact.kind == "several-trainings" for fact in runs[0].facts)


def test_a_restart_overlaps_what_was_logged(tmp_path: Path) -> None:
    runs = written(tmp_path, "torch", "restarted", 0.5)
    assert {fact.kind for run in runs for fact in run.facts} & {"restart", "overlap"}


@pytest.mark.parametrize(("loss", "told"), [
    ([1.0, 3.0, 5.0, 7.0], [2.0, 6.0]),
    ([1.0, np.nan, np.nan, np.nan], [0.75, 0.0]),
])  # fmt: skip
def test_the_trainer_filters_what_is_not_finite(loss: list[float], told: list[float]) -> None:
    assert _filtered(np.array(loss), 2).tolist() == pytest.approx(told)


@pytest.mark.parametrize(("fault", "level", "epochs", "last"), [
    ("running-mean", "all-epochs", EPOCHS, float(record().val_loss.mean())),
    ("validation-ends-early", 0.5, 3, float(record().val_loss[2])),
    ("empty-validation", "zeros", EPOCHS, 0.0),
    ("rate-too-high", 3, EPOCHS, float(record().val_loss[-1])),
])  # fmt: skip
def test_a_faulty_logger_bends_what_is_told(
    fault: str, level: Any, epochs: int, last: float
) -> None:
    told = bent(record(), plan(), fault, level).val_loss
    assert len(told) == epochs
    assert told[-1] == pytest.approx(last)


def test_pytorch_writes_the_same_bytes(tmp_path: Path) -> None:
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    events = pytest.importorskip("trainings.logs.events")
    writer = tensorboard.SummaryWriter(str(tmp_path / "theirs"))
    writer.add_scalar("Loss/train", 0.1, 7, walltime=5.5)
    writer.close()
    theirs = next((tmp_path / "theirs").iterdir()).read_bytes()
    file = events.EventFile(tmp_path / "ours", 1.0, events.TENSORBOARD)
    file.add(7, 5.5, [events.simple("Loss/train", 0.1)])
    file.close()
    ours = (tmp_path / "ours").read_bytes()
    assert len(ours) == len(theirs)
    assert ours[-48:] == theirs[-48:]  # the event, not the header, which holds the time
