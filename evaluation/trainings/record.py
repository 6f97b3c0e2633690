"""What a training did, step by step and epoch by epoch: all that any log is written from."""

from __future__ import annotations

from dataclasses import dataclass

from trainings.plan import Array


@dataclass(frozen=True)
class Histograms:
    """One weight after each epoch: 30 counts [epochs, 30] between lowest and highest [epochs]."""

    layer: int
    name: str
    low: Array
    high: Array
    counts: Array


@dataclass(frozen=True)
class Record:
    """One training, measured.

    Attributes:
        loss, score, norm, rate: of each step: of its batch, before the update. ``norm`` is the
            gradient's before clipping. The score is the accuracy, or the mean absolute error.
        penalty: what the weights add to the loss at each step, where there is a penalty.
        sizes: examples in each batch of an epoch.
        val_loss, val_score, val_penalty: after each epoch.
        histograms: of each weight.
        skill, train_skill, val_skill: share of the way from guessing (0) to no error (1) on the
            test, training and validation data; NaN where an answer is not finite.
    """

    loss: Array
    score: Array
    norm: Array
    rate: Array
    penalty: Array
    sizes: Array
    val_loss: Array
    val_score: Array
    val_penalty: Array
    histograms: tuple[Histograms, ...]
    skill: float
    train_skill: float
    val_skill: float

    def epochs(self, steps: Array) -> Array:
        """Mean over each epoch of what was measured at each step, as Keras takes it."""
        means: Array = (steps.reshape(-1, len(self.sizes)) * self.sizes).sum(1) / self.sizes.sum()
        return means
