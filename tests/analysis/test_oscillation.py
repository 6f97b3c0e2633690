"""Swings beyond the noise, against noise, drift and the way down."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.analysis.oscillation import averaged, is_per_batch, oscillation
from tb_diagnose.analysis.run_curve import Curve
from tests.cases import curve, epochs, falling, flat, swinging


def test_turns_are_found_where_they_are() -> None:
    loss = Curve(epochs(swinging(40, 1.0, 2.0, 8)), -1)
    found = oscillation(loss, loss.finite_values, 0.5)
    assert found is not None
    assert (found.low, found.high) == (1.0, 2.0)
    assert all(at >= 8 for at in found.turns)


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_single_batches_is_none(seed: int) -> None:
    loss = Curve(curve(flat(3000, 1.0, 0.5, seed=seed), "loss", ""), -1)
    values = averaged(loss, single=True)
    assert len(values) == 50
    assert oscillation(loss, values, 0.1) is None


def test_swings_that_are_over_are_none() -> None:
    values = np.r_[swinging(20, 1.0, 2.0, 4), np.full(40, 1.0)]
    loss = Curve(epochs(values), -1)
    assert oscillation(loss, loss.finite_values, 0.5) is None


def test_more_values_than_epochs_are_of_single_batches() -> None:
    validation = Curve(epochs(falling(10), folder="validation"), -1)
    assert is_per_batch(Curve(curve(falling(100), "loss", ""), -1), validation)
    assert not is_per_batch(Curve(epochs(falling(10)), -1), validation)
    assert is_per_batch(Curve(curve(falling(10), "train_loss_step", ""), -1), validation)
