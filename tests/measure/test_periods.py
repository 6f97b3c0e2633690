from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.periods import autocorrelation, find_period, longest_repeat
from tests.simulated import autoregressive, generator


def test_the_longest_run_of_equal_values() -> None:
    repeat = longest_repeat(np.array([1.0, 2, 2, 3, 3, 3, np.nan, np.nan, np.nan, np.nan]))
    assert repeat is not None
    assert repeat == (3, 5, 3.0)
    assert longest_repeat(np.array([1.0, 2, 1, 2])) is None
    assert longest_repeat(np.array([])) is None


def test_autocorrelation_is_that_of_the_definition() -> None:
    values = generator(0).normal(size=50).cumsum()
    apart = values - values.mean()
    for lag in (0, 1, 7, 49):
        slow = np.mean(apart[: 50 - lag] * apart[lag:]) / np.mean(apart**2)
        assert autocorrelation(values)[lag] == pytest.approx(slow)


@pytest.mark.parametrize("period", (4, 10, 25, 100, 500))
@pytest.mark.parametrize("shape", ("sawtooth", "spike", "sine", "batches"))
def test_an_exact_period_is_found(period: int, shape: str) -> None:
    phase = np.arange(period) / period
    pattern = {
        "sawtooth": 3 * phase,
        "spike": np.where(np.arange(period) == 1, 3.0 * np.sqrt(period), 0),
        "sine": 2 * np.sin(2 * np.pi * phase),
        "batches": generator(period).normal(size=period),
    }[shape]
    values = np.resize(pattern, 12 * period + 3) + generator(9).normal(size=12 * period + 3)
    found = find_period(values)
    assert found is not None
    assert found.points == pytest.approx(period, rel=0.01 if shape == "sine" else 0)
    assert 0.2 < found.share < 0.95


def test_it_says_where_in_the_cycle_the_pattern_peaks() -> None:
    values = np.zeros(1000)
    values[7::50] = 5.0
    found = find_period(values + 0.1 * generator(1).normal(size=1000))
    assert found is not None
    assert (found.points, found.peak) == (50, 7)
    assert found.strength > 0.95


@pytest.mark.parametrize("points", (50, 300, 3000))
@pytest.mark.parametrize("correlation", (0.0, 0.8))
def test_noise_has_no_period(points: int, correlation: float) -> None:
    found = [
        find_period(autoregressive(generator(points, k), points, correlation)) for k in range(100)
    ]
    assert sum(period is not None for period in found) <= 2


def test_swings_of_varying_length_are_no_period() -> None:
    found = 0
    for seed in range(40):
        rng = generator(seed)
        phase = np.cumsum(2 * np.pi / 20 * (1 + 0.8 * rng.normal(size=1000)))
        found += find_period(np.sin(phase) + 0.1 * rng.normal(size=1000)) is not None
    assert found <= 6


@pytest.mark.parametrize("values", (np.zeros(100), np.arange(3.0), np.empty(0)))
def test_constants_and_few_points_have_none(values: np.ndarray) -> None:
    assert find_period(values) is None


def test_a_pattern_far_below_what_can_be_seen_is_none() -> None:
    values = np.resize([0.0, 1.0, 0.0, 0.0], 400) + 0.01 * generator(2).normal(size=400)
    assert find_period(values) is not None
    assert find_period(0.01 * values) is None
