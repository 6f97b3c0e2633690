"""Swings that do not settle, against the noise of batches and of small validation sets."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    compiled,
    counted,
    curve,
    epochs,
    falling,
    flat,
    made,
    noisy,
    silent,
    speaks,
    swinging,
)

SPEAKS: Cases = {
    "a validation loss that goes up and down in three epochs": {
        "val_loss": epochs(swinging(30, 0.4, 1.9, 6), folder="validation")
    },
    "an epoch's training loss that jumps to and fro": {
        "train_loss": epochs(swinging(24, 0.3, 1.5, 4))
    },
    "20,000 steps in waves": lambda: {
        "train_loss": curve(swinging(20_000, 0.5, 2.0, 4000) * noisy(20_000, 0.2))
    },
    "an accuracy that swings by half of all examples": {
        "val_score": epochs(
            counted(swinging(40, 0.3, 0.8, 6), 2000), "epoch_accuracy", "validation"
        )
    },
    "waves on a slow fall": {
        "train_loss": epochs(np.linspace(2.0, 1.4, 40) + swinging(40, -0.6, 0.6, 8))
    },
}

SILENT: Cases = {
    "swings that die out": {
        "train_loss": epochs(0.5 + np.exp(-np.arange(40) / 6) * swinging(40, -0.4, 0.4, 4) + 1)
    },
    "the noise of single batches": lambda: {"train_loss": curve(falling(5000, noise=0.7))},
    "single batches, logged once an epoch": {
        "train_loss": curve(falling(60, noise=0.7), "train_loss_step", ""),
        "val_loss": curve(falling(60, noise=0.01), "val_loss", ""),
    },
    "single batches, as many as validations but at other steps": lambda: {
        "train_loss": curve(
            falling(39, 3.0, 0.3, noise=0.5), "train_loss", "", steps=range(49, 1999, 50)
        ),
        "val_loss": curve(falling(39, noise=0.01), "valid_loss", "", steps=range(51, 2040, 51)),
    },
    "validation that is logged batch by batch": lambda: {
        "val_loss": curve(flat(900, 0.4, 0.7), "val_loss", "")
    },
    "an accuracy on 40 examples": {
        "val_score": epochs(counted(np.full(50, 0.7), 40), "epoch_accuracy", "validation")
    },
    "a validation loss that trembles at its floor": {
        "val_loss": epochs(falling(50, noise=0.02), folder="validation")
    },
    "a cyclic rate's small waves": {
        "train_loss": epochs(falling(60, 2.3, 0.3) + swinging(60, 0.0, 0.1, 10))
    },
    "two drops of the learning rate": {
        "train_loss": epochs(np.r_[falling(20, 2.3, 1.0), flat(15, 0.5), flat(15, 0.4)])
    },
    "batches that swing where validation does not": {
        "train_loss": curve(swinging(40, 0.1, 0.4, 6), "loss/train", ""),
        "val_loss": curve(falling(40, 0.7, 0.4, noise=0.01), "loss/val", ""),
    },
    "five epochs, up and down": {"train_loss": epochs([2.0, 0.5, 2.0, 0.5, 2.0])},
    "eleven batches": {"train_loss": curve(swinging(11, 0.5, 2.0, 4), "train/loss_step", "")},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("loss-oscillation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("loss-oscillation", **made(SILENT[case]))


def test_it_names_the_turns() -> None:
    loss = epochs(np.array([3.0, 2.5, *[1.0, 2.0] * 9]))
    (evidence,) = speaks("loss-oscillation", train_loss=loss)
    assert set(evidence.steps) <= set(range(3, 20))
    assert len(evidence.steps) >= 12


def test_the_fix_divides_this_runs_own_rate() -> None:
    loss = epochs(swinging(24, 0.3, 1.5, 4))
    (evidence,) = speaks("loss-oscillation", train_loss=loss, optimizer=compiled(0.3, "sgd"))
    assert "(learning_rate=0.3) → SGD(learning_rate=0.1)" in evidence.suggestion


def test_swings_of_a_fifth_of_the_level_are_a_note() -> None:
    swings = swinging(30, 1.5, 1.9, 6)
    loss = epochs(np.r_[falling(10, 2.2, 1.9), swings], folder="validation")
    (evidence,) = speaks("loss-oscillation", val_loss=loss)
    assert evidence.severity is Severity.INFO
    loss = epochs(swings, folder="validation")  # which gains nothing
    (evidence,) = speaks("loss-oscillation", val_loss=loss)
    assert evidence.severity is None
    loss = epochs(swinging(30, 0.9, 1.9, 6), folder="validation")
    (evidence,) = speaks("loss-oscillation", val_loss=loss)
    assert evidence.severity is None
