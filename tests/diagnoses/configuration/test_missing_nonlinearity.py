"""Layers that are one, against layers that are meant to be."""

from __future__ import annotations

from typing import Any

import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    classes,
    epochs,
    falling,
    layer,
    made,
    model,
    silent,
    speaks,
    straight,
)

FLAT = layer(64, "linear")
LAST = layer(10, "softmax")
CONV = layer(32, "linear", "Conv2D")

SPEAKS: Cases = {
    "a linear hidden layer": {"model": model(FLAT, LAST)},
    "dropout between": {"model": model(FLAT, layer(64, "", "Dropout"), LAST)},
    "normalization alone bends nothing": {
        "model": model(CONV, layer(32, "", "BatchNormalization"), CONV)
    },
    "an Activation layer that is linear": {
        "model": model(FLAT, layer(64, "linear", "Activation"), LAST)
    },
}

SILENT: Cases = {
    "activations throughout": {"model": model(layer(64, "relu"), layer(64, "tanh"), LAST)},
    "the activation is a layer": {"model": model(FLAT, layer(64, "relu", "Activation"), LAST)},
    "leaky": {"model": model(FLAT, layer(64, "leaky_relu", "LeakyReLU"), LAST)},
    "maximum pooling bends": {"model": model(CONV, layer(32, "", "MaxPooling2D"), CONV)},
    "a recurrent layer between": {"model": model(FLAT, layer(32, "tanh", "LSTM"), LAST)},
    "one layer": {"model": model(layer(1, "linear"))},
    "the last layer is linear": {"model": model(layer(64, "relu"), layer(1, "linear"))},
    "branches": {"model": model(FLAT, layer(64, "", "Add"), FLAT, LAST)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("missing-nonlinearity", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("missing-nonlinearity", **made(SILENT[case]))


def test_a_bottleneck_may_be_meant() -> None:
    wide = layer(64, "linear")
    narrow = layer(4, "linear")._replace(input_shape=(64,))
    (evidence,) = speaks("missing-nonlinearity", model=model(narrow, wide))
    assert evidence.severity is Severity.INFO


@pytest.mark.parametrize(
    ("roles", "severity"),
    (
        ({"train_score": epochs(straight(10, 0.5, 0.8), "epoch_accuracy")}, Severity.INFO),
        ({"train_score": epochs(straight(10, 0.5, 0.6), "epoch_accuracy")}, None),
        ({"train_loss": epochs(falling(10, 2.0, 0.4))}, Severity.INFO),
        ({"train_loss": epochs(falling(10, 2.0, 1.4))}, None),
        ({"chance": classes(10), "train_score": epochs(straight(10, 0.1, 0.8))}, Severity.INFO),
    ),
)
def test_a_training_that_does_well_without_is_told_in_a_note(
    roles: dict[str, Any], severity: Severity | None
) -> None:
    (evidence,) = speaks("missing-nonlinearity", model=model(FLAT, LAST), **roles)
    assert evidence.severity is severity


def test_it_names_them_all() -> None:
    one = model(FLAT._replace(name="first"), FLAT._replace(name="second"), LAST)
    (evidence,) = speaks("missing-nonlinearity", model=one)
    assert "first and second" in evidence.suggestion
