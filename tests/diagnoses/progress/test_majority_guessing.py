"""One answer to every input, against answers that differ."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    classes,
    dense_model,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    straight,
)


def entropy(p: float) -> float:
    return float(-p * np.log(p) - (1 - p) * np.log(1 - p))


def accuracy(p: float, n: int = 20) -> object:
    return epochs(np.r_[0.5, np.full(n - 1, p)], "epoch_accuracy")


LATE = np.r_[straight(10, 0.5, 0.89), flat(10, 0.9)]

SPEAKS: Cases = {
    "one of four classes has 92 of 100 examples": {
        "train_loss": epochs(flat(20, entropy(0.92) + 0.08, 0.01)),
        "train_score": accuracy(0.92), "chance": classes(4),
    },
    "nine in ten are of one class": {
        "train_loss": epochs(np.r_[0.6, flat(19, entropy(0.9), 0.002)]),
        "train_score": accuracy(0.9), "chance": classes(2),
    },
    "far worse than that": {
        "train_loss": epochs(flat(20, 3.5, 0.01)), "train_score": accuracy(0.77),
        "chance": classes(2),
    },
    "neither accuracy moves while the loss falls": {
        "train_loss": epochs(falling(20, 0.9, 0.38)), "train_score": accuracy(0.85),
        "val_score": epochs(flat(20, 0.87), "epoch_accuracy", "validation"),
    },
    "a sigmoid by squared error": {
        "train_loss": epochs(flat(20, 0.79 * 0.21, 0.001)), "train_score": accuracy(0.79),
        "chance": classes(2, cross_entropy=False),
        "model": dense_model(1, "sigmoid", "mean_squared_error"),
    },
}  # fmt: skip

SILENT: Cases = {
    "it knows more than how frequent they are": {
        "train_loss": epochs(falling(20, 0.6, 0.2)), "train_score": accuracy(0.9),
        "chance": classes(2),
    },
    "the accuracy of validation moves": {
        "train_loss": epochs(falling(20, 0.9, 0.38)), "train_score": accuracy(0.85),
        "val_score": epochs(straight(20, 0.86, 0.87), "epoch_accuracy", "validation"),
        "chance": classes(2),
    },
    "both came to rest at half of the run": {
        "train_loss": epochs(falling(20, 0.9, 0.2)),
        "train_score": epochs(LATE, "epoch_accuracy"),
        "val_score": epochs(LATE, "epoch_accuracy", "validation"),
    },
    "neither the accuracies nor the loss move": {
        "train_loss": epochs(flat(20, 0.3)), "train_score": accuracy(0.85),
        "val_score": epochs(flat(20, 0.87), "epoch_accuracy", "validation"),
    },
    "nearly all are right": {
        "train_loss": epochs(falling(20, 0.9, 0.01)), "train_score": accuracy(0.99),
        "val_score": epochs(flat(20, 0.98), "epoch_accuracy", "validation"),
    },
    "the accuracy moves": {
        "train_loss": epochs(flat(20, entropy(0.9))), "chance": classes(2),
        "train_score": epochs(straight(20, 0.899, 0.901), "epoch_accuracy"),
    },
    "equal classes, which is no-learning": {
        "train_loss": epochs(flat(20, np.log(2))), "train_score": accuracy(0.5),
        "chance": classes(2),
    },
    "ten classes, and a loss below that of any constant answer": {
        "train_loss": epochs(flat(20, 0.5)), "train_score": accuracy(0.6), "chance": classes(10),
    },
    "ten classes, and weights that do not move": {
        "train_loss": epochs(flat(20, 0.95)), "train_score": accuracy(0.88), "chance": classes(10),
    },
    "four epochs": {
        "train_loss": epochs(flat(4, entropy(0.9))), "train_score": accuracy(0.9, 4),
        "chance": classes(2),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("majority-guessing", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("majority-guessing", **made(SILENT[case]))


def test_an_accuracy_that_ends_with_nan_held_as_long() -> None:
    case = made(SPEAKS["nine in ten are of one class"])
    shares = np.r_[0.5, np.full(18, 0.9), np.nan]
    case = {**case, "train_score": epochs(shares, "epoch_accuracy")}
    (evidence,) = speaks("majority-guessing", **case)
    assert evidence.steps == (1, 19)


def test_by_two_accuracies_it_is_a_warning() -> None:
    case = made(SPEAKS["neither accuracy moves while the loss falls"])
    (evidence,) = speaks("majority-guessing", **case)
    assert evidence.severity is Severity.WARNING
    assert evidence.related == ("validation/epoch_accuracy", "train/epoch_loss")
    costs_as_much = {**case, "chance": classes(2), "train_loss": epochs(flat(20, entropy(0.85)))}
    costs_as_much["train_loss"].values[:3] += 0.1
    assert speaks("majority-guessing", **costs_as_much)[0].severity is None


def test_it_points_to_where_the_accuracy_froze() -> None:
    (evidence,) = speaks("majority-guessing", **made(SPEAKS["nine in ten are of one class"]))
    assert evidence.steps == (1, 19)
    assert evidence.related == ("train/epoch_loss",)
