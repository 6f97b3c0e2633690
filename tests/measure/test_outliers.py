from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.outliers import (
    FALSE_OUTLIERS,
    clip_outliers,
    departures,
    moving_median,
    outlier_limit,
    runs,
)
from tb_diagnose.measure.piecewise import universal_limit
from tests.simulated import generator


def test_runs_are_those_of_true_values() -> None:
    mask = np.array([1, 1, 0, 0, 1, 0, 1], bool)
    assert runs(mask) == [(0, 1), (4, 4), (6, 6)]
    assert runs(mask[:0]) == []
    assert runs(~mask[2:3]) == [(0, 0)]


@pytest.mark.parametrize("points", (10, 200, 5000))
def test_normal_noise_stays_within_the_limit(points: int) -> None:
    beyond = 0
    for seed in range(300):
        residuals = generator(points, seed).normal(size=points)
        beyond += bool(np.max(np.abs(residuals)) > outlier_limit(residuals))
    assert beyond <= 2


def test_a_heavy_tail_raises_the_limit() -> None:
    normal = outlier_limit(generator(0).normal(size=5000))
    heavy = outlier_limit(generator(0).standard_t(2, size=5000))
    assert heavy > 2 * normal


@pytest.mark.parametrize("share", (0.01, 0.04, 0.15))
def test_what_stands_out_does_not_raise_it_out_of_reach(share: float) -> None:
    rng = generator(3)
    residuals = rng.normal(size=2000)
    residuals[rng.choice(2000, int(share * 2000), replace=False)] += 40
    assert outlier_limit(residuals) < 15


def test_a_few_residuals_have_the_limit_of_normal_ones() -> None:
    assert outlier_limit(np.arange(20.0)) == universal_limit(20, FALSE_OUTLIERS)


def test_departures_begin_and_end_where_half_of_the_limit_is_crossed() -> None:
    residuals = np.array([0, 1, 3, 9, 12, 3.5, 1, 0, -3, -7, -1, 0, 4.5])
    assert departures(residuals, 5.0) == [(2, 5, 4), (8, 9, 9)]
    assert departures(residuals, 20.0) == []


@pytest.mark.parametrize("points", (1, 2, 3, 4, 31, 32, 33, 200))
def test_the_moving_median_is_that_of_the_values_around(points: int) -> None:
    values = generator(points).normal(size=points)
    widest = 2 if points >= 32 else 1
    for i, found in enumerate(moving_median(values)):
        reach = min(i, points - 1 - i, widest)
        assert found == np.median(values[i - reach : i + reach + 1])


def test_clipping_takes_single_values_and_leaves_changes_and_ends() -> None:
    values = np.zeros(60)
    values[[20, 21]] = 1000.0
    values[40:] = 50.0
    values[59] = 500.0
    clipped = clip_outliers(values, np.ones(60))
    assert np.all(np.abs(clipped[:40]) <= 3)
    assert np.all(clipped[40:58] == 50)
    assert clipped[59] == 500
