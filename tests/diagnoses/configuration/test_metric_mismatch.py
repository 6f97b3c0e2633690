"""Accuracy beside a distance."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, dense_model, epochs, falling, flat, made, silent, speaks, straight

REGRESSION = dense_model(1, "linear", "mean_squared_error")
NEVER = epochs(np.zeros(20), "epoch_accuracy")

SPEAKS: Cases = {
    "accuracy 0 for ever": {"model": REGRESSION, "train_score": NEVER},
    "one of 200 is hit": {"model": REGRESSION, "train_score": epochs(np.full(20, 0.005), "acc")},
    "the accuracy does not move": {
        "model": REGRESSION, "train_score": epochs(np.full(20, 0.27), "epoch_accuracy"),
    },
    "mean absolute error": {
        "model": dense_model(1, "relu", "mean_absolute_error"), "train_score": NEVER,
    },
    "no hit, in a log without a configuration": {
        "train_loss": epochs(falling(20)), "train_score": NEVER,
    },
    "none on validation data": {
        "val_loss": epochs(falling(20), folder="validation"),
        "val_score": epochs(np.zeros(20), "test_accuracy", "validation"),
    },
}  # fmt: skip

SILENT: Cases = {
    "a classifier": {"model": dense_model(), "train_score": NEVER},
    "squared error of a sigmoid": {
        "model": dense_model(1, "sigmoid", "mean_squared_error"), "train_score": NEVER,
    },
    "hits that come late": {
        "train_loss": epochs(falling(20)), "train_score": epochs(straight(20, 0.0, 0.2), "acc"),
    },
    "nothing is learned": {"train_loss": epochs(flat(20)), "train_score": NEVER},
    "another score than accuracy": {
        "train_loss": epochs(falling(20)), "train_score": epochs(np.zeros(20), "epoch_f1"),
    },
    "five values": {
        "train_loss": epochs(falling(5)), "train_score": epochs(np.zeros(5), "epoch_accuracy"),
    },
    "the log does not name the loss": {"model": dense_model(1, "linear", "")},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("metric-mismatch", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("metric-mismatch", **made(SILENT[case]))


def test_it_is_a_note_where_the_accuracy_moves_as_that_of_classes() -> None:
    score = epochs(straight(10, 0.5, 0.8), "epoch_accuracy")
    (evidence,) = speaks("metric-mismatch", model=REGRESSION, train_score=score)
    assert evidence.severity is Severity.INFO


def test_it_needs_no_curve() -> None:
    (evidence,) = speaks("metric-mismatch", model=REGRESSION)
    assert evidence.tag == "keras"
    assert evidence.comparison is None
