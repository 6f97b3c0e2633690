"""Targets of hundreds, against targets of one and runs that fit all the same."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.model import ModelConfig
from tests.cases import (
    Cases,
    dense_model,
    epochs,
    falling,
    flat,
    layer,
    made,
    model,
    silent,
    speaks,
    straight,
)


def regression(loss: str = "mean_squared_error", activation: str = "linear") -> ModelConfig:
    return dense_model(1, activation, loss)


HEAVY = {"class_name": "L2", "config": {"l2": 1.0}}

SPEAKS: Cases = {
    "squared errors of 60,000 down to 1,000": {
        "model": regression(), "train_loss": epochs(falling(120, 60e3, 1e3)),
    },
    "it rests where it began": {
        "model": regression(), "train_loss": epochs(np.r_[18333.0, flat(40, 17500.0, 0.001)]),
    },
    "absolute errors of 230 down to 40": {
        "model": regression("mean_absolute_error"), "train_loss": epochs(falling(30, 230, 40)),
    },
}  # fmt: skip

SILENT: Cases = {
    "standardized": {"model": regression(), "train_loss": epochs(falling(30, 1.1, 0.2))},
    "it fits all the same": {"model": regression(), "train_loss": epochs(falling(30, 60e3, 100))},
    "targets of 50": {"model": regression(), "train_loss": epochs(falling(30, 2500, 200))},
    "it diverges": {"model": regression(), "train_loss": epochs(straight(30, 60e3, 90e3))},
    "it soon comes to rest at half of what it began with": {
        "model": regression("mean_absolute_error"),
        "train_loss": epochs(np.r_[falling(10, 100e3, 49.4e3), flat(50, 49.4e3)]),
    },
    "a sigmoid, which is target-out-of-range": {
        "model": regression(activation="sigmoid"), "train_loss": epochs(falling(30, 60e3, 50e3)),
    },
    "a classifier that blew up": {
        "model": dense_model(), "train_loss": epochs(falling(30, 60e3, 1e3)),
    },
    "penalties of thousands": {
        "model": model(layer(1, "linear", kernel_regularizer=HEAVY), loss="mean_squared_error"),
        "train_loss": epochs(falling(30, 60e3, 1e3)),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("unscaled-targets", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("unscaled-targets", **made(SILENT[case]))


def test_it_tells_the_size_of_the_targets() -> None:
    (evidence,) = speaks("unscaled-targets", **made(SPEAKS[next(iter(SPEAKS))]))
    assert evidence.comparison.value == pytest.approx(60e3**0.5)
    assert evidence.steps == (0,)
