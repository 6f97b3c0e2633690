from __future__ import annotations

import itertools

import numpy as np
import pytest

from tb_diagnose.analysis.segmentation import describe
from tests.simulated import Floats, generator


def bounds(values: Floats) -> list[tuple[int, int]]:
    return [(line.first, line.last) for line in describe(values).lines]


@pytest.mark.parametrize("points", (1, 2, 3, 50, 129, 1000, 20_001))
def test_the_segments_cover_every_point_once(points: int) -> None:
    rng = generator(points)
    values = rng.normal(size=points).cumsum() + 20 * rng.standard_t(2, size=points)
    found = bounds(values)
    assert found[0][0] == 0
    assert found[-1][1] == points - 1
    assert all(start == stop + 1 for (_, stop), (start, _) in itertools.pairwise(found))


@pytest.mark.parametrize("points", (300, 5000, 100_000))
def test_changes_of_a_binned_curve_are_placed_to_the_point(points: int) -> None:
    rng = generator(points)
    first, second = points // 3 + 7, points // 2 + 11
    index = np.arange(points)
    level = np.where(index < first, 5.0, np.where(index < second, 1.0, 3.0))
    found = bounds(level + 0.2 * rng.normal(size=points))
    assert found == [(0, first - 1), (first, second - 1), (second, points - 1)]


def test_a_smooth_curve_is_described_by_few_lines_that_are_near() -> None:
    for course in (np.exp(-np.arange(500) / 60), np.sin(np.arange(500) / 50)):
        described = describe(5 + course)
        fitted = described.unit.restore(described.fitted)
        assert np.max(np.abs(fitted - 5 - course)) < 0.08 * np.ptp(course)
        assert len(described.lines) < 20


def test_scaling_a_curve_scales_its_description() -> None:
    values = 2 + np.exp(-np.arange(400) / 50) + 0.05 * generator(1).normal(size=400)
    for factor in (1e-12, 1e12):
        assert bounds(values * factor) == bounds(values)


def test_appending_noise_does_not_move_what_was_found() -> None:
    rng = generator(2)
    values = np.r_[3 + 0.1 * rng.normal(size=300), 1 + 0.1 * rng.normal(size=300)]
    more = np.r_[values, 1 + 0.1 * rng.normal(size=400)]
    assert bounds(values)[0] == bounds(more)[0] == (0, 299)


def test_it_takes_time_in_proportion_to_the_points() -> None:
    described = describe(generator(3).normal(size=1_000_000))
    assert len(described.lines) == 1
    assert len(described.fitted) == 1_000_000
