"""Steps that take longer, against pauses and noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.run import Series
from tests.cases import START, Floats, curve, falling, noisy, silent, speaks


def taking(seconds: Floats) -> Series:
    wall = START + np.cumsum(seconds)
    return replace(curve(falling(len(seconds)), "loss", ""), wall=wall)


def test_memory_that_fills_up() -> None:
    slower = taking(np.linspace(0.2, 0.6, 1000) * noisy(1000, 0.2))
    (evidence,) = speaks("throughput-drop", scalars=(slower,))
    assert evidence.severity is Severity.WARNING
    assert evidence.comparison.value == pytest.approx(2.0, abs=0.4)
    assert evidence.steps == (750, 999)


@pytest.mark.parametrize(
    "seconds",
    (
        np.full(1000, 0.2) * noisy(1000, 0.3),
        np.r_[np.full(30, 2.0), np.full(970, 0.2)],  # the first steps compile
        np.r_[np.full(900, 0.2), [3600.0], np.full(99, 0.2)],  # a pause
        np.linspace(0.2, 0.24, 1000),
        np.linspace(0.2, 0.6, 40),  # few points
        np.linspace(1e-5, 9e-5, 1000),  # all written at once
    ),
)
def test_it_is_silent(seconds: Floats) -> None:
    silent("throughput-drop", scalars=(taking(seconds),))


def test_episodes_that_are_played_better_take_longer() -> None:
    slower = taking(np.linspace(0.2, 0.6, 1000))
    silent("throughput-drop", scalars=(slower,), reinforcement=True)


def test_points_that_skip_steps_are_no_slower_for_it() -> None:
    steps = np.r_[np.arange(500), 500 + 10 * np.arange(500)]
    wall = START + 0.2 * steps
    silent("throughput-drop", scalars=(replace(taking(np.ones(1000)), steps=steps, wall=wall),))
