"""A constant distance to training, against gaps that widen and validations that guess."""

from __future__ import annotations

import numpy as np

from tests.cases import clear, flat, pair, speaks, straight

TRAIN = np.r_[straight(6, 0.1, 0.9), flat(14, 0.93, 0.005)]


def test_a_constant_distance_is_told() -> None:
    (evidence,) = speaks("unrepresentative-validation", pairs=pair(TRAIN, 0.6 * TRAIN, "accuracy"))
    assert evidence.comparison is not None
    assert evidence.comparison.value > 0.3


def test_a_distance_that_widens_is_overfitting() -> None:
    val = np.r_[straight(6, 0.1, 0.6), straight(14, 0.6, 0.4)]
    clear("unrepresentative-validation", pairs=pair(TRAIN, val, "accuracy"))


def test_a_validation_that_never_rose_guesses() -> None:
    clear("unrepresentative-validation", pairs=pair(TRAIN, flat(20, 0.1, 0.005), "accuracy"))


def test_a_small_gap_is_normal() -> None:
    clear("unrepresentative-validation", pairs=pair(TRAIN, TRAIN - 0.05, "accuracy"))
