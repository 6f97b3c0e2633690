"""Pairings of last layer and loss: every wrong one, and every right one."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, dense_model, epochs, falling, layer, made, model, silent, speaks

SPARSE, CATEGORICAL = "sparse_categorical_crossentropy", "categorical_crossentropy"
BINARY, SQUARED, HINGE = "binary_crossentropy", "mean_squared_error", "hinge"


def pairing(units: int, activation: str, loss: str, *, from_logits: bool = False) -> dict:
    """A model that ends in such a layer and was compiled with such a loss."""
    return {"model": dense_model(units, activation, loss, from_logits=from_logits)}


SPEAKS: Cases = {
    "softmax over one unit": pairing(1, "softmax", BINARY),
    "softmax over one unit, squared error": pairing(1, "softmax", SQUARED),
    "a categorical loss of one sigmoid": pairing(1, "sigmoid", CATEGORICAL),
    "a cross-entropy of raw numbers": pairing(10, "linear", SPARSE),
    "a cross-entropy of ReLUs": pairing(10, "relu", CATEGORICAL),
    "a binary cross-entropy of a tanh": pairing(1, "tanh", BINARY),
    "from_logits of a softmax": pairing(10, "softmax", SPARSE, from_logits=True),
    "from_logits of a sigmoid": pairing(1, "sigmoid", BINARY, from_logits=True),
    "sigmoids that exclude each other": pairing(10, "sigmoid", CATEGORICAL),
    "softmax that is judged class by class": pairing(10, "softmax", BINARY),
    "a squared error of a softmax": pairing(10, "softmax", SQUARED),
    "a hinge of a sigmoid": pairing(1, "sigmoid", HINGE),
    "a squared error of one ReLU": pairing(1, "relu", SQUARED),
    "a binary cross-entropy below zero": {
        **pairing(1, "sigmoid", BINARY), "train_loss": epochs(falling(10, 0.7, -8.0)),
    },
}  # fmt: skip

SILENT: Cases = {
    "ten classes": pairing(10, "softmax", SPARSE),
    "ten classes, one-hot": pairing(10, "softmax", CATEGORICAL),
    "ten classes, raw scores": pairing(10, "linear", SPARSE, from_logits=True),
    "two classes, one sigmoid": pairing(1, "sigmoid", BINARY),
    "two classes, raw score": pairing(1, "linear", BINARY, from_logits=True),
    "two classes, one-hot": pairing(2, "softmax", BINARY),
    "several labels": pairing(20, "sigmoid", BINARY),
    "an autoencoder of pixels": pairing(784, "sigmoid", BINARY),
    "a number": pairing(1, "linear", SQUARED),
    "a number from 0 to 1": pairing(1, "sigmoid", SQUARED),
    "a hinge of a raw score": pairing(1, "linear", HINGE),
    "a custom loss": pairing(3, "relu", "my_loss"),
    "no loss in the log": {"model": model(layer(10, "relu"))},
    "a last layer whose output is not known": {
        "model": model(layer(10, "", "Reshape"), loss=SPARSE)
    },
    "no model in the log": {},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("loss-output-mismatch", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("loss-output-mismatch", **made(SILENT[case]))


def test_it_says_what_is_written_and_what_to_write() -> None:
    (evidence,) = speaks("loss-output-mismatch", **pairing(10, "linear", SPARSE))
    assert "Dense(10, linear)" in evidence.message
    assert "sparse_categorical_crossentropy" in evidence.message
    assert "from_logits=True" in evidence.suggestion
    assert evidence.tag == "keras"


def test_it_points_to_the_first_step_below_zero() -> None:
    loss = epochs([0.7, 0.2, -0.4, -3.0])
    (evidence,) = speaks("loss-output-mismatch", **pairing(1, "sigmoid", BINARY), train_loss=loss)
    assert evidence.steps == (2, 3)
    assert "is -3 at step" in evidence.message


@pytest.mark.parametrize("case", ("sigmoids that exclude each other", "a hinge of a sigmoid"))
def test_a_pairing_that_can_learn_is_less_grave(case: str) -> None:
    evidence = speaks("loss-output-mismatch", **made(SPEAKS[case]))
    assert evidence[0].severity in (Severity.WARNING, Severity.INFO)


def test_one_rectified_unit_is_a_note_where_it_fits_all_the_same() -> None:
    one = pairing(1, "relu", SQUARED)
    (stuck,) = speaks("loss-output-mismatch", **one, train_loss=epochs(falling(10, 30, 23)))
    (fits,) = speaks("loss-output-mismatch", **one, train_loss=epochs(falling(10, 30, 0.5)))
    assert (stuck.severity, fits.severity) == (Severity.WARNING, Severity.INFO)
