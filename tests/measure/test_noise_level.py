from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.noise import NoiseModel
from tb_diagnose.measure.noise_level import discernible, estimate_noise
from tests.simulated import generator


def test_it_tells_noise_that_grows_with_the_level_from_noise_that_does_not() -> None:
    levels = np.geomspace(10, 0.1, 2000)
    normal = generator(2).normal(size=2000)
    growing, _ = estimate_noise(levels * (1 + 0.05 * normal))
    constant, _ = estimate_noise(levels + 0.05 * normal)
    assert growing.at(10.0) == pytest.approx(0.5, rel=0.2)
    assert growing.at(0.1) == pytest.approx(0.005, rel=0.5)
    assert constant == (pytest.approx(0.05, rel=0.1), 0.0)


def test_growth_is_hardly_ever_seen_where_there_is_none() -> None:
    levels = np.linspace(2, 1, 200)
    seen = [estimate_noise(levels + 0.1 * generator(k).normal(size=200))[0] for k in range(300)]
    assert np.mean([model.growth > 0 for model in seen]) < 0.03


def test_what_is_discernible_is_at_least_a_hundredth_of_what_a_chart_shows() -> None:
    smooth = np.linspace(5.0, 4.0, 100)
    unit, resolution = discernible(smooth, NoiseModel(0.0, 0.0), 1.0)
    assert unit == (pytest.approx(0.009), 0.0)
    assert resolution == 1.0
    decades = np.geomspace(1000, 0.1, 100)
    unit, _ = discernible(decades, NoiseModel(0.0, 0.0), 1.0)
    assert unit.at(1000.0) == pytest.approx(10, rel=0.01)
    assert unit.at(0.1) < 0.01


def test_noise_around_zero_does_not_grow_with_the_level() -> None:
    model, _ = estimate_noise(generator(12).normal(size=2000))
    assert model == (pytest.approx(1, rel=0.1), 0.0)


def test_the_margin_shrinks_with_the_number_of_points() -> None:
    margins = [estimate_noise(generator(n).normal(size=n))[1] for n in (8, 30, 300, 30_000)]
    assert margins == sorted(margins, reverse=True)
    assert margins[-1] < 1.02


def test_an_explosion_far_outside_of_the_range_is_seen_by_orders_of_magnitude() -> None:
    values = np.r_[generator(1).normal(size=400), 1e20, 1e30]
    model, margin = estimate_noise(values)
    unit, _ = discernible(values, model, margin)
    heights = unit.stabilize(values)
    assert 1000 < heights[-2] < heights[-1] < 1e5


@pytest.mark.parametrize("points", (10, 30, 60))
def test_of_short_curves_the_likelier_of_two_models_is_taken(points: int) -> None:
    levels = np.geomspace(100, 0.1, points)
    relative = constant = 0
    for seed in range(100):
        normal = generator(points, seed).normal(size=points)
        relative += estimate_noise(levels * np.exp(0.1 * normal))[0].growth > 0
        constant += estimate_noise(2 + 0.001 * levels + 0.1 * normal)[0].growth == 0
    assert relative >= 95
    assert constant >= 95
