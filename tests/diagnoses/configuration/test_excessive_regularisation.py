"""Penalties that are most of the loss."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.roles.weights import Kernel, kernels
from tests.cases import Cases, distribution, epochs, falling, layer, made, model, silent, speaks

HE = {"class_name": "HeNormal", "config": {}}
LOSS = epochs(falling(10, 15.0, 1.0))


def is_penalized(l2: float) -> ModelConfig:
    given = {"class_name": "L2", "config": {"l2": l2}}
    first = layer(64, "relu", kernel_regularizer=given, kernel_initializer=HE)
    return model(first._replace(name="dense", parameters=64 * 65), layer(1, "linear"), loss="mse")


def shrinking(start: float, end: float, l2: float) -> tuple[Kernel, ...]:
    logged = distribution(np.linspace(start, end, 10), "sequential/dense/kernel/histogram")
    return kernels((logged,), is_penalized(l2))


def dropping(rate: float) -> ModelConfig:
    return model(layer(64, "relu"), layer(0, "", "Dropout", rate=rate), layer(1, "linear"))


SPEAKS: Cases = {
    "a share to keep, given as one to drop": {"model": dropping(0.95), "train_loss": LOSS},
    # He: 12.8 at the start; 1,000 weights: 0.1 * 1000 * 0.05 ** 2 = 0.25 at the end, of 14
    "the weights shrink and the loss with them": {
        "model": is_penalized(0.1), "train_loss": LOSS, "kernels": shrinking(0.36, 0.05, 0.1),
    },
    # He: 0.1 * 64 * 64 * 2 / 64 = 12.8 of the first 15
    "only the initialiser is known": {"model": is_penalized(0.1), "train_loss": LOSS},
}  # fmt: skip

SILENT: Cases = {
    "a usual factor": {"model": is_penalized(1e-4), "train_loss": LOSS},
    "a usual factor, weights logged": {
        "model": is_penalized(1e-4), "train_loss": LOSS, "kernels": shrinking(0.36, 0.05, 1e-4),
    },
    "the weights grow": {
        "model": is_penalized(0.01), "train_loss": LOSS, "kernels": shrinking(0.1, 0.2, 0.01),
    },
    "it learned all the same": {
        "model": is_penalized(0.1), "train_loss": LOSS,
        "train_score": epochs(np.linspace(0.5, 0.99, 10), "epoch_accuracy"),
    },
    "half of the inputs are dropped": {"model": dropping(0.5), "train_loss": LOSS},
    "nearly all are dropped, and it learned all the same": {
        "model": dropping(0.95), "train_loss": LOSS,
        "train_score": epochs(np.linspace(0.5, 0.99, 10), "epoch_accuracy"),
    },
    "no penalty": {"model": model(layer(64, "relu"), layer(1, "linear")), "train_loss": LOSS},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("excessive-regularisation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("excessive-regularisation", **made(SILENT[case]))


def test_the_share_is_that_of_the_weights_themselves() -> None:
    (evidence,) = speaks(
        "excessive-regularisation", **made(SPEAKS["the weights shrink and the loss with them"])
    )
    assert evidence.comparison.value == pytest.approx(12.55 / 14.0, rel=0.01)
    assert "from 0.1 to 0.01" in evidence.suggestion


def test_much_dropout_is_a_note_and_nearly_all_a_warning() -> None:
    for rate, severity in ((0.8, Severity.INFO), (0.95, None)):
        (evidence,) = speaks("excessive-regularisation", model=dropping(rate), train_loss=LOSS)
        assert evidence.severity is severity
    assert "from 0.95 to 0.05" in evidence.suggestion
