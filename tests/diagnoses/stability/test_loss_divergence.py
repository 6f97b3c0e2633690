"""A loss that rises for good, against swings, spikes and validation that rises."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    classes,
    clear,
    compiled,
    curve,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    spiked,
    straight,
    swinging,
    u_shape,
)

SPEAKS: Cases = {
    "five epochs, up from the third": {"train_loss": epochs([2.3, 1.1, 0.9, 2.4, 6.0])},
    "up from the first epoch on, a sign turned round": {
        "train_loss": epochs([1.0, 1.6, 2.7, 4.5, 7.5, 12.0])
    },
    "20 epochs, up at the sixth": {"train_loss": epochs(u_shape(20, 6, end=2.0, noise=0.02))},
    "a negative log-likelihood that climbs back": {
        "train_loss": epochs(u_shape(30, 12, start=-1.0, low=-8.0, end=-2.0))
    },
    "100,000 steps, blown up in the last third": lambda: {
        "train_loss": curve(u_shape(100_000, 70_000, end=4.0, noise=0.3))
    },
    "up behind a bad batch in every fifth epoch": {
        "train_loss": epochs(
            spiked(u_shape(40, 10, end=1.6, noise=0.01), [12, 17, 22, 28, 33], 900)
        )
    },
    "blown up, then numbers that are not finite": {
        "train_loss": epochs([2.3, 1.2, 0.8, 5.0, 40.0, 900.0, np.inf, np.nan])
    },
    "an accuracy lost for good while the loss goes back to guessing": {
        "train_loss": epochs([2.3, 1.2, 0.9, 0.8, *[2.303] * 8]),
        "train_score": epochs([0.2, 0.6, 0.7, 0.75, *[0.1] * 8], "epoch_accuracy"),
        "chance": classes(10),
    },
}

SILENT: Cases = {
    "a healthy run of five epochs": {"train_loss": epochs([2.1, 1.1, 0.8, 0.6, 0.55])},
    "a fall that quickens at the end": {"train_loss": epochs([2.30, 2.28, 2.25, 2.1, 1.7, 0.66])},
    "a drop with the last step of the learning rate": {
        "train_loss": curve(np.r_[flat(960, 2.0, 0.05), flat(40, 0.3, 0.05)])
    },
    "one hard epoch at the end": {"train_loss": epochs([2.3, 1.2, 0.9, 0.8, 0.75, 1.9])},
    "one spike that is gone": {"train_loss": curve(spiked(falling(500, noise=0.05), [300], 50))},
    "drift at the floor": {
        "train_loss": epochs([2.3, 0.9, 0.5, 0.4, 0.38, 0.385, 0.39, 0.392, 0.395])
    },
    "swings as large before as behind the best": {"train_loss": epochs(swinging(40, 0.5, 2.0, 8))},
    "noise of single batches": {"train_loss": curve(falling(20_000, noise=0.6))},
    "a climb while the rate warms up, made good again": {
        "train_loss": epochs([1.0, 1.5, 1.9, 1.2, 0.8, 0.6, 0.5, 0.45])
    },
    "a running mean whose first value is too low": {
        "train_loss": curve(np.r_[0.62, flat(300, 0.67, 0.002)])
    },
    "three epochs": {"train_loss": epochs([1.0, 2.0, 3.0])},
    "nothing finite": {"train_loss": epochs([np.nan] * 6)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("loss-divergence", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("loss-divergence", **made(SILENT[case]))


def test_it_points_from_the_best_step_to_the_last() -> None:
    (evidence,) = speaks("loss-divergence", train_loss=curve(u_shape(2000, 800, end=3.0)))
    best, last = evidence.steps
    assert 700 <= best <= 900
    assert last == 1999
    assert evidence.comparison is not None
    assert 0.9 < evidence.comparison.value < 1.5  # from 0.5 back to 3.0, having started at 2.3


def test_a_blow_up_of_the_last_point_is_told_as_the_last_value() -> None:
    for values in ([2.3, 1.9, 1.6, 1.4, 900.0], np.r_[falling(400, noise=0.05), 3e5]):
        (evidence,) = speaks("loss-divergence", train_loss=epochs(values))
        assert evidence.steps[-1] == len(values) - 1
        assert "at its end" in evidence.message


def test_it_is_silent_where_the_score_goes_on_rising() -> None:
    clear(
        "loss-divergence",
        train_loss=epochs(straight(20, 3.0, 4.0)),
        train_score=epochs(straight(20, 0.05, 0.5), "epoch_accuracy"),
    )


def test_the_fix_divides_this_runs_own_rate() -> None:
    loss = epochs(u_shape(20, 6, end=2.0))
    (evidence,) = speaks("loss-divergence", train_loss=loss, optimizer=compiled(0.03))
    assert "(learning_rate=0.03) → Adam(learning_rate=0.003)" in evidence.suggestion
    (evidence,) = speaks("loss-divergence", train_loss=loss)
    assert "divide the learning rate" in evidence.suggestion
