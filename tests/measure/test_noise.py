from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.noise import NoiseModel, long_run_scale, residual_scale
from tests.simulated import autoregressive, generator


@pytest.mark.parametrize("points", (30, 300, 10_000))
@pytest.mark.parametrize("trend", (0.0, 0.02, -3.0))
def test_it_finds_the_noise_around_any_straight_line(points: int, trend: float) -> None:
    found = [
        residual_scale(trend * np.arange(points) + 0.5 * generator(points, k).normal(size=points))
        for k in range(40)
    ]
    assert np.mean([scale.value for scale in found]) == pytest.approx(0.5, rel=0.1)
    assert np.mean([scale.upper >= 0.5 for scale in found]) >= 0.85


def test_fewer_than_four_points_have_no_noise() -> None:
    assert residual_scale(np.array([1.0, 5.0, 2.0])).value == 0


def test_a_blow_up_in_the_last_two_of_five_points_is_no_noise() -> None:
    assert residual_scale(np.array([0.7, 0.5, 0.4, 900.0, 1e5])).value < 0.2


@pytest.mark.parametrize("heavy", (False, True))
def test_spikes_in_a_tenth_of_the_points_hardly_change_it(heavy: bool) -> None:
    rng = generator(1)
    values = rng.normal(size=1000)
    values[rng.choice(1000, 100, replace=False)] += 1e6 if heavy else 20
    assert residual_scale(values).value == pytest.approx(1.0, rel=0.6)


@pytest.mark.parametrize("model", (NoiseModel(0.3, 0.0), NoiseModel(0.3, 0.1), NoiseModel(1e-9, 2)))
def test_stabilized_values_have_noise_one_and_come_back(model: NoiseModel) -> None:
    values = np.array([-1e5, -2.0, -0.1, 0.0, 1e-12, 0.4, 3.0, 1e5])
    small = 1e-3 * model.at(values)
    moved = (model.stabilize(values + small) - model.stabilize(values - small)) / 2e-3
    assert moved == pytest.approx(np.ones(8), rel=1e-2)
    assert model.restore(model.stabilize(values)) == pytest.approx(values, rel=1e-6, abs=1e-12)


def test_no_size_of_numbers_overflows() -> None:
    model = NoiseModel(1e-300, 0.01)
    assert np.all(np.isfinite(model.stabilize(np.array([1e300, -1e300, 0.0]))))
    assert np.all(np.isfinite(model.restore(np.array([1e9, -1e9, 0.0]))))


@pytest.mark.parametrize("correlation", (0.3, 0.5, 0.7))
def test_long_run_scale_is_that_of_means(correlation: float) -> None:
    truth = np.sqrt((1 + correlation) / (1 - correlation))
    found = [long_run_scale(autoregressive(generator(k), 2000, correlation)) for k in range(10)]
    assert np.mean(found) == pytest.approx(truth, rel=0.2)


@pytest.mark.parametrize("points", (50, 500, 5000))
def test_independent_noise_is_hardly_taken_for_correlated(points: int) -> None:
    found = [long_run_scale(generator(points, k).normal(size=points)) for k in range(100)]
    assert np.median(found) < 1.1
    assert np.quantile(found, 0.9) < 2.5


def test_a_change_of_level_hardly_makes_noise_look_correlated() -> None:
    found = []
    for seed in range(100):
        values = generator(seed).normal(size=100)
        values[50:] += 30
        found.append(long_run_scale(values))
    assert np.median(found) < 1.5
