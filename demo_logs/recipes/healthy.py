"""Trainings with nothing to say about: whatever is reported on them as a fault is a false alarm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from recipes.data import breast_cancer, digits, friedman, moons
from recipes.workshop import batches, compile_classifier, fit, layers, mlp, recipe, step_of


@recipe("healthy/mlp-digits")
def mlp_digits(logs: Path) -> None:
    """A small network on handwritten digits, stopped while validation loss still falls."""
    model = compile_classifier(mlp(64, 32), tf.keras.optimizers.Adam(1e-3))
    fit(model, logs, *digits(), epochs=25, validation_split=0.2, histogram_freq=1)


@recipe("healthy/cnn-digits")
def cnn_digits(logs: Path) -> None:
    """A small convolutional network with dropout.

    Validation loss lies below training loss, because dropout acts in training only: that is no
    fault.
    """
    model = tf.keras.Sequential(
        [
            tf.keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )
    x, y = digits()
    compile_classifier(model, tf.keras.optimizers.Adam(1e-3))
    options = {"epochs": 15, "validation_split": 0.2, "histogram_freq": 1}
    fit(model, logs, x.reshape(-1, 8, 8, 1), y, **options)


@recipe("healthy/regression")
def regression(logs: Path) -> None:
    """Friedman's regression problem; squared error in units of the target's variance."""
    model = mlp(10, 32, 32, classes=1, activation="linear")
    model.compile(tf.keras.optimizers.Adam(1e-3), "mse", metrics=["mae"])
    fit(model, logs, *friedman(2000), epochs=30, validation_split=0.2, histogram_freq=1)


@recipe("healthy/custom-loop")
def custom_loop(logs: Path) -> None:
    """A loop of one's own on two overlapping classes: each batch's loss, test loss every 50 steps.

    Batch losses scatter a lot around a curve that falls and levels out: sampling noise, no
    oscillation.
    """
    x, y = moons(24_000)
    model, rng = mlp(2, 16, 16, classes=2), np.random.default_rng(1)
    step = step_of(model, tf.keras.optimizers.Adam(1e-3))
    cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy()
    train = tf.summary.create_file_writer(str(logs / "train"))
    test = tf.summary.create_file_writer(str(logs / "test"))
    for done, (_, inputs, labels) in enumerate(batches(x[:20_000], y[:20_000], 64, 10, rng)):
        with train.as_default():
            tf.summary.scalar("loss", step(inputs, labels), step=done)
        if done % 50 == 0:
            with test.as_default():
                loss = cross_entropy(y[20_000:], model(x[20_000:]))
                tf.summary.scalar("loss", loss, step=done)
    train.close()
    test.close()


@recipe("healthy/five-epochs")
def five_epochs(logs: Path) -> None:
    """Five epochs on tumour data: a short log of a training that has done most of its work."""
    model = compile_classifier(mlp(30, 16, classes=2), tf.keras.optimizers.Adam(3e-3))
    fit(model, logs, *breast_cancer(), epochs=5, validation_split=0.2, histogram_freq=1)
