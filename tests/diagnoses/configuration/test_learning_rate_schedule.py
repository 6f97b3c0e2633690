"""Rates that no schedule means, against those that one does."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, Floats, curve, falling, made, silent, speaks, straight


def rate(values: Floats) -> dict[str, object]:
    return {"learning_rate": curve(values, "lr", "")}


COSINE = 1e-3 * (1 + np.cos(np.pi * np.linspace(0, 1, 100))) / 2
RESTARTED = np.r_[straight(60, 1e-3, 1e-5), straight(40, 1e-3, 3e-4)]

SPEAKS: Cases = {
    "it ends far too early": rate(np.r_[straight(60, 1e-3, 0), np.zeros(40)]),
    "a ten-thousandth from a tenth of the run on": rate(np.r_[np.full(10, 0.1), np.full(90, 1e-5)]),
    "zero throughout": rate(np.zeros(100)),
    "below zero": rate(straight(100, 1e-3, -2e-4)),
    "a schedule that began anew": rate(RESTARTED),
}

SILENT: Cases = {
    "constant": rate(np.full(100, 1e-3)),
    "warm-up and decay": rate(np.r_[straight(8, 1e-6, 1e-3), straight(92, 1e-3, 0)]),
    "cosine": rate(COSINE),
    "warm restarts": rate(np.tile(straight(20, 1e-3, 1e-5), 5)),
    "steps down": rate(1e-3 * 0.1 ** (np.arange(100) // 30)),
    "two drops to a tenth each": rate(np.repeat([0.1, 0.01, 0.001], 30)),
    "five epochs down to zero": rate(straight(5, 8e-4, 0)),
    "one value": rate(np.zeros(1)),
    "zero, but for the other group of weights": {
        **rate(np.zeros(100)), "scalars": (curve(COSINE, "x/lr1", ""),),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("learning-rate-schedule", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("learning-rate-schedule", **made(SILENT[case]))


def test_a_jump_is_a_warning_where_the_loss_suffers() -> None:
    smooth, thrown = falling(100), np.r_[falling(60), 2 * falling(40, 0.5, 0.3)]
    (mild,) = speaks("learning-rate-schedule", **rate(RESTARTED), train_loss=curve(smooth))
    (severe,) = speaks("learning-rate-schedule", **rate(RESTARTED), train_loss=curve(thrown))
    assert (mild.severity, severe.severity) == (Severity.INFO, None)
    assert severe.steps == (60,)
    assert severe.comparison.value == pytest.approx(100, rel=0.01)


def test_zero_is_pointed_to() -> None:
    (evidence,) = speaks("learning-rate-schedule", **made(SPEAKS["it ends far too early"]))
    assert evidence.steps[0] == 59
    assert evidence.comparison.value == pytest.approx(0.4)
