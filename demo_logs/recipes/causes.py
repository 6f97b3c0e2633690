"""Trainings with a mistake in their configuration that their own log can prove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from recipes.data import breast_cancer, digits
from recipes.workshop import compile_classifier, fit, layers, mlp, recipe


@recipe("faults/learning-rate-too-high")
def learning_rate_too_high(logs: Path) -> None:
    """SGD with a learning rate of 5 on handwritten digits.

    The first steps throw the hidden units out of their range for good. To say: the loss is blown
    up in the first epoch and never gets below guessing (ln 10 = 2.303); try 0.1.
    """
    model = compile_classifier(mlp(64, 64, 64), tf.keras.optimizers.SGD(5.0))
    fit(model, logs, *digits(), epochs=20, validation_split=0.2, histogram_freq=1)


@recipe("faults/loss-output-mismatch")
def loss_output_mismatch(logs: Path) -> None:
    """Softmax over a single unit, with binary cross-entropy.

    Softmax over one number is always 1, so every tumour is called benign and accuracy never moves.
    Keras 3 computes the loss from the logit behind the softmax, so the loss falls all the same. To
    say: one unit needs a sigmoid.
    """
    model = mlp(30, 16, classes=1, activation="softmax")
    model.compile(tf.keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
    x, y = breast_cancer()
    fit(model, logs, x, y[:, None], epochs=20, validation_split=0.2, histogram_freq=1)


@recipe("faults/softmax-with-from-logits")
def softmax_with_from_logits(logs: Path) -> None:
    """A softmax output, a loss that is told to expect logits, and mixed precision.

    Softmax is applied twice, so the loss cannot fall below ln(e + 9) - 1 = 1.461, however right
    the answers are: accuracy is high, the loss looks stuck and gradients are small. To say: drop
    one of the two. Without mixed precision Keras 3 would have recovered the logits: see
    `faults/recovered-logits`.
    """
    narrow = "mixed_bfloat16"
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            layers.Dense(32, activation="relu", dtype=narrow),
            layers.Dense(10, activation="softmax", dtype=narrow),
        ]
    )
    _fit_from_logits(model, logs)


@recipe("faults/recovered-logits")
def recovered_logits(logs: Path) -> None:
    """The same contradiction in single precision, where it does no harm.

    Keras 3 finds the logits behind the softmax and warns on the console; the curves are those of
    `healthy/mlp-digits`. To say: at most that the configuration contradicts itself; the loss is
    right.
    """
    _fit_from_logits(mlp(64, 32), logs)


@recipe("faults/initial-loss")
def initial_loss(logs: Path) -> None:
    """An output layer that starts with weights of deviation 10.

    To say: the first batches cost many times ln 10 = 2.303, what an untrained network should cost,
    so the first epochs only undo the start: scale the initialiser down.
    """
    wide = tf.keras.initializers.RandomNormal(stddev=10.0)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax", kernel_initializer=wide),
        ]
    )
    compile_classifier(model, tf.keras.optimizers.Adam(1e-3))
    options = {"epochs": 10, "validation_split": 0.2, "update_freq": "batch"}
    fit(model, logs, *digits(), **options)


def _fit_from_logits(model: Any, logs: Path) -> None:
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
    fit(model, logs, *digits(), epochs=25, validation_split=0.2, histogram_freq=1)
