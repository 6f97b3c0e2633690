"""Softmax and sigmoids in hidden layers."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.model import ModelConfig
from tests.cases import Cases, epochs, falling, flat, layer, made, model, silent, speaks


def stack(activation: str, count: int, kind: str = "Dense") -> ModelConfig:
    return model(*[layer(64, activation, kind)] * count, layer(10, "softmax"))


STUCK = epochs(flat(20, 2.3, 0.002))

SPEAKS: Cases = {
    "softmax in a hidden layer": {"model": stack("softmax", 1)},
    "eight sigmoids that do not learn": {"model": stack("sigmoid", 8), "train_loss": STUCK},
    "sigmoids in convolutions, late to start": {
        "model": stack("sigmoid", 2, "Conv2D"),
        "train_loss": epochs(np.r_[flat(20, 0.69), falling(80, 0.69, 0.25)]),
    },
}

SILENT: Cases = {
    "relu": {"model": stack("relu", 4), "train_loss": STUCK},
    "softmax at the end only": {"model": model(layer(64, "relu"), layer(10, "softmax"))},
    "two sigmoids, as in a textbook": {"model": stack("sigmoid", 2), "train_loss": STUCK},
    "tanh": {"model": stack("tanh", 8), "train_loss": STUCK},
    "attention": {"model": model(layer(64, "softmax"), layer(0, "", "Dot"), layer(10, "softmax"))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("misplaced-activation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("misplaced-activation", **made(SILENT[case]))


def test_sigmoids_that_learn_all_the_same_are_a_note() -> None:
    (evidence,) = speaks(
        "misplaced-activation", model=stack("sigmoid", 4), train_loss=epochs(falling(30))
    )
    assert evidence.severity is Severity.INFO
    assert evidence.comparison.value == 4
