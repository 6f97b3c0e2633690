"""Training data that are not fitted, against runs on their way and runs that guess."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    Floats,
    classes,
    counted,
    curve,
    dense_model,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
)


def scores(train: Floats, val: Floats, k: int = 10) -> dict[str, object]:
    return {
        "train_score": epochs(train, "epoch_accuracy"),
        "val_score": epochs(val, "epoch_accuracy", "validation"),
        "chance": classes(k),
    }


def rising(n: int, end: float) -> Floats:
    return 0.1 + (end - 0.1) * (1 - falling(n, 1.0, 0.0))


NINE = np.array([0.2, 0.3, 0.4, 0.44, 0.45, 0.46, 0.44, 0.45, 0.45])

SPEAKS: Cases = {
    "stands at 0.4 of 10 classes": scores(
        counted(np.r_[rising(10, 0.4), np.full(20, 0.4)], 5000),
        counted(np.r_[rising(10, 0.39), np.full(20, 0.39)], 1000, 1),
    ),
    "nine epochs": scores(NINE, NINE - 0.01),
    "rising by next to nothing": scores(rising(30, 0.45), rising(30, 0.45)),
    "an unknown number of classes": {
        "train_score": epochs(rising(30, 0.25), "epoch_accuracy"),
        "train_loss": epochs(2.3 - 0.3 * (1 - falling(30, 1.0, 0.0))),
    },
    "an R² that stays low": {"val_score": curve(rising(30, 0.3), "val/r2", "")},
    "validation alone": {"val_score": epochs(rising(30, 0.25), "epoch_accuracy", "validation")},
}

NUMBERS = dense_model(1, "linear", "mean_squared_error")
STUCK = np.r_[0.113, falling(11, 0.06, 0.048), np.linspace(0.0478, 0.0466, 108)]
SPEAKS["a regression that explains little and stands"] = {
    "train_loss": epochs(STUCK), "model": NUMBERS,
}  # fmt: skip

SILENT: Cases = {
    "a regression at its noise": {"train_loss": epochs(falling(60, 1, 0.05)), "model": NUMBERS},
    "a regression that still falls": {
        "train_loss": epochs(np.linspace(1, 0.5, 60)), "model": NUMBERS,
    },
    "a regression that never fell, which is no-learning": {
        "train_loss": epochs(flat(60, 0.5)), "model": NUMBERS,
    },
    "a loss that says more than the accuracy": scores(rising(30, 0.4), rising(30, 0.4))
    | {"train_loss": epochs(falling(30, 2.3, 0.4))},
    "it fits": scores(rising(30, 0.9), rising(30, 0.88)),
    "still rising": scores(np.linspace(0.1, 0.5, 30), np.linspace(0.1, 0.5, 30)),
    "guessing, which is no-learning": scores(np.full(30, 0.11), np.full(30, 0.1)),
    "validation is far off, which is overfitting": scores(rising(30, 0.5), rising(30, 0.2)),
    "more than halfway": scores(rising(30, 0.6), rising(30, 0.6)),
    "five epochs": scores(rising(5, 0.4), rising(5, 0.4)),
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("underfitting", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("underfitting", **made(SILENT[case]))


def test_a_regression_may_be_at_its_noise_and_is_a_note() -> None:
    (evidence,) = speaks(
        "underfitting", **made(SPEAKS["a regression that explains little and stands"])
    )
    assert evidence.severity is Severity.INFO


def test_it_tells_how_far_it_came() -> None:
    (evidence,) = speaks("underfitting", **made(SPEAKS["nine epochs"]))
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(0.35 / 0.9, abs=0.02)
    assert evidence.steps == (4, 8)
