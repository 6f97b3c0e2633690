"""A pause that stands alone, against pauses that belong to training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.run import Fact, Series
from tests.cases import START, Floats, clear, curve, falling, silent, speaks


def at(gaps: Floats) -> Series:
    wall = START + np.cumsum(gaps)
    return replace(curve(falling(len(gaps)), "loss", ""), wall=wall)


def paused(n: int, where: list[int], seconds: float, usual: float = 2.0) -> Floats:
    gaps = np.random.default_rng(0).uniform(0.5 * usual, 1.5 * usual, n)
    gaps[where] = seconds
    return gaps


def test_an_hour_in_a_run_of_seconds() -> None:
    (evidence,) = speaks("stalled-run", scalars=(at(paused(500, [200], 3600)),), facts=())
    assert evidence.steps == (199, 200)
    assert evidence.severity is Severity.WARNING
    assert "60 minutes" in evidence.message


def test_a_short_one_in_a_long_run_is_a_note() -> None:
    (evidence,) = speaks("stalled-run", scalars=(at(paused(20_000, [200], 3600)),), facts=())
    assert evidence.severity is None


@pytest.mark.parametrize(
    "gaps",
    (
        paused(500, [], 0),
        paused(500, [100, 200, 300, 400], 600),  # validations
        paused(500, [200], 30),  # half a minute
        paused(12, [5], 1000, usual=300),
        np.zeros(500),  # one time for all
        paused(6, [3], 3600),
    ),
)
def test_it_is_silent(gaps: Floats) -> None:
    silent("stalled-run", scalars=(at(gaps),), facts=())


def test_points_that_are_missing_are_no_pause() -> None:
    whole = at(paused(500, [], 0))
    clear("stalled-run", scalars=(whole.at(np.r_[0:200, 290:500]),), facts=())


def test_a_restart_explains_a_pause() -> None:
    curves = (at(paused(500, [200], 3600)),)
    when = float(curves[0].wall[200]) - 5
    facts = (Fact("restart", "", "", {"wall": when}),)
    silent("stalled-run", scalars=curves, facts=facts)
