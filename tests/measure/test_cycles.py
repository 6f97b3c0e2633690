"""Curves that repeat themselves, against noise and trends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_diagnose.measure.cycles import repeats, wave


def slow_repeats(values: np.ndarray, period: int) -> float:
    """Pearson's correlation of all pairs a period apart, each period's mean taken out."""
    periods = [values[at : at + period] for at in range(0, len(values) - period + 1, period)]
    levelled = [each - each.mean() for each in periods]
    pairs = [(a, b) for x, y in zip(levelled, levelled[1:]) for a, b in zip(x, y)]  # noqa: B905, RUF007
    before, after = np.array(pairs).T
    return float(before @ after / np.sqrt((before @ before) * (after @ after)))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.integers(2, 6))
def test_it_is_the_correlation_of_periods(seed: int, period: int, periods: int) -> None:
    values = np.random.default_rng(seed).normal(size=period * periods + 3)
    assert repeats(values, period) == pytest.approx(slow_repeats(values, period))


def test_a_pattern_that_comes_back_is_one_and_noise_is_none() -> None:
    rng = np.random.default_rng(0)
    pattern = rng.normal(size=50)
    assert repeats(np.tile(pattern, 5) + np.repeat([5, 4, 3, 2, 1], 50), 50) == pytest.approx(1)
    assert abs(repeats(rng.normal(size=2000), 50)) < 0.1


def test_a_wave_is_smooth_and_a_shuffled_one_is_not() -> None:
    rng = np.random.default_rng(0)
    slow = np.tile(np.sin(np.linspace(0, 2 * np.pi, 50)), 4)
    assert wave(slow, 50) > 0.9
    assert abs(wave(np.tile(rng.permutation(slow[:50]), 4), 50)) < 0.4
