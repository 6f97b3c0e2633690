"""The logs of people's own training loops: ``tf.summary``, and PyTorch's SummaryWriter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trainings.logs.events import TENSORFLOW, EventFile, scalar, simple
from trainings.logs.hparams import session
from trainings.logs.told import Told
from trainings.plan import Array


class Names(NamedTuple):
    """Tags of the curves; ``folders`` tells the parts apart by folder, not by tag."""

    train: str
    val: str
    train_score: str
    val_score: str
    rate: str
    norm: str
    folders: bool = False


class Point(NamedTuple):
    """One value; ``part`` is train or val."""

    step: int
    wall: float
    part: str
    tag: str
    value: float


#: ``{}`` is the name of the score.
_TF = (
    Names("loss", "loss", "{}", "{}", "learning_rate", "grad_norm", folders=True),
    Names("loss", "loss", "{}", "{}", "lr", "gradient_norm", folders=True),
    Names("train_loss", "val_loss", "train_{}", "val_{}", "learning_rate", "grad_norm"),
    Names("train/loss", "val/loss", "train/{}", "val/{}", "train/lr", "train/grad_norm"),
    Names("epoch_loss", "epoch_loss", "epoch_{}", "epoch_{}", "learning rate", "norm",
          folders=True),
    Names("loss", "test_loss", "{}", "test_{}", "lr", "grad_norm"),
)  # fmt: skip
_TORCH = (
    Names("Loss/train", "Loss/val", "{}/train", "{}/val", "LR", "Grad/norm"),
    Names("Loss/train", "Loss/test", "{}/train", "{}/test", "Learning rate", "grad_norm"),
    Names("train/loss", "val/loss", "train/acc", "val/acc", "train/lr", "train/grad_norm"),
    Names("train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm"),
    Names("training loss", "validation loss", "training {}", "validation {}", "lr", "grad norm"),
    Names("loss", "val_loss", "{}", "val_{}", "lr", "grad_norm"),
)


def write_tf(folder: Path, told: Told) -> None:
    """As a loop with ``tf.summary.scalar`` does, with a writer for each folder."""
    names = _TF[told.style.names]
    parts = {"train": "train", "val": ("validation", "test")[told.style.names % 2]}
    files: dict[str, EventFile] = {}
    for point in _points(told, names, told.metric):
        where = parts[point.part] if names.folders else "."
        if where not in files:
            path = folder / where / _name(told, len(files), ".v2")
            files[where] = EventFile(path, told.begin, TENSORFLOW)
        files[where].add(point.step, point.wall, [scalar(point.tag, point.value)])
    for file in files.values():
        file.close()


def write_torch(folder: Path, told: Told) -> None:
    """As a loop with ``SummaryWriter.add_scalar`` does: one file."""
    names = _TORCH[told.style.names]
    metric = told.metric
    if told.style.names < 2:
        metric = {"accuracy": "Accuracy", "mae": "MAE"}[metric]
    if metric == "mae":
        names = names._replace(
            train_score=names.train_score.replace("acc", "mae"),
            val_score=names.val_score.replace("acc", "mae"),
        )
    file = EventFile(folder / _name(told, 0, ""), told.begin, told.writer)
    for point in _points(told, names, metric):
        file.add(point.step, point.wall, [simple(point.tag, point.value)])
    if told.style.hparams:
        session(file, told.plan, told.begin, told.wall(len(told.record.loss)))
    file.close()


def _points(told: Told, names: Names, metric: str) -> Iterator[Point]:
    record = told.record
    trained = {names.train: record.loss}
    validated = {names.val: record.val_loss}
    if told.style.score:
        trained[names.train_score.format(metric)] = record.score
        validated[names.val_score.format(metric)] = record.val_score
    if told.style.norm:
        trained[names.norm] = record.norm
    if told.style.rate:
        trained[names.rate] = record.rate
    told_by = _by_step if told.style.every else _by_epoch
    for epoch in told.span:
        if told.style.training:
            yield from told_by(told, trained, epoch)
        done = (epoch + 1) * told.plan.steps
        at = done - 1 if told.style.every and told.style.names % 3 else epoch
        if told.validated(epoch):
            for tag, curve in validated.items():
                yield Point(at, told.wall(done), "val", tag, curve[epoch])


def _by_step(told: Told, curves: dict[str, Array], epoch: int) -> Iterator[Point]:
    """What the batch of every so many steps gave."""
    steps = told.plan.steps
    for step in range(epoch * steps, (epoch + 1) * steps):
        if step % told.style.every == 0:
            for tag, curve in curves.items():
                yield Point(step, told.wall(step), "train", tag, curve[step])


def _by_epoch(told: Told, curves: dict[str, Array], epoch: int) -> Iterator[Point]:
    """The mean over the epoch."""
    done = (epoch + 1) * told.plan.steps
    for tag, curve in curves.items():
        value = told.record.epochs(curve)[epoch]
        yield Point(epoch, told.wall(done), "train", tag, value)


def _name(told: Told, number: int, ending: str) -> str:
    return f"events.out.tfevents.{int(told.begin)}.host.{1000 + told.number}.{number}{ending}"
