"""Collapsed layers, against weights that are meant to be small."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, classes, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, initializer, of, plain, stack, weights

L2 = {"kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.1}}}
L1 = {"kernel_regularizer": {"class_name": "L1", "config": {"l1": 0.01}}}
OUT = dense("out", 64, 1, "linear")
PENALIZED = stack(dense("dense", 64, 64, **L2, **initializer("HeNormal")), OUT)
NORMALIZED = stack(dense("dense", 64, 64, **L2), plain("norm", "BatchNormalization"), OUT)
SHRINKING = weights("net/dense", np.geomspace(0.15, 0.001, 10))
KEPT = weights("net/dense", np.linspace(0.15, 0.1, 10))

SPEAKS: Cases = {
    "a penalty that is most of the loss": {
        "kernels": of(weights("net/dense", np.geomspace(0.15, 0.01, 10)), model=PENALIZED),
        "model": PENALIZED, "train_loss": epochs([20.0, 3.0, *[0.06] * 8]),
    },
    "shrunk before the first histogram": {
        "kernels": of(weights("net/dense", np.geomspace(0.02, 0.01, 10)), model=PENALIZED),
        "model": PENALIZED, "train_loss": epochs([20.0, 3.0, *[0.06] * 8]),
    },
    "without a penalty, and nothing is learned": {
        "kernels": of(SHRINKING), "train_loss": epochs(flat(10, np.log(2))), "chance": classes(2),
    },
}  # fmt: skip

SILENT: Cases = {
    "weights that shrink by a third": {
        "kernels": of(KEPT, model=PENALIZED), "model": PENALIZED, "train_loss": epochs(flat(10)),
    },
    "before a normalization": {
        "kernels": of(SHRINKING, model=NORMALIZED), "model": NORMALIZED,
        "train_loss": epochs(flat(10)),
    },
    "a score of 0.98 without them": {
        "kernels": of(SHRINKING, model=PENALIZED), "model": PENALIZED,
        "train_loss": epochs(falling(10)),
        "train_score": epochs([0.5, *[0.98] * 9], "epoch_accuracy"),
    },
    "NaN": {"kernels": of(weights("net/dense", [0.1, np.nan, np.nan])), "train_loss": epochs([1])},
    "one histogram": {"kernels": of(weights("net/dense", [0.1]))},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("vanishing-weights", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("vanishing-weights", **made(SILENT[case]))


def test_the_penalty_is_counted_from_the_histogram() -> None:
    (evidence,) = speaks("vanishing-weights", **made(SPEAKS["a penalty that is most of the loss"]))
    assert "68.3 % of the loss" in evidence.message  # 0.1 * 4096 * 0.01 ** 2 of 0.06
    assert evidence.suggestion == "kernel_regularizer=L2(0.1) → L2(0.001)."
    assert evidence.severity is None


def test_it_is_a_note_where_the_loss_falls_without_a_penalty() -> None:
    (evidence,) = speaks("vanishing-weights", kernels=of(SHRINKING), train_loss=epochs(falling(9)))
    assert evidence.severity is Severity.INFO


def test_it_points_to_where_a_tenth_was_left() -> None:
    (evidence,) = speaks("vanishing-weights", kernels=of(SHRINKING), train_loss=epochs(flat(9)))
    assert evidence.steps == (5, 9)
    assert evidence.comparison.value == pytest.approx(1 / 150)


def test_an_absolute_penalty_has_its_own_cure() -> None:
    net = stack(dense("dense", 64, 64, **L1), OUT)
    kernels = of(SHRINKING, model=net)
    (evidence,) = speaks("vanishing-weights", kernels=kernels, model=net, train_loss=epochs([1, 1]))
    assert evidence.suggestion == "kernel_regularizer=L1(0.01) → L1(0.0001)."
