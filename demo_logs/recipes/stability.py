"""Trainings whose loss breaks down, rises, bounces or jumps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from recipes.data import digits, moons
from recipes.workshop import batches, compile_classifier, fit, mlp, recipe, step_of


@recipe("faults/non-finite-values")
def non_finite_values(logs: Path) -> None:
    """Cross-entropy written out as y log p, with nothing that keeps p from being 0.

    It works until the network is so sure of itself that a probability underflows: 0 times log 0 is
    NaN, and one NaN gradient makes every weight NaN. To say: the epoch of the first NaN, and that
    nothing after it counts; the cure is the built-in loss, which works on the logits.
    """

    def cross_entropy(y: Any, p: Any) -> Any:
        return -tf.reduce_sum(y * tf.math.log(p), axis=-1)

    x, y = digits()
    model = mlp(64, 64, 64)
    model.compile(tf.keras.optimizers.Adam(1e-2), cross_entropy, metrics=["accuracy"])
    one_hot = np.eye(10, dtype=np.float32)[y]
    fit(model, logs, x * 16, one_hot, epochs=16, validation_split=0.2, histogram_freq=1)


@recipe("faults/loss-divergence")
def loss_divergence(logs: Path) -> None:
    """SGD with momentum, and a schedule that raises the learning rate by 30 % each epoch.

    It learns well at first; then the rate passes what the loss surface bears, and the loss rises
    back to guessing (ln 10 = 2.303), without ever becoming NaN. To say: the epoch of the best
    loss, and the rate there.
    """
    model = compile_classifier(mlp(64, 64), tf.keras.optimizers.SGD(0.01, momentum=0.9))
    raising = tf.keras.callbacks.LearningRateScheduler(lambda epoch, _: 0.01 * 1.3**epoch)
    options = {"epochs": 24, "validation_split": 0.2, "callbacks": [raising], "histogram_freq": 1}
    fit(model, logs, *digits(), **options)


@recipe("faults/loss-oscillation")
def loss_oscillation(logs: Path) -> None:
    """SGD at a rate of 1.5 on batches of two: each step undoes what the last ones won.

    To say: validation loss swings from epoch to epoch by several times its value and never
    settles; a third of the rate, or a larger batch.
    """
    hidden = tf.keras.layers.Dense(16, activation="tanh")
    output = tf.keras.layers.Dense(2, activation="softmax")
    model = tf.keras.Sequential([tf.keras.Input((2,)), hidden, output])
    compile_classifier(model, tf.keras.optimizers.SGD(1.5))
    options = {"epochs": 25, "validation_split": 0.3, "histogram_freq": 1}
    fit(model, logs, *moons(600, 0.35), batch_size=2, **options)


@recipe("faults/loss-spikes")
def loss_spikes(logs: Path) -> None:
    """A loop of one's own; four of 2,016 batches come unscaled, pixels 0..255 instead of 0..1.

    To say: four single steps whose loss is many times that of their neighbors, and recovery right
    after: look at those batches.
    """
    corrupted = {430, 911, 1204, 1690}
    model, rng = mlp(64, 32), np.random.default_rng(1)
    step = step_of(model, tf.keras.optimizers.SGD(0.05, global_clipnorm=1.0))
    x, y = digits()
    with tf.summary.create_file_writer(str(logs)).as_default():
        for done, (_, inputs, labels) in enumerate(batches(x, y, 64, 72, rng)):
            scale = np.float32(255 if done in corrupted else 1)
            tf.summary.scalar("loss", step(inputs * scale, labels), step=done)
