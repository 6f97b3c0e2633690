"""Curves that repeat themselves, against noise and trends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_diagnose.measure.cycles import levelled, repeats, wave


def slow_levelled(values: np.ndarray, period: int) -> list[float]:
    """Point by point, with the period that lies around each."""
    before = (period - 1) // 2
    return [
        values[at] - np.mean(values[at - before : at - before + period])
        for at in range(before, len(values) - (period - 1 - before))
    ]


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(0, 60))
def test_each_point_is_seen_against_the_period_around_it(seed: int, period: int, more: int) -> None:
    values = np.random.default_rng(seed).normal(size=period + more)
    np.testing.assert_allclose(levelled(values, period), slow_levelled(values, period), atol=1e-12)


def test_levelling_takes_the_trend_and_leaves_the_cycle() -> None:
    cycle = np.tile(np.sin(np.linspace(0, 2 * np.pi, 51)[:-1]), 6)
    np.testing.assert_allclose(levelled(np.linspace(9, 3, 300), 50), 0.01, atol=0.02)
    np.testing.assert_allclose(levelled(cycle, 50), cycle[24:-25], atol=1e-12)


def test_a_pattern_that_comes_back_is_one_and_noise_is_none() -> None:
    rng = np.random.default_rng(0)
    assert repeats(np.tile(rng.normal(size=50), 5), 50) == pytest.approx(1)
    assert abs(repeats(rng.normal(size=2000), 50)) < 0.1


def test_a_falling_curve_does_not_repeat_itself() -> None:
    falling = np.exp(-np.linspace(0, 3, 400)) + np.random.default_rng(0).normal(0, 0.01, 400)
    assert abs(repeats(levelled(falling, 50), 50)) < 0.3


def test_a_wave_is_smooth_and_a_shuffled_one_is_not() -> None:
    rng = np.random.default_rng(0)
    slow = np.tile(np.sin(np.linspace(0, 2 * np.pi, 50)), 4)
    assert wave(slow, 50) > 0.9
    assert abs(wave(np.tile(rng.permutation(slow[:50]), 4), 50)) < 0.4
