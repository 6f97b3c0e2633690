"""Validation that turns, against gaps, noise and warm-up."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.roles.curves import Pair
from tests.cases import (
    Cases,
    clear,
    curve,
    epochs,
    falling,
    flat,
    layer,
    made,
    model,
    noisy,
    pair,
    silent,
    speaks,
    straight,
    u_shape,
)

DOWN = falling(30, end=0.01)
NEAR = falling(30, end=0.1)

SPEAKS: Cases = {
    "30 epochs, best at the tenth": {"pairs": pair(DOWN, u_shape(30, 10, noise=0.01))},
    "eight epochs, best at the second": {
        "pairs": pair(falling(8, end=0.05), np.array([1.2, 0.8, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3]))
    },
    "four validations, each worse": {
        "pairs": pair(falling(4, end=0.05), np.array([0.6, 0.8, 1.1, 1.5]))
    },
    "batches against validations": lambda: {
        "pairs": pair(falling(20_000, end=0.02, noise=0.3), u_shape(40, 12, noise=0.01))
    },
    "it rises, then half of the way back": {
        "pairs": pair(
            falling(100, 2.5, 0.005), np.r_[u_shape(40, 10, 1.5, 1.2, 1.9), straight(60, 1.9, 1.6)]
        )
    },
    "validation stands at fifty times the training loss": {
        "pairs": pair(DOWN, np.r_[falling(15, 2.3, 0.5, noise=0.01), flat(15, 0.5, 0.003)])
    },
    "two losses that are no pair": {
        "train_loss": curve(DOWN, "loss", ""),
        "val_loss": curve(u_shape(30, 10, noise=0.01), "val/total_loss", ""),
    },
    "no training loss, and validation doubles": {
        "val_loss": epochs(straight(10, 0.017, 0.04, noise=0.05), folder="validation")
    },
    "a slow rise over 200 epochs": {
        "pairs": pair(falling(200, end=0.01), u_shape(200, 60, end=0.7, noise=0.01))
    },
}

SILENT: Cases = {
    "validation stands at fifty times the training loss, and is right": {
        "pairs": pair(DOWN, np.r_[falling(15, 2.3, 0.1, noise=0.01), flat(15, 0.1, 0.003)]),
        "val_score": epochs(falling(30, -0.5, -0.97) * -1, "epoch_accuracy", "validation"),
    },
    "a gap, and nothing rises": {"pairs": pair(NEAR, falling(30, 2.3, 0.9, noise=0.01))},
    "validation below training: dropout": {"pairs": pair(falling(30), falling(30, 2.0, 0.2))},
    "noise around a level": {
        "pairs": pair(NEAR, np.r_[falling(10, 2.3, 0.5), flat(20, 0.5)] * noisy(30, 0.03))
    },
    "no training loss, and validation is a tenth worse": {
        "val_loss": epochs(u_shape(10, 4, 0.6, 0.5, 0.56), folder="validation")
    },
    "it rises, and all the way back": {
        "pairs": pair(NEAR, np.r_[u_shape(15, 5, 2.3, 0.5, 0.8), straight(15, 0.8, 0.5)])
    },
    "one bad validation at the end": {"pairs": pair(NEAR, np.r_[falling(29, 2.3, 0.5), 0.9])},
    "batch normalization: the first validations are far off": {
        "pairs": pair(NEAR, np.r_[9.0, 30.0, 4.0, falling(27, 2.3, 0.4, noise=0.01)])
    },
    "both rise, which is loss-divergence": {
        "pairs": pair(u_shape(30, 10, end=3.0), u_shape(30, 10, end=3.2))
    },
    "training stands still while validation creeps up": {
        "pairs": pair(np.r_[falling(10), flat(20, 0.3)], u_shape(30, 10, end=0.6))
    },
    "a rise of one in a hundred": {
        "pairs": pair(NEAR, np.r_[falling(15, 2.3, 0.5), straight(15, 0.5, 0.505)])
    },
    "two validations": {"pairs": pair(falling(2), np.array([0.5, 0.9]))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("overfitting", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("overfitting", **made(SILENT[case]))


def test_it_points_to_the_best_step() -> None:
    (evidence,) = speaks("overfitting", pairs=pair(DOWN, u_shape(30, 10)))
    assert evidence.steps == (10, 29)
    assert evidence.tag == "validation/epoch_loss"
    assert evidence.related == ("train/epoch_loss",)
    assert "Keep the weights of step 10" in evidence.suggestion


def test_four_validations_are_enough_for_a_large_rise() -> None:
    (evidence,) = speaks(
        "overfitting", pairs=pair(falling(4, end=0.05), np.array([0.6, 0.8, 1.1, 1.5]))
    )
    assert evidence.steps == (0, 3)


def test_a_small_rise_has_to_be_sure() -> None:
    small = np.r_[falling(15, 0.8, 0.5), straight(15, 0.5, 0.52)]
    speaks("overfitting", pairs=pair(NEAR, small))
    for seed in range(20):
        stands = np.r_[falling(15, 0.8, 0.5), flat(15, 0.5, 0.03, seed=seed)]
        clear("overfitting", pairs=pair(NEAR, stands))


def test_scores_that_part_while_validation_stands_are_overfitting() -> None:
    train = np.r_[straight(10, 0.5, 0.7), straight(20, 0.7, 0.99)]
    val = np.r_[straight(10, 0.5, 0.62), flat(20, 0.62, 0.005)]
    (evidence,) = speaks("overfitting", pairs=pair(train, val, "accuracy"))
    assert evidence.comparison is not None
    assert evidence.comparison.name == "gap"


def test_curves_are_compared_at_equal_steps() -> None:
    """Training that ends at epoch 2 says nothing of the validations after it."""
    train, val = epochs([2.3, 1.5, 1.0]), epochs(u_shape(20, 8), folder="validation")
    clear("overfitting", pairs=(Pair("loss", train, val, -1),))


def test_a_model_with_dropout_is_told_to_have_more_of_it() -> None:
    has = model(layer(0, "", "Dropout"), layer(10))
    (evidence,) = speaks("overfitting", pairs=pair(DOWN, u_shape(30, 10)), model=has)
    assert "raise the dropout rate" in evidence.suggestion
