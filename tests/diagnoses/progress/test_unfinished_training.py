"""Runs that end on the way down."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity, Verdict
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tests.cases import (
    Cases,
    epochs,
    falling,
    flat,
    made,
    run,
    silent,
    speaks,
    straight,
    u_shape,
)

STEEP = epochs(straight(30, 2.3, 0.6, noise=0.005))

SPEAKS: Cases = {
    "a straight line": {"train_loss": STEEP},
    "both splits": {
        "train_loss": STEEP,
        "val_loss": epochs(straight(30, 2.4, 0.8, noise=0.005), folder="validation"),
    },
    "two epochs that hardly learned": {
        "train_loss": epochs([1.39, 1.37]),
        "train_score": epochs([0.26, 0.3], "epoch_accuracy"),
    },
    "five epochs": {"train_loss": epochs(straight(5, 2.3, 0.6))},
    "twelve epochs": {"train_loss": epochs(straight(12, 2.3, 0.6))},
}

SILENT: Cases = {
    "it has converged": {"train_loss": epochs(falling(30))},
    "validation turned": {
        "train_loss": STEEP, "val_loss": epochs(u_shape(30, 15), folder="validation"),
    },
    "validation stands": {
        "train_loss": STEEP,
        "val_loss": epochs(np.r_[falling(15), flat(15, 0.3)], folder="validation"),
    },
    "the rate has decayed to nothing": {
        "train_loss": STEEP, "learning_rate": epochs(straight(30, 1e-3, 0), "lr"),
    },
    "NaN from the start": {"train_loss": epochs([np.nan, np.nan])},
    "noise at the end": {"train_loss": epochs(falling(200, noise=0.2))},
    "it never falls": {"train_loss": epochs(flat(30, noise=0.01))},
    "two epochs of a loss that may be at its floor": {"train_loss": epochs([1.39, 1.37])},
    "five epochs that slow down": {"train_loss": epochs(np.array([2.3, 0.9, 0.5, 0.4, 0.38]))},
    "five epochs, one of them up": {"train_loss": epochs(np.array([2.3, 1.9, 2.0, 1.5, 1.1]))},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("unfinished-training", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("unfinished-training", **made(SILENT[case]))


@pytest.mark.parametrize(("end", "severity"), [(0.6, None), (1.6, Severity.WARNING)])
def test_a_run_that_ends_before_half_of_it_is_learned_is_a_warning(
    end: float, severity: Severity | None
) -> None:
    loss = epochs(straight(30, 2.3, end, 0.005))
    accuracy = epochs(straight(30, 0.1, 0.4), "epoch_accuracy")
    (evidence,) = speaks("unfinished-training", train_loss=loss, train_score=accuracy)
    assert evidence.severity is severity
    (evidence,) = speaks("unfinished-training", train_loss=loss)
    assert evidence.severity is None


def test_it_points_to_the_last_segment() -> None:
    (evidence,) = speaks("unfinished-training", train_loss=STEEP)
    assert evidence.steps[0] < evidence.steps[1] == 29


def test_a_run_that_goes_on_is_not_judged() -> None:
    only = Settings(select=("unfinished-training",))
    for growing, verdict in ((False, Verdict.FOUND), (True, Verdict.NOT_APPLICABLE)):
        (outcome,) = examine(run(STEEP), only, growing=growing).outcomes
        assert outcome.verdict is verdict
