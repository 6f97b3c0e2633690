"""How much of a training is logged, and how; and what a faulty logger makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trainings.logs.events import TENSORBOARD
from trainings.plan import Array, Framework, Plan, rng
from trainings.record import Record


@dataclass(frozen=True)
class Style:
    """What one log holds, as its author decided.

    Attributes:
        training, validation, score: curves that are there.
        config, histograms: of a Keras model.
        every: steps between two points of a curve that is logged by step; 0 for one an epoch.
        names: which of the usual ways to name tags.
        rate, norm, hparams: whether the rate, the gradient's norm and hyperparameters are logged.
        recent: whether it was written with a version of the last years.
        begin: when it began, in seconds; ``pace`` is the time that a step takes.
    """

    training: bool
    validation: bool
    score: bool
    config: bool
    histograms: bool
    every: int
    names: int
    rate: bool
    norm: bool
    hparams: bool
    recent: bool
    begin: float
    pace: float

    def words(self) -> str:
        """What is in the log, in words separated by blanks."""
        kinds = ("training", "validation", "score", "config", "histograms", "rate", "norm")
        return " ".join(kind for kind in kinds if getattr(self, kind))


@dataclass(frozen=True)
class Told:
    """A training as it is told by a log.

    Attributes:
        metric: what the score is called.
        span: the epochs that are written.
        number: how many logs were written into the folder before; ``begin`` is when this began.
    """

    plan: Plan
    record: Record
    style: Style
    metric: str
    span: range
    number: int
    begin: float

    @property
    def writer(self) -> str:
        """What PyTorch's writer calls itself, where it is a new one."""
        return TENSORBOARD if self.style.recent else ""

    def wall(self, step: int) -> float:
        """When this step of the training was done."""
        return self.begin + self.style.pace * (step - self.span.start * self.plan.steps + 1)

    def validated(self, epoch: int) -> bool:
        """Whether validation was logged after this epoch."""
        return self.style.validation and epoch < len(self.record.val_loss)

    def trained(self) -> dict[str, Array]:
        """Mean loss and score over each epoch."""
        record = self.record
        return {"loss": record.epochs(record.loss), self.metric: record.epochs(record.score)}


def style(framework: Framework, plan: Plan, name: str) -> Style:
    """Drawn for the training of this name, by what is usual in the framework."""
    random = rng(name, len(name), framework)
    keras, chance = framework == "keras", random.random(9)
    total = plan.steps * plan.epochs
    intervals = [every for every in (1, 5, 10, 20, 50) if total / 2000 <= every <= total / 4]
    by_step = framework != "keras" and chance[5] < 0.6 and bool(intervals)
    always = framework in ("huggingface", "ultralytics", "keras")
    training = always or chance[7] > 0.04
    return Style(
        training=training,
        validation=chance[0] > 0.1 or not training,
        score=chance[1] > (0.08 if keras else 0.2),
        config=keras and chance[2] > 0.1,
        histograms=keras and chance[3] > 0.4 and plan.epochs <= 60,
        every=int(random.choice(intervals)) if by_step else 0,
        names=int(random.integers(0, 6)),
        rate=framework in ("keras", "huggingface", "ultralytics") or chance[4] > 0.55,
        norm=framework == "huggingface" or (framework != "keras" and chance[6] > 0.75),
        hparams=framework == "lightning" or (framework == "torch" and chance[2] > 0.7),
        recent=chance[8] > 0.3,
        begin=1.75e9 + float(random.integers(0, 30_000_000)),
        pace=float(random.choice([0.002, 0.01, 0.05, 0.3])),
    )


def metric_of(plan: Plan, fault: str) -> str:
    """The name of the score that is logged."""
    return "accuracy" if plan.task != "regression" or fault == "accuracy-of-regression" else "mae"


def bent(record: Record, plan: Plan, fault: str, level: Any) -> Record:
    """The record as a logger with this fault tells it."""
    epochs = len(record.val_loss)
    if fault == "running-mean":
        return _running(record)
    if fault == "validation-ends-early":
        kept = max(2, round(epochs * (1 - level)))
        return replace(record, val_loss=record.val_loss[:kept], val_score=record.val_score[:kept])
    if fault == "empty-validation":
        zeros = np.zeros(epochs)
        return replace(record, val_loss=zeros, val_score=zeros, val_penalty=zeros)
    if fault in ("accuracy-of-regression", "metric-never-updated"):
        value = 1 / max(2, plan.outputs) if fault == "metric-never-updated" else 0.0
        return replace(
            record,
            score=np.full(len(record.score), value),
            val_score=np.full(epochs, value),
        )
    return record


def _running(record: Record) -> Record:
    def mean(values: Any) -> Any:
        return np.cumsum(values) / np.arange(1, len(values) + 1)

    return replace(
        record,
        loss=mean(record.loss),
        score=mean(record.score),
        val_loss=mean(record.val_loss),
        val_score=mean(record.val_score),
    )
