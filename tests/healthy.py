"""Healthy trainings by the hundred: seeded, in the shapes, lengths and tags that real logs have.

Each is one that a careful practitioner would leave alone: the loss falls by a power law, an
exponential or in two phases and settles at a good level; validation follows with a gap and does
not turn. What varies is what must not matter: the number of points, the noise of single batches,
the learning-rate schedule, the framework's tags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Run, Series
from tests.cases import START, Floats, dense_model

#: A training takes an hour, however many points it logs.
HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Training:
    """What is true of a training before anything is logged. Times run from 0 to 1.

    Attributes:
        chance: the random numbers it is made of.
        classes: 0 for a regression.
        shape: time → share of the way still to go, 1 at the start.
        start, end: level of the training loss.
        gap: of validation over training at the end, as a share of ``end``.
        score: accuracy at the end, 0 for a regression.
        epochs: how many.
        batches: batches an epoch.
    """

    chance: Generator
    classes: int
    shape: Callable[[Floats], Floats]
    start: float
    end: float
    gap: float
    score: float
    epochs: int
    batches: int

    def loss(self, at: Floats) -> Floats:
        return self.end + (self.start - self.end) * self.shape(at)

    def val_loss(self, at: Floats, noise: float) -> Floats:
        """Falls to a level of its own; its noise wanders, as weights do from epoch to epoch."""
        floor = self.end * (1 + self.gap)
        # Batch normalisation's averages are off at first: the first validations lie higher.
        begin = self.start * self.chance.uniform(0.9, 1.5)
        clean = floor + (begin - floor) * self.shape(at)
        shocks, memory = self.chance.normal(size=len(at)), self.chance.uniform(0, 0.5)
        wander = [memory * (shocks[i - 1] if i else 0.0) + each for i, each in enumerate(shocks)]
        return clean * np.exp(noise * np.array(wander))

    def accuracy(self, at: Floats, examples: int) -> Floats:
        """Counted on so many examples, drawn anew for training and fixed for validation."""
        guess = 1 / self.classes
        right = self.score - (self.score - guess) * self.shape(at)
        return self.chance.binomial(examples, right) / examples


def healthy(seed: int) -> Run:
    """The healthy run of this seed."""
    chance = np.random.default_rng(seed)
    style = list(STYLES)[seed % len(STYLES)]
    return STYLES[style](_training(chance), f"healthy/{style}/{seed}")


def _training(chance: Generator) -> Training:
    classes = int(chance.choice([0, 2, 5, 10, 100]))
    learned = chance.uniform(0.7, 0.97)
    start = np.log(classes) if classes else 10 ** chance.uniform(-3, 4)
    return Training(
        chance,
        classes,
        _shape(chance),
        start * chance.uniform(1, 1.2),
        start * (1 - learned),
        gap=chance.uniform(0, 0.6),
        score=1 / classes + learned * (1 - 1 / classes) if classes else 0.0,
        epochs=int(np.round(5 * 40 ** chance.uniform())),
        batches=int(chance.integers(20, 400)),
    )


def _shape(chance: Generator) -> Callable[[Floats], Floats]:
    """How such a loss falls: Hestness et al. 2017 for the power law, step decay for two phases."""
    kind, turn = chance.integers(3), chance.uniform(0.4, 0.97)
    pace, flat = chance.uniform(4, 25), chance.uniform(0, 0.03)

    def shape(at: Floats) -> Floats:
        since = np.maximum(at - flat, 0)  # the warm-up of the rate, where next to nothing moves
        if kind == 0:
            return np.asarray((1 + 8 * pace * since) ** -0.7)
        if kind == 1:
            return np.exp(-pace * since)
        first = 0.25 + 0.75 * np.exp(-1.5 * pace * since)
        return np.where(at < turn, first, 0.25 * np.exp(-2 * pace * np.maximum(at - turn, 0)))

    return shape


def _batches(of: Training, at: Floats) -> Floats:
    """Losses of single batches: gamma noise for means of few examples, log-normal for many."""
    n = len(at)
    if of.chance.random() < 0.5:
        k = 2 ** of.chance.uniform(1, 8)
        noise = of.chance.gamma(k, 1 / k, n)
    else:
        noise = np.exp(of.chance.normal(0, of.chance.uniform(0.02, 0.5), n))
    # To an untrained classifier every example is as hard as the next.
    return of.loss(at) * noise ** (1 - 0.8 * of.shape(at) if of.classes else 1)


def _schedule(of: Training, at: Floats) -> Floats:
    peak = 10 ** of.chance.uniform(-4, -2.5)
    warm = np.minimum(1.0, at / 0.05 + 0.01)
    kind = of.chance.integers(4)
    if kind == 0:
        return np.full(len(at), peak)
    if kind == 1:
        return np.asarray(peak * warm * (1 + np.cos(np.pi * at)) / 2)
    return np.asarray(peak * (0.1 ** np.floor(at * 3) if kind == 2 else warm * (1 - at)))


def _series(values: ArrayLike, tag: str, folder: str, at: Floats, steps: ArrayLike) -> Series:
    numbers = np.asarray(values, dtype=np.float32)
    return Series(tag, folder, np.asarray(steps, dtype=np.int64), numbers, START + HOUR * at)


def _keras(of: Training, name: str) -> Run:
    """One point an epoch; every second run logs its batches as well, as running means."""
    at, epoch = (np.arange(of.epochs) + 1) / of.epochs, np.arange(of.epochs)
    # An epoch's training loss is a mean over the epoch: it lags by half of one.
    train = of.loss(at - 0.5 / of.epochs) * (
        1 + of.chance.uniform(0.001, 0.02) * of.chance.normal(size=of.epochs)
    )
    curves = [_series(train, "epoch_loss", "train", at, epoch)]
    curves.append(_series(_schedule(of, at), "epoch_learning_rate", "train", at, epoch))
    if of.chance.random() < 0.8:
        val = of.val_loss(at, of.chance.uniform(0.002, 0.05))
        curves.append(_series(val, "epoch_loss", "validation", at, epoch))
    if of.classes:
        shares = {"train": of.batches * 32, "validation": int(of.chance.integers(100, 5000))}
        for folder, examples in shares.items():
            accuracy = of.accuracy(at, examples)
            curves.append(_series(accuracy, "epoch_accuracy", folder, at, epoch))
    if of.chance.random() < 0.5 and of.epochs * of.batches <= 20_000:
        n = of.epochs * of.batches
        each = _batches(of, np.arange(n) / n).reshape(of.epochs, of.batches)
        means = np.cumsum(each, axis=1) / np.arange(1, of.batches + 1)
        at = (np.arange(n) + 1) / n
        curves.append(_series(means.ravel(), "batch_loss", "train", at, np.arange(n) + 1))
    adam = Optimizer("adam", 10 ** of.chance.uniform(-4, -2.5), None, {})
    last = (of.classes, "softmax", "sparse_categorical_crossentropy")
    config = dense_model(*(last if of.classes else (1, "linear", "mean_squared_error")), adam)
    return Run(name, name, scalars=tuple(curves), model=config)


def _loop(
    of: Training, name: str, tags: tuple[str, str, str], *, every: int, score: str = ""
) -> Run:
    """A loop that logs single batches and validates once an epoch; ``tags``: loss, val, rate."""
    total = max(of.epochs * of.batches, 5)
    n = int(np.clip(total // every, 5, 20_000))
    steps = np.unique(np.linspace(every, total, n).astype(np.int64))
    at = steps / total
    curves = [_series(_batches(of, at), tags[0], "", at, steps)]
    curves.append(_series(_schedule(of, at), tags[2], "", at, steps))
    ends = (np.arange(of.epochs) + 1) / of.epochs
    when = (ends * total).astype(np.int64)
    if of.chance.random() < 0.7:
        val = of.val_loss(ends, of.chance.uniform(0.002, 0.05))
        curves.append(_series(val, tags[1], "", ends, when))
    if of.classes and score:
        examples = int(of.chance.integers(100, 5000))
        curves.append(_series(of.accuracy(ends, examples), score, "", ends, when))
    return Run(name, name, scalars=tuple(curves))


def _torch(of: Training, name: str) -> Run:
    return _loop(of, name, ("Loss/train", "Loss/val", "lr"), every=1, score="Accuracy/val")


def _lightning(of: Training, name: str) -> Run:
    tags = ("train_loss_step", "val_loss", "lr-Adam")
    return _loop(of, name, tags, every=50, score="val_acc")


def _hugging_face(of: Training, name: str) -> Run:
    """The mean of the last ten steps each time: a tenth of the variance."""
    tags = ("train/loss", "eval/loss", "train/learning_rate")
    return _loop(of, name, tags, every=10, score="eval/accuracy")


def _summary(of: Training, name: str) -> Run:
    """A ``tf.summary`` loop that logs every epoch's mean into two folders."""
    at, epoch = (np.arange(of.epochs) + 1) / of.epochs, np.arange(of.epochs)
    train = of.loss(at) * (1 + 0.01 * of.chance.normal(size=of.epochs))
    val = of.val_loss(at, of.chance.uniform(0.002, 0.05))
    curves = [_series(train, "loss", "train", at, epoch), _series(val, "loss", "test", at, epoch)]
    if of.classes:
        curves.append(_series(of.accuracy(at, 1000), "accuracy", "test", at, epoch))
    return Run(name, name, scalars=tuple(curves))


STYLES: Mapping[str, Callable[[Training, str], Run]] = {
    "keras": _keras,
    "torch": _torch,
    "hugging-face": _hugging_face,
    "lightning": _lightning,
    "tf-summary": _summary,
}
