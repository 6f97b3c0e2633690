"""Weights that grow without bound, against those that grow up."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, compiled, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, of, plain, stack, weights

NET = stack(dense("dense", 64, 64), dense("out", 64, 1, "linear"))
NORMALIZED = stack(dense("dense", 64, 64), plain("n", "BatchNormalization"), dense("out", 64, 1))
GROWING = weights("net/dense", np.geomspace(0.18, 20, 10))

SPEAKS: Cases = {
    "to a hundred times, and nothing is learned": {
        "kernels": of(GROWING, model=NET), "model": NET, "train_loss": epochs(flat(10)),
        "optimizer": compiled(0.1, "sgd"),
    },
    "to a thousand times in a log without a model": {
        "kernels": of(weights("fc", np.geomspace(0.1, 100, 10))), "train_loss": epochs(falling(10)),
    },
    "on the way to infinity": {
        "kernels": of(weights("net/dense", [0.2, 2.0, 40.0, np.nan]), model=NET), "model": NET,
        "train_loss": epochs([1.0, 9.0, 1e4, np.nan]),
    },
}  # fmt: skip

SILENT: Cases = {
    "from tiny weights to usual ones": {
        "kernels": of(weights("net/dense", np.geomspace(0.01, 0.3, 10)), model=NET), "model": NET,
        "train_loss": epochs(flat(10)),
    },
    "before a normalization": {
        "kernels": of(GROWING, model=NORMALIZED), "model": NORMALIZED,
        "train_loss": epochs(flat(10)),
    },
    "five times": {
        "kernels": of(weights("net/dense", np.geomspace(0.2, 1, 10)), model=NET), "model": NET,
        "train_loss": epochs(flat(10)),
    },
    "NaN from the start": {"kernels": of(weights("net/dense", [np.nan] * 4))},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("exploding-weights", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("exploding-weights", **made(SILENT[case]))


def test_it_points_to_the_tenfold_and_names_the_rate() -> None:
    case = made(SPEAKS["to a hundred times, and nothing is learned"])
    (evidence,) = speaks("exploding-weights", **case)
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(20 / 0.18, rel=1e-3)
    assert evidence.steps == (5,)
    assert "(learning_rate=0.1) → " in evidence.suggestion


def test_a_training_that_learns_is_warned_beyond_a_hundredfold_only() -> None:
    for largest, severity in ((100, Severity.WARNING), (5, Severity.INFO)):
        kernels = of(weights("fc", np.geomspace(0.1, largest, 10)))
        (evidence,) = speaks("exploding-weights", kernels=kernels, train_loss=epochs(falling(10)))
        assert evidence.severity is severity
