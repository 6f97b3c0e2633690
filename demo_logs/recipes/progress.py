"""Trainings that do not get anywhere, or not where they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from recipes.data import digits
from recipes.workshop import compile_classifier, fit, mlp, recipe


@recipe("faults/no-learning")
def no_learning(logs: Path) -> None:
    """The images were shuffled and the labels were not, so no label belongs to its image.

    To say: training and validation loss stay at ln 10 = 2.303 and accuracy at a tenth: the network
    guesses.
    """
    x, y = digits()
    shuffled = np.random.default_rng(2).permutation(len(x))
    model = compile_classifier(mlp(64, 16), tf.keras.optimizers.SGD(0.01))
    fit(model, logs, x[shuffled], y, epochs=20, validation_split=0.2, histogram_freq=1)


@recipe("faults/loss-plateau")
def loss_plateau(logs: Path) -> None:
    """A learning-rate schedule meant for epochs and counted in batches: it halves every 30.

    After six epochs it is too small to move anything. To say: the loss stands still at a level
    that is far from what the same network reaches (`healthy/mlp-digits`), because the schedule ran
    out.
    """
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(5e-3, decay_steps=30, decay_rate=0.5)
    model = compile_classifier(mlp(64, 32), tf.keras.optimizers.Adam(schedule))
    fit(model, logs, *digits(), epochs=30, validation_split=0.2, histogram_freq=1)


@recipe("faults/slow-convergence")
def slow_convergence(logs: Path) -> None:
    """Adam with a rate of 1e-5, a hundredth of its default.

    To say: the loss falls in a straight line and far too slowly; at this pace the training would
    need many times the epochs that it was given.
    """
    model = compile_classifier(mlp(64, 32), tf.keras.optimizers.Adam(1e-5))
    fit(model, logs, *digits(), epochs=30, validation_split=0.2, histogram_freq=1)


@recipe("faults/overfitting")
def overfitting(logs: Path) -> None:
    """A wide network on 200 digits, a fifth of the labels wrong, 60 epochs.

    To say: training loss goes to nothing and validation loss rises from its best epoch on: stop
    there, or take more data, a smaller network, regularisation.
    """
    x, y = digits()
    rng = np.random.default_rng(1)
    noisy = np.where(rng.random(300) < 0.25, rng.integers(0, 10, 300), y[:300])
    model = compile_classifier(mlp(64, 256, 256), tf.keras.optimizers.Adam(1e-3))
    fit(model, logs, x[:300], noisy, epochs=60, validation_split=1 / 3, histogram_freq=5)
