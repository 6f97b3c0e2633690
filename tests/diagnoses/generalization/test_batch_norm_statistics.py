"""Running averages that lag, against overfitting and models without them."""

from __future__ import annotations

import numpy as np

from tests.cases import classes, clear, flat, layer, model, not_applicable, pair, speaks, straight

HAS = model(layer(0, "", "BatchNormalization"), layer(10))
TRAIN = np.r_[straight(6, 0.1, 0.9), straight(9, 0.9, 0.99)]


def test_validation_at_guessing_while_training_learns_is_told() -> None:
    val = np.r_[flat(10, 0.1, 0.01), straight(5, 0.2, 0.9)]
    (evidence,) = speaks(
        "batch-norm-statistics", pairs=pair(TRAIN, val, "accuracy"), model=HAS, chance=classes(10)
    )
    assert "inference mode" in evidence.suggestion
    assert evidence.related == ("train/epoch_accuracy",)


def test_validation_that_catches_up_late_is_told() -> None:
    val = np.r_[straight(10, 0.1, 0.6), straight(5, 0.7, 0.97)]
    speaks(
        "batch-norm-statistics", pairs=pair(TRAIN, val, "accuracy"), model=HAS, chance=classes(10)
    )


def test_a_gap_that_stays_is_overfitting() -> None:
    val = np.r_[straight(6, 0.1, 0.5), flat(9, 0.55, 0.01)]
    clear(
        "batch-norm-statistics", pairs=pair(TRAIN, val, "accuracy"), model=HAS, chance=classes(10)
    )


def test_a_model_without_it_is_not_concerned() -> None:
    not_applicable(
        "batch-norm-statistics", "no batch normalization",
        pairs=pair(TRAIN, TRAIN, "accuracy"), model=model(layer(10)), chance=classes(10),
    )  # fmt: skip
