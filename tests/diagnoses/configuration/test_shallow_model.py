"""One number passed on, against models that fit."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.model import ModelConfig
from tests.cases import Cases, classes, epochs, falling, flat, layer, made, model, silent, speaks


def through(units: int) -> ModelConfig:
    last = layer(1, "sigmoid")
    return model(layer(units, "relu"), last, loss="mean_squared_error")


ALONE = model(layer(10, "softmax")._replace(parameters=650), loss="categorical_crossentropy")
STUCK = epochs(np.r_[0.18, flat(20, 0.1685)])
POOR = epochs(np.linspace(0.2, 0.3, 20), "epoch_accuracy")
GOOD = epochs(np.linspace(0.2, 0.92, 20), "epoch_accuracy")

SPEAKS: Cases = {
    "a unit between 64 inputs and the output": {"model": through(1), "train_loss": STUCK},
    "classes by straight cuts": {
        "model": ALONE, "train_loss": epochs(falling(20, 2.3, 2.0)), "train_score": POOR,
        "chance": classes(10),
    },
}  # fmt: skip

SILENT: Cases = {
    "sixteen units": {"model": through(16), "train_loss": STUCK},
    "one unit that fits": {"model": through(1), "train_loss": epochs(falling(20, 1.0, 0.01))},
    "one unit that still falls": {"model": through(1), "train_loss": epochs(falling(20, 1, 0.3))},
    "straight cuts are enough": {
        "model": ALONE, "train_loss": epochs(falling(20)), "train_score": GOOD,
        "chance": classes(10),
    },
    "a straight line is wanted": {
        "model": model(layer(1, "linear"), loss="mean_squared_error"), "train_loss": STUCK,
    },
    "a gate in a model with branches": {
        "model": model(layer(1, "sigmoid"), layer(0, "", "Multiply"), layer(10)),
        "train_loss": STUCK,
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("shallow-model", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("shallow-model", **made(SILENT[case]))


def test_it_names_the_layer_and_what_it_saw() -> None:
    (evidence,) = speaks("shallow-model", model=through(1), train_loss=STUCK)
    assert "Dense(1, relu)" in evidence.message
    assert "0.169" in evidence.message
