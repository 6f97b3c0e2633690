"""Losses that no target within the output's range can give."""

from __future__ import annotations

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
)


def ends_in(activation: str, loss: str = "mean_squared_error") -> ModelConfig:
    return dense_model(1, activation, loss)


SPEAKS: Cases = {
    "a sigmoid and targets of hundreds": {
        "model": ends_in("sigmoid"), "train_loss": epochs(falling(20, 52e3, 44e3)),
    },
    "a tanh and targets of 10": {
        "model": ends_in("tanh"), "train_loss": epochs(falling(20, 100, 94)),
    },
    "a sigmoid and an absolute error of 0.76": {
        "model": ends_in("sigmoid", "mean_absolute_error"),
        "train_loss": epochs(falling(100, 0.97, 0.76)),
    },
    "one value is proof enough": {"model": ends_in("sigmoid"), "train_loss": epochs(flat(1, 0.3))},
}  # fmt: skip

PENALTY = {"class_name": "L2", "config": {"l2": 0.1}}
SILENT: Cases = {
    "it gets below": {"model": ends_in("sigmoid"), "train_loss": epochs(falling(20, 0.4, 0.2))},
    "at the bound": {"model": ends_in("sigmoid"), "train_loss": epochs(flat(20, 0.25))},
    "no bounds": {"model": ends_in("linear"), "train_loss": epochs(falling(20, 100, 94))},
    "a cross-entropy": {
        "model": ends_in("sigmoid", "binary_crossentropy"), "train_loss": epochs(flat(9, 0.69)),
    },
    "penalties are in the loss": {
        "model": model(layer(1, "sigmoid", kernel_regularizer=PENALTY), loss="mean_squared_error"),
        "train_loss": epochs(falling(20, 9, 4)),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("target-out-of-range", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("target-out-of-range", **made(SILENT[case]))


def test_it_names_the_bound_and_the_range() -> None:
    (evidence,) = speaks("target-out-of-range", **made(SPEAKS["a tanh and targets of 10"]))
    assert "would already reach 1" in evidence.message
    assert "-1..1" in evidence.suggestion
    assert evidence.steps == (19,)
