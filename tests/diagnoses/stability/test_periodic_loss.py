"""Exact periods, against swings, noise and the order of validation batches."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, clear, curve, falling, flat, made, speaks


def sawtooth(n: int, period: int, size: float, noise: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(0)
    ramp = size * (np.arange(n) % period) / period
    return 2.0 + ramp + rng.normal(0, noise, n)


SPEAKS: Cases = {
    "a sawtooth of 50 batches": {"train_loss": curve(sawtooth(1000, 50, 1.0), "loss", "")},
    "a jump once in 23 batches": {
        "train_loss": curve(flat(460, 1.0, 0.02) + (np.arange(460) % 23 == 22), "loss", "")
    },
}

CLEAR: Cases = {
    "noise": {"train_loss": curve(flat(1000, 1.0, 0.2), "loss", "")},
    "a healthy fall": {"train_loss": curve(falling(1000, noise=0.1), "loss", "")},
    "swings whose length varies": {
        "train_loss": curve(
            1 + np.sin(np.cumsum(np.random.default_rng(1).uniform(0.05, 0.5, 1000))), "loss", ""
        )
    },
    "the order of validation batches": {
        "train_loss": curve(falling(100), "loss", ""),
        "val_loss": curve(sawtooth(550, 11, 1.0), "val_loss_step", ""),
    },
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("periodic-loss", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("periodic-loss", **made(CLEAR[case]))


def test_it_tells_the_period_in_steps() -> None:
    loss = curve(sawtooth(1000, 50, 1.0), "loss", "", steps=10 * np.arange(1000))
    (evidence,) = speaks("periodic-loss", train_loss=loss)
    assert "every 500 steps (50 values)" in evidence.message
    assert evidence.steps[1] - evidence.steps[0] == 500
