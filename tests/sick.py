"""Sick trainings, one for each way to go wrong: whole runs, as a framework would log them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tb_diagnose.core.run import Run, Series
from tests.cases import (
    Floats,
    compiled,
    counted,
    curve,
    dense_model,
    epochs,
    fact,
    falling,
    flat,
    run,
    spiked,
    straight,
    swinging,
    u_shape,
)


def keras(train: Floats, val: Floats | None = None) -> tuple[Series, ...]:
    """The curves of a Keras run."""
    return (epochs(train), *([] if val is None else [epochs(val, folder="validation")]))


ADAM = compiled(1e-3)
REGRESSION = dense_model(1, "linear", "mean_squared_error", ADAM)
CLASSIFIER = dense_model(10, "softmax", "sparse_categorical_crossentropy", ADAM)

#: Name → run. Those of which the loss is a squared error have no unit to go by.
REGRESSIONS: Mapping[str, Run] = {
    "diverges": run(*keras(u_shape(20, 6, end=2.0)), model=REGRESSION),
    "overfits": run(*keras(falling(30, end=0.01), u_shape(30, 10, noise=0.01)), model=REGRESSION),
    "swings": run(*keras(falling(40), swinging(40, 0.4, 1.9, 6)), model=REGRESSION),
    "spikes": run(
        curve(spiked(falling(2000, noise=0.05), [700, 1100, 1600], 40), "Loss/train", "")
    ),
    "turns to NaN": run(*keras(np.r_[falling(12), np.full(8, np.nan)]), model=REGRESSION),
    "hardly moves": run(*keras(straight(40, 2.3, 1.6, noise=0.002)), model=REGRESSION),
    "stands still": run(*keras(flat(20, noise=0.001)), model=REGRESSION),
    "freezes": run(*keras(np.r_[falling(10, end=1.0), np.full(15, 1.0)]), model=REGRESSION),
}

SICK: Mapping[str, Run] = {
    **REGRESSIONS,
    "guesses": run(
        *keras(flat(10, np.log(10), 0.002)),
        epochs(counted(np.full(10, 0.1), 6000), "epoch_accuracy"),
        model=CLASSIFIER,
    ),
    "Adam at 10": run(
        *keras(np.array([4e3, 9e6, 2e4, 300, 12, *[2.303] * 15])),
        model=dense_model(optimizer=compiled(10.0)),
    ),
    "softmax over one unit": run(
        *keras(falling(10, 0.7, 0.6)), model=dense_model(1, "softmax", "binary_crossentropy", ADAM)
    ),
    "starts far off": run(
        *keras(falling(20, 90.0, 0.5)),
        curve(falling(400, 150.0, 0.5), "batch_loss", steps=np.arange(1, 401)),
        model=CLASSIFIER,
    ),
    "a damaged log": run(
        *keras(falling(10)),
        facts=(fact("damaged-record"), fact("truncated-tail"), fact("backward-steps")),
    ),
    "a reward that never comes": run(
        curve(-200 + np.random.default_rng(0).normal(0, 5, 300), "rollout/ep_rew_mean", "")
    ),
}
