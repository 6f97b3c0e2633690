"""Trainings with `tb_diagnose.attach` beside the TensorBoard callback: a fault and its repair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

import tb_diagnose.attach
from recipes.data import digits
from recipes.workshop import compile_classifier, fit, layers, recipe


@recipe("attached/dead-relu")
def dead_relu(logs: Path) -> None:
    """A hidden layer of which 60 units of 64 begin with a bias of -10.

    No image lifts them above zero, so they have no gradient and stay as they are. Losses fall all
    the same, since four units carry the training. To say: 94 % of the units of `second` never fire.
    """
    _fit(logs, np.where(np.arange(64) < 4, 0.0, -10.0))


@recipe("attached/healthy")
def healthy(logs: Path) -> None:
    """The same with biases of zero, as Keras has them. To say: nothing."""
    _fit(logs, np.zeros(64))


def _fit(logs: Path, bias: np.ndarray) -> None:
    """15 epochs of 23 steps on handwritten digits, every fifth step measured."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            layers.Dense(64, activation="relu", name="first"),
            layers.Dense(64, activation="relu", name="second"),
            layers.Dense(10, activation="softmax", name="digit"),
        ]
    )
    model.get_layer("second").bias.assign(bias)
    compile_classifier(model, tf.keras.optimizers.Adam(1e-3))
    measured = tb_diagnose.attach.keras(logs, every=5)
    options = {"epochs": 15, "batch_size": 64, "validation_split": 0.2, "histogram_freq": 1}
    fit(model, logs, *digits(), callbacks=[measured], **options)
