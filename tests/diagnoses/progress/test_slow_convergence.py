"""A straight line down, against curves that bend and rates that warm up."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    compiled,
    curve,
    epochs,
    falling,
    made,
    noisy,
    silent,
    speaks,
    straight,
)

SPEAKS: Cases = {
    "40 epochs, a quarter of the way": {"train_loss": epochs(straight(40, 2.3, 1.7, 0.001))},
    "12 epochs, a tenth of the way": {"train_loss": epochs(straight(12, 2.3, 2.05))},
    "20,000 noisy batches": lambda: {"train_loss": curve(straight(20_000, 2.3, 1.4, 0.2))},
    "targets that were never standardized": {
        "train_loss": epochs(straight(50, 4.1e6, 3.2e6, 0.001))
    },
    "validation, where batches are too noisy to tell": {
        "train_loss": curve(straight(40, 1.1, 1.0, 0.2)),
        "val_loss": epochs(straight(40, 1.1, 1.0, 0.001), folder="validation"),
    },
    "a constant rate": {
        "train_loss": epochs(straight(30, 2.3, 1.7)),
        "learning_rate": epochs(np.full(30, 1e-6), "epoch_learning_rate"),
    },
}

SILENT: Cases = {
    "a curve that bends": {"train_loss": epochs(falling(40))},
    "a power law": {"train_loss": curve(2.3 * np.arange(1, 2001) ** -0.15 * noisy(2000, 0.05))},
    "down by more than half": {"train_loss": epochs(straight(40, 2.3, 0.6))},
    "nothing moves": {"train_loss": epochs(straight(40, 2.3, 2.29))},
    "the rate is still warming up": {
        "train_loss": epochs(straight(20, 2.3, 1.8)),
        "learning_rate": epochs(np.linspace(1e-5, 1e-3, 20), "lr"),
    },
    "validation still falls, and training has flattened": {
        "train_loss": epochs(falling(40, 2.3, 1.9)),
        "val_loss": epochs(straight(40, 2.3, 1.9), folder="validation"),
    },
    "straight and then flat": {
        "train_loss": epochs(np.r_[straight(20, 2.3, 1.6), np.full(20, 1.6)])
    },
    "five epochs": {"train_loss": epochs(straight(5, 2.3, 2.0))},
    "a likelihood that may be negative": {"train_loss": epochs(straight(40, -1.0, -1.3))},
    "noise that hides whether it falls": {"train_loss": epochs(straight(10, 2.3, 2.2, 0.2))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("slow-convergence", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("slow-convergence", **made(SILENT[case]))


def test_it_spans_the_run_and_multiplies_its_own_rate() -> None:
    loss = epochs(straight(40, 2.3, 1.7))
    (evidence,) = speaks("slow-convergence", train_loss=loss, optimizer=compiled(1e-5))
    assert evidence.steps == (0, 39)
    assert "(learning_rate=1e-05) → Adam(learning_rate=3e-05)" in evidence.suggestion
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(0.5, abs=0.1)
