"""Gradients that leave their own past behind, against those that grow while all is well."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, falling, flat, made, noisy, silent, speaks, spiked
from tests.layered import vitals

RISING = np.geomspace(1, 1000, 200) * noisy(200, 0.2)
USUAL = flat(2000, 1.0, 0.5)
BURSTING = spiked(USUAL, range(200, 2000, 100), 500)
BAD = {"train_loss": curve(np.r_[falling(100), np.linspace(0.3, 3, 100)])}
GOOD = {"train_loss": curve(falling(200))}


def norm(values: np.ndarray) -> dict[str, object]:
    return {"gradient_norm": curve(values, "grad_norm", "")}


SPEAKS: Cases = {
    "a thousandfold climb while the loss rises": {**norm(RISING), **BAD},
    "a climb that only an attached training saw": {
        "step_vitals": vitals("step", ("step",), {"gradient_norm": RISING[:, None]}, n=200),
        **BAD,
    },
    "a climb while nothing is learned": {**norm(RISING), "train_loss": curve(flat(200))},
    "bursts in one step of a hundred": {**norm(BURSTING), "train_loss": curve(falling(2000))},
}

SILENT: Cases = {
    "a climb while the loss falls": {**norm(RISING), **GOOD},
    "noise": {**norm(USUAL), **BAD},
    "a single burst": {**norm(spiked(USUAL, [700], 1000)), **BAD},
    "tenfold bursts": {**norm(spiked(USUAL, range(200, 2000, 100), 10)), **BAD},
    "a warm-up": {**norm(np.geomspace(1000, 1, 200)), **BAD},
    "gradients that were gone for a while": {
        **norm(np.r_[np.ones(50), np.full(30, 1e-9), np.ones(120)]),
        **BAD,
    },
    "nine norms": {**norm(RISING[-9:]), **BAD},
    "norms of 0": {**norm(np.zeros(50)), **BAD},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("exploding-gradients", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("exploding-gradients", **made(SILENT[case]))


def test_it_points_to_where_the_climb_began() -> None:
    (evidence,) = speaks("exploding-gradients", **norm(np.geomspace(1, 1000, 200)), **BAD)
    assert evidence.steps[0] == pytest.approx(116, abs=3)  # ten times 10 ** 0.75
    assert "at a norm of 5." in evidence.suggestion


def test_bursts_that_do_no_harm_are_a_note() -> None:
    case = made(SPEAKS["bursts in one step of a hundred"])
    assert speaks("exploding-gradients", **case)[0].severity is Severity.INFO
