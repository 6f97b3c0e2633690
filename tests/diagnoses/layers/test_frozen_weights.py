"""Weights that stand still, against slow ones, planned ends and layers meant to be kept."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    classes,
    compiled,
    epochs,
    falling,
    flat,
    made,
    not_applicable,
    silent,
    speaks,
)
from tests.layered import dense, moving, of, stack, vitals, weights

NET = stack(dense("dense", 9, 64), dense("dense_1", 64, 1, "linear"))
KEPT = stack(dense("dense", 9, 64, trainable=False), dense("dense_1", 64, 1, trainable=False))
STILL = (moving("net/dense", 0.0), moving("net/dense_1", 0.0))
HALTED = weights("net/dense", [1.0, 1.1, 1.2, *[1.25] * 9])

SPEAKS: Cases = {
    "a rate of 1e-10": {
        "kernels": of(*STILL, model=NET), "train_loss": epochs(flat(10, 0.7)),
        "optimizer": compiled(1e-10, "sgd"),
    },
    "changes below the grain of 32-bit numbers": {
        "kernels": of(moving("net/dense", 2e-7), model=NET), "train_loss": epochs(flat(10, 0.7)),
    },
    "the biases alone learn": {
        "kernels": of(*STILL, model=NET), "train_loss": epochs(falling(10)),
    },
    "from the fourth epoch on": {
        "kernels": of(HALTED, model=NET), "train_loss": epochs([4, 0.8, *[0.694] * 10]),
        "chance": classes(2), "learning_rate": epochs(flat(12, 1e-3), "epoch_learning_rate"),
    },
    "a kernel that was logged without its model": {
        "kernels": of(*STILL), "train_loss": epochs(flat(10)),
    },
}  # fmt: skip

SILENT: Cases = {
    "weights that move by a thousandth": {
        "kernels": of(moving("net/dense", 1e-3), model=NET), "train_loss": epochs(flat(10)),
    },
    "one layer moves": {
        "kernels": of(STILL[0], moving("net/dense_1", 0.1), model=NET),
        "train_loss": epochs(flat(10)),
    },
    "two histograms": {"kernels": of(moving("net/dense", 0.0, 2), model=NET)},
    "a rate that came to 0 as planned": {
        "kernels": of(HALTED, model=NET), "train_loss": epochs([4, 0.8, *[0.694] * 10]),
        "chance": classes(2),
        "learning_rate": epochs([1e-3, 1e-3, 1e-3, *[0] * 9], "epoch_learning_rate"),
    },
    "weights at rest after they have learned": {
        "kernels": of(HALTED, model=NET), "train_loss": epochs([4, 0.8, *[0.02] * 10]),
    },
    "NaN": {
        "kernels": of(weights("net/dense", [np.nan] * 5), model=NET),
        "train_loss": epochs(flat(10, np.nan)),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("frozen-weights", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("frozen-weights", **made(SILENT[case]))


def test_layers_that_are_frozen_on_purpose_are_no_fault() -> None:
    kernels = of(*STILL, model=KEPT)
    not_applicable(
        "frozen-weights", "frozen on purpose", kernels=kernels, model=KEPT,
        train_loss=epochs(falling(10)),
    )  # fmt: skip


def test_layers_frozen_by_the_configuration_and_nothing_learned() -> None:
    most = stack(*KEPT.layers, dense("dense_2", 1, 1))
    (evidence,) = speaks("frozen-weights", model=most, train_loss=epochs(flat(10)))
    assert evidence.severity is Severity.INFO
    (evidence,) = speaks("frozen-weights", model=KEPT, train_loss=epochs(flat(10)))
    assert evidence.severity is Severity.WARNING
    assert evidence.message.startswith("2 of 2 layers with weights are frozen")


def test_updates_of_exactly_0_are_enough() -> None:
    table = vitals("weights", ("dense/kernel", "dense/bias"), {"update_ratio": 0.0})
    (evidence,) = speaks("frozen-weights", weight_vitals=table, train_loss=epochs(flat(10)))
    assert evidence.message.startswith("All updates of 1 kernel were exactly 0 at 10 measured")


def test_it_points_to_where_the_weights_stopped() -> None:
    (evidence,) = speaks("frozen-weights", **made(SPEAKS["from the fourth epoch on"]))
    assert evidence.steps == (3, 11)
    assert "did not move from step 3 on" in evidence.message


def test_the_fix_is_the_rate_where_it_is_tiny() -> None:
    (evidence,) = speaks("frozen-weights", **made(SPEAKS["a rate of 1e-10"]))
    assert evidence.suggestion == "SGD(learning_rate=1e-10) → SGD(learning_rate=0.01)."


@pytest.mark.parametrize(
    ("case", "severity"),
    (
        ("the biases alone learn", Severity.WARNING),
        ("changes below the grain of 32-bit numbers", None),
    ),
)
def test_how_grave_it_is(case: str, severity: Severity | None) -> None:
    assert speaks("frozen-weights", **made(SPEAKS[case]))[0].severity is severity


def test_without_a_model_that_learns_it_is_a_note() -> None:
    (evidence,) = speaks("frozen-weights", kernels=of(*STILL), train_loss=epochs(falling(10)))
    assert evidence.severity is Severity.INFO
