"""Standing still at a bad level, against convergence."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    classes,
    curve,
    epochs,
    falling,
    flat,
    made,
    noisy,
    silent,
    speaks,
    straight,
)

SPEAKS: Cases = {
    "a classifier that stops at two in ten": {
        "train_loss": epochs(np.r_[falling(8, 2.3, 2.0), flat(22, 2.0, 0.0005)]),
        "train_score": epochs(np.full(30, 0.25), "epoch_accuracy"),
        "chance": classes(10),
    },
    "a loss above half of guessing, no score": {
        "train_loss": epochs(np.r_[falling(8, 2.3, 1.6), flat(22, 1.6, 0.0005)]),
        "chance": classes(10),
    },
    "not one digit changes any more": {
        "train_loss": epochs(np.r_[falling(10, end=1.0), np.full(15, 1.0)])
    },
    "5,000 batches, the last 4,000 in vain": lambda: {
        "train_loss": curve(np.r_[falling(1000, 2.3, 1.5), flat(4000, 1.5)] * noisy(5000, 0.01)),
        "chance": classes(10),
    },
}

SILENT: Cases = {
    "convergence to a good level": {
        "train_loss": epochs(falling(40, noise=0.002)),
        "train_score": epochs(np.full(40, 0.93), "epoch_accuracy"),
        "chance": classes(10),
    },
    "convergence of a regression to its noise": {
        "train_loss": epochs(falling(60, 900.0, 250.0, noise=0.003))
    },
    "convergence under a cosine schedule": {
        "train_loss": epochs(falling(60, noise=0.003)),
        "learning_rate": epochs(1e-3 * (1 + np.cos(np.linspace(0, np.pi, 60))) / 2, "lr"),
    },
    "convergence before the rate drops": {
        "train_loss": epochs(np.r_[falling(8), flat(32, 0.3, 0.002)]),
        "learning_rate": epochs(np.r_[np.full(25, 1e-3), np.full(15, 1e-6)], "lr"),
    },
    "still falling": {"train_loss": epochs(straight(30, 2.3, 1.5)), "chance": classes(10)},
    "guessing all along, which is no-learning": {
        "train_loss": epochs(flat(20, np.log(10), 0.001)), "chance": classes(10),
    },
    "back to guessing after a blow-up, which is no-learning": {
        "train_loss": epochs([4e3, 900, 40, *flat(17, 2.303, 0.001)]), "chance": classes(10),
    },
    "five epochs": {"train_loss": epochs([2.3, 2.0, 2.0, 2.0, 2.0]), "chance": classes(10)},
    "a flat stretch that ends": {
        "train_loss": epochs(np.r_[falling(8, 2.3, 1.6), flat(12, 1.6), falling(10, 1.5, 0.2)]),
        "chance": classes(10),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("loss-plateau", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("loss-plateau", **made(SILENT[case]))


def test_it_points_to_where_the_standing_begins() -> None:
    loss = epochs(np.r_[straight(11, 2.3, 1.6), flat(29, 1.6, 0.0005)])
    (evidence,) = speaks("loss-plateau", train_loss=loss, chance=classes(10))
    begin, last = evidence.steps
    assert 9 <= begin <= 12
    assert last == 39
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(1 - 1.6 / np.log(10), abs=0.01)
