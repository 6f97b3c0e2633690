"""The sawtooth of a mean that starts afresh, against losses of single batches."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, Floats, curve, falling, flat, made, silent, speaks


def sawtooth(epochs: int, batches: int, noise: float = 0.2, seed: int = 0) -> Floats:
    """What Keras logs as batch_loss: the mean since the epoch began."""
    each = falling(epochs * batches, noise=noise, seed=seed).reshape(epochs, batches)
    return (np.cumsum(each, axis=1) / np.arange(1, batches + 1)).ravel()


SPEAKS: Cases = {
    "5 epochs of 100 batches": {"batch_loss": curve(sawtooth(5, 100), "batch_loss")},
    "2 epochs of 400 batches": {"batch_loss": curve(sawtooth(2, 400), "batch_loss")},
    "50 epochs of 40 batches": {"batch_loss": curve(sawtooth(50, 40), "batch_loss")},
    "100 epochs of 1,000 batches": lambda: {"batch_loss": curve(sawtooth(100, 1000), "batch_loss")},
}

SILENT: Cases = {
    "single batches": {"batch_loss": curve(falling(500, noise=0.2), "batch_loss")},
    "single batches, hard ones among them": {
        "batch_loss": curve(falling(2000, noise=0.6), "batch_loss")
    },
    "a smooth fall": {"batch_loss": curve(falling(400), "batch_loss")},
    "a level": {"batch_loss": curve(flat(400, 1.0, 0.05), "batch_loss")},
    "fifteen batches": {"batch_loss": curve(sawtooth(3, 5), "batch_loss")},
    "NaN in it": {"batch_loss": curve(np.r_[sawtooth(5, 100), np.nan], "batch_loss")},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("running-mean-loss", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("running-mean-loss", **made(SILENT[case]))


def test_it_names_the_first_batch_of_each_epoch() -> None:
    loss = curve(sawtooth(5, 100), "batch_loss", steps=np.arange(1, 501))
    (evidence,) = speaks("running-mean-loss", batch_loss=loss)
    assert evidence.steps == (101, 201, 301, 401)
    assert "every 100th value" in evidence.message
