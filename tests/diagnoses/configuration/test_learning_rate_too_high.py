"""A rate above the usual that shows, against usual rates whatever the curves do."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    classes,
    compiled,
    curve,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    u_shape,
)

SPEAKS: Cases = {
    "Adam at 10": {
        "optimizer": compiled(10.0),
        "train_loss": epochs([4e3, 9e6, 2e4, 300, 12, *[2.303] * 15]),
        "chance": classes(10),
    },
    "Adam at 0.1, back to guessing": {
        "optimizer": compiled(0.1), "train_loss": epochs(flat(10, 2.31)), "chance": classes(10),
    },
    "SGD at 5, NaN": {
        "optimizer": compiled(5.0, "sgd"), "train_loss": epochs([900.0, np.nan, np.nan, np.nan]),
    },
    "RMSprop at 0.5 on a regression": {
        "optimizer": compiled(0.5, "rmsprop"), "train_loss": epochs(u_shape(20, 3, end=400.0)),
    },
    "20,000 steps at Adam 0.3": lambda: {
        "optimizer": compiled(0.3),
        "train_loss": curve(np.r_[falling(100), flat(19_900, 60.0, 0.3)]),
    },
    "the rate that a schedule logs": {
        "optimizer": compiled(None),
        "learning_rate": epochs(np.full(8, 1.0), "epoch_learning_rate"),
        "train_loss": epochs([2.0, 900, 40, 8, 5, 4, 3, 2.5]),
    },
}  # fmt: skip

SILENT: Cases = {
    "Adam at 1e-3 in a healthy run": {
        "optimizer": compiled(1e-3), "train_loss": epochs(falling(20)), "chance": classes(10),
    },
    "Adam at 1e-3 that diverges: other causes come first": {
        "optimizer": compiled(1e-3), "train_loss": epochs(u_shape(20, 6, end=400.0)),
    },
    "Adam at 0.03 that works": {"optimizer": compiled(0.03), "train_loss": epochs(falling(20))},
    "SGD at 0.1": {"optimizer": compiled(0.1, "sgd"), "train_loss": epochs(flat(10, 2.3))},
    "Adadelta at 1": {"optimizer": compiled(1.0, "adadelta"), "train_loss": epochs(flat(10, 2.3))},
    "a rate of zero": {"optimizer": compiled(0.0), "train_loss": epochs(flat(10, 2.3))},
    "no rate known": {"optimizer": compiled(None), "train_loss": epochs(flat(10, 2.3))},
    "no optimizer known": {"train_loss": epochs(u_shape(20, 6, end=400.0))},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("learning-rate-too-high", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("learning-rate-too-high", **made(SILENT[case]))


def test_it_points_to_the_start_and_the_peak() -> None:
    loss = epochs([4e3, 9e6, 2e4, 300, 12, *[2.303] * 15])
    (evidence,) = speaks(
        "learning-rate-too-high", optimizer=compiled(10.0), train_loss=loss, chance=classes(10)
    )
    assert evidence.steps == (0, 1)
    assert evidence.suggestion == "Adam(learning_rate=10) → Adam(learning_rate=0.001)."
    assert (evidence.comparison.value, evidence.comparison.limit) == (1000.0, 1.0)


def test_an_absurd_rate_without_a_mark_is_a_warning() -> None:
    roles = {"optimizer": compiled(2.0), "train_loss": epochs(falling(20))}
    assert speaks("learning-rate-too-high", **roles)[0].severity is Severity.WARNING


def test_a_rate_ten_times_the_usual_without_a_mark_is_a_note() -> None:
    roles = {"optimizer": compiled(0.1), "train_loss": epochs(falling(20))}
    assert speaks("learning-rate-too-high", **roles)[0].severity is Severity.INFO


def test_a_usual_rate_that_killed_the_network_in_its_first_steps() -> None:
    loss = epochs(np.r_[334_092.0, 39_095.0, 7_114.0, 1_443.0, np.full(60, 1298.0), 1250.0])
    (evidence,) = speaks("learning-rate-too-high", optimizer=compiled(0.1, "sgd"), train_loss=loss)
    assert "not one digit changes from step 4 on" in evidence.message
    silent("learning-rate-too-high", optimizer=compiled(0.01, "sgd"), train_loss=loss)


def test_a_loss_that_merely_converged_was_not_thrown() -> None:
    loss = epochs(falling(60, 100.0, 1.0))
    silent("learning-rate-too-high", optimizer=compiled(0.1, "sgd"), train_loss=loss)
