"""How often a summary claims what is not so, and finds what is: rates over seeded simulations."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.analysis.curve import CurveSummary
from tests.simulated import Floats, autoregressive, generator, healthy_curves


def loss(values: Floats) -> CurveSummary:
    return CurveSummary(np.arange(len(values)), values, -1)


@pytest.mark.parametrize("points", (3, 4, 5, 7, 10, 20, 50, 100, 300, 1000))
def test_healthy_curves_do_not_rise_behind_their_best(points: int) -> None:
    curves = dict(healthy_curves(points, range(25)))
    rising = [name for name, values in curves.items() if _rises(loss(values))]
    assert len(rising) <= 0.005 * len(curves), rising


def _rises(curve: CurveSummary) -> bool:
    return curve.rise is not None and curve.rise.persistent


@pytest.mark.parametrize("points", (50, 300, 1000))
def test_correlated_noise_is_hardly_taken_for_a_rise(points: int) -> None:
    rising = 0
    for seed in range(200):
        course = 2 * (1 + np.arange(points)) ** -0.3
        rising += _rises(loss(course + 0.1 * autoregressive(generator(seed), points, 0.7)))
    assert rising <= 0.05 * 200


@pytest.mark.parametrize("points", (5, 10, 30, 100, 1000, 20_000))
def test_pure_noise_is_one_segment_without_improvement(points: int) -> None:
    several = improved = 0
    for seed in range(100):
        curve = loss(2.3 + 0.1 * generator(points, seed).normal(size=points))
        several += len(curve.segments) > 1
        improved += bool(curve.improved)
    assert several <= 12 if points < 50 else several <= 3
    assert improved <= 4


@pytest.mark.parametrize("points", (10, 30, 100, 1000, 20_000))
def test_normal_noise_around_a_falling_course_has_no_excursions(points: int) -> None:
    found = 0
    for seed in range(100):
        course = 0.3 + 2 * np.exp(-np.arange(points) / points * 5)
        curve = loss(course * np.exp(0.05 * generator(points, seed).normal(size=points)))
        found += bool(curve.excursions)
    assert found <= 3


@pytest.mark.parametrize(("points", "rise"), ((10, 20), (20, 9), (50, 5), (200, 2), (2000, 0.7)))
def test_a_rise_in_the_second_half_is_found(points: int, rise: float) -> None:
    """A validation loss that falls to its middle, and then rises by so many times its noise."""
    index = np.arange(points) / (points - 1)
    course = np.where(index < 0.4, 2 - 5 * index, 0.1 * rise * (index - 0.4) / 0.6)
    found = [
        _rises(loss(3 + course + 0.1 * generator(points, seed).normal(size=points)))
        for seed in range(60)
    ]
    assert np.mean(found) >= 0.9


@pytest.mark.parametrize(("points", "shift"), ((20, 10), (50, 6), (200, 2), (2000, 1)))
def test_a_level_shift_is_found_where_it_is(points: int, shift: float) -> None:
    found = 0
    for seed in range(60):
        rng = generator(points, seed)
        at = int(rng.uniform(0.3, 0.7) * points)
        values = rng.normal(size=points) + shift * (np.arange(points) >= at)
        first = [segment.first for segment in loss(values).segments]
        found += any(abs(place - at) <= max(3, 0.05 * points) for place in first)
    assert found >= 50


@pytest.mark.parametrize("noise", ("normal", "student"))
@pytest.mark.parametrize("points", (60, 500, 30_000))
def test_a_spike_of_twenty_times_the_noise_is_found(points: int, noise: str) -> None:
    found = 0
    for seed in range(40):
        rng = generator(points, seed)
        shocks = rng.normal(size=points) if noise == "normal" else rng.standard_t(4, size=points)
        at = int(rng.uniform(0.1, 0.9) * points)
        shocks[at] += 40
        curve = loss(2 + np.exp(-np.arange(points) / points * 3) + 0.05 * shocks)
        found += at in [excursion.peak.index for excursion in curve.excursions]
    assert found >= 36


@pytest.mark.parametrize("points", (12, 30, 300, 3000))
def test_a_slow_fall_is_seen_to_go_on_and_a_plateau_is_not(points: int) -> None:
    falling = resting = 0
    for seed in range(40):
        noise = 0.02 * generator(points, seed).normal(size=points)
        index = np.arange(points) / points
        falling += bool(loss(2 - index + noise).still_improving)
        resting += bool(loss(1 + np.exp(-index * 30) + noise).settled)
    assert falling >= 38
    assert resting >= 38
