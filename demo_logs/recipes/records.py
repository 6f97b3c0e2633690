"""Trainings with nothing wrong but their log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from recipes.data import breast_cancer, digits
from recipes.workshop import batches, compile_classifier, fit, mlp, recipe, step_of


@recipe("faults/running-mean-loss")
def running_mean_loss(logs: Path) -> None:
    """A healthy training with update_freq="batch".

    Keras logs the mean since the epoch began as `batch_loss`, not the batch's own loss, so the
    curve jumps at each of the seven epoch borders. To say: an artifact of the logger, neither
    spikes nor oscillation.
    """
    model = compile_classifier(mlp(64, 32), tf.keras.optimizers.Adam(1e-3))
    options = {"epochs": 8, "validation_split": 0.2, "update_freq": "batch"}
    fit(model, logs, *digits(), **options)


@recipe("faults/disordered-steps")
def disordered_steps(logs: Path) -> None:
    """A healthy loop of one's own that logs the index within the epoch as the step.

    To say: the step falls back to 0 at each epoch, so ten epochs lie on top of each other in the
    chart; log a counter that runs on.
    """
    model, rng = mlp(64, 32), np.random.default_rng(1)
    step = step_of(model, tf.keras.optimizers.Adam(1e-3))
    with tf.summary.create_file_writer(str(logs)).as_default():
        for index, inputs, labels in batches(*digits(), 32, 10, rng):
            tf.summary.scalar("loss", step(inputs, labels), step=index)


@recipe("faults/damaged-log")
def damaged_log(logs: Path) -> None:
    """A healthy training whose log was damaged afterwards, on purpose, by this recipe.

    The log is real, the damage is injected: one bit of the byte in the middle of the training log
    is flipped, and its last 11 bytes are cut off, as on a full disc. To say: where the log is
    damaged, that one record is lost in the middle and one at the end, and what the rest of it
    shows.
    """
    model = compile_classifier(mlp(30, 16, classes=2), tf.keras.optimizers.Adam(1e-3))
    fit(model, logs, *breast_cancer(), epochs=20, validation_split=0.2, histogram_freq=1)
    (log,) = (logs / "train").glob("*tfevents*")
    whole = bytearray(log.read_bytes())
    whole[len(whole) // 2] ^= 1
    log.write_bytes(whole[:-11])
