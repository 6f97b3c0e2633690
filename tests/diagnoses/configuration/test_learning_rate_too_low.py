"""Rates that set the pace, against rates that do not."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    compiled,
    dense_model,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    straight,
)

LINE = epochs(straight(200, 58, 37, noise=0.002))
ADAM = compiled(1e-3)
MODEL = dense_model()

SPEAKS: Cases = {
    "RMSprop at its default, a straight line": {
        "optimizer": compiled(1e-3, "rmsprop"), "train_loss": LINE,
    },
    "SGD at a tenth": {"optimizer": compiled(1e-3, "sgd"), "train_loss": LINE},
    "Adam at 1e-6": {
        "optimizer": compiled(1e-6), "model": MODEL,
        "train_loss": epochs(falling(30, 2.31, 2.25)),
    },
    "Adam at 1e-8, nothing moves": {
        "optimizer": compiled(1e-8), "model": MODEL, "train_loss": epochs(flat(30, 2.3, 0.001)),
    },
}  # fmt: skip

SILENT: Cases = {
    "a curve that bends": {"optimizer": ADAM, "train_loss": epochs(falling(50, 2.3, 1.4))},
    "a curve that speeds up": {
        "optimizer": ADAM, "train_loss": epochs(0.69 - 0.2 * np.linspace(0, 1, 60) ** 2.5),
    },
    "a high rate": {"optimizer": compiled(0.1), "train_loss": LINE},
    "a low rate that gets there": {
        "optimizer": compiled(1e-6), "model": MODEL, "train_loss": epochs(falling(50, 2.3, 0.3)),
    },
    "it diverges": {"optimizer": compiled(1e-6), "train_loss": epochs(straight(20, 1, 5))},
    "the rate is warming up": {
        "optimizer": ADAM, "train_loss": LINE,
        "learning_rate": epochs(straight(200, 0, 1e-3), "lr"),
    },
    "nine values": {"optimizer": ADAM, "train_loss": epochs(straight(9, 58, 37))},
    "a schedule that is not logged": {"optimizer": compiled(None), "train_loss": LINE},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("learning-rate-too-low", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("learning-rate-too-low", **made(SILENT[case]))


def test_fine_tuning_of_an_unknown_model_is_a_note() -> None:
    (evidence,) = speaks(
        "learning-rate-too-low",
        optimizer=compiled(1e-5, "sgd"),
        train_loss=epochs(falling(30, 2.3, 2.2)),
    )
    assert evidence.severity is Severity.INFO


def test_it_names_the_rate_to_try() -> None:
    (evidence,) = speaks("learning-rate-too-low", **made(SPEAKS["Adam at 1e-6"]))
    assert "Adam(learning_rate=1e-06) → Adam(learning_rate=0.001)" in evidence.suggestion
