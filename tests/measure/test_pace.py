"""Pauses and the time for a step."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.pace import longest_gap, time_per_step


def test_the_longest_gap_is_told_with_what_is_usual() -> None:
    wall = np.cumsum([0, 1, 1, 1, 60, 1, 3, 2, 1, 1.0])
    assert longest_gap(wall) == (4, 60.0, 1.0, 2.0)


def test_time_for_a_step_counts_steps_and_not_points() -> None:
    steps, wall = np.arange(0, 1000, 10), np.arange(100.0)
    assert time_per_step(steps, wall, 4) == pytest.approx(np.full(4, 0.1))


def test_a_pause_does_not_count_and_steps_that_stand_are_left_out() -> None:
    steps = np.array([0, 1, 1, 2, 3, 4, 5])
    wall = np.array([0, 1, 1.5, 2, 3, 99, 100.0])
    assert time_per_step(steps, wall, 1) == pytest.approx([1.0])
    assert len(time_per_step(np.zeros(5), np.arange(5.0), 3)) == 0
