from __future__ import annotations

import math

import numpy as np
import pytest

from tests.simulated import generator, summary


@pytest.mark.parametrize(("before", "after"), ((409, 15), (409, 1), (4000, 200), (20, 1), (3, 2)))
def test_an_explosion_at_the_very_end_is_a_segment(before: int, after: int) -> None:
    rng = generator(before, after)
    values = np.r_[1 + 0.1 * rng.normal(size=before), 1e5 * (1 + 0.1 * rng.normal(size=after))]
    curve = summary(values)
    healthy, *exploded = curve.segments
    assert healthy.last == before - 1
    assert exploded[-1].last == before + after - 1
    assert all(segment.start.value > 3e4 for segment in exploded)
    assert exploded[-1].end.value == pytest.approx(1e5, rel=0.4)


def test_an_epoch_curve_of_five_points_that_blows_up() -> None:
    curve = summary([0.7, 0.5, 0.4, 900.0, 1e5])
    assert [(s.first, s.last) for s in curve.segments] == [(0, 2), (3, 4)]
    assert curve.rise is not None
    assert curve.rise.value > 1e4


def test_a_short_curve_that_exploded_and_came_down_in_part_is_still_far_up() -> None:
    curve = summary([0.74, 1228, 900, 600, 400, 300, 260, 240, 233])
    assert curve.rise is not None
    assert curve.rise.value == pytest.approx(232, abs=5)
    assert curve.rise.persistent
    assert curve.rise.points == 8


def test_the_segment_before_an_explosion_has_points_enough_to_be_one() -> None:
    falling = 0.2 + 2 * np.exp(-np.arange(100) / 30) + 0.05 * generator(14).normal(size=100)
    curve = summary([*falling, 3.0, 20.0, 900.0])
    assert (curve.segments[-1].first, curve.segments[-1].last) == (100, 102)
    assert all(segment.points >= 3 for segment in curve.segments[1:-1])


def test_a_level_shift_is_placed_to_the_point() -> None:
    rng = generator(1)
    for points, shift in ((60, 40), (1000, 313), (50_000, 12_345)):
        values = 0.1 * rng.normal(size=points) + np.where(np.arange(points) < shift, 1.0, 2.0)
        curve = summary(values)
        assert [segment.first for segment in curve.segments] == [0, pytest.approx(shift, abs=1)]
        assert curve.start_level is not None
        assert curve.start_level.value == pytest.approx(1, abs=0.15)
        assert curve.rise is not None
        assert curve.rise.value == pytest.approx(1, abs=0.15)
        assert curve.rise.persistent
        assert curve.rise.points == pytest.approx(points - shift, abs=1)


def test_a_ramp_is_two_segments_with_its_slope() -> None:
    index = np.arange(400)
    values = 1 + 0.01 * np.maximum(index - 200, 0) + 0.05 * generator(2).normal(size=400)
    curve = summary(values)
    assert curve.segments[-1].slope == pytest.approx(0.01, rel=0.1)
    assert curve.segments[-1].first == pytest.approx(200, abs=25)
    assert curve.outlook is not None
    assert curve.outlook.direction == -1


@pytest.mark.parametrize("points", (100, 1000, 100_000))
def test_spikes_are_excursions_with_their_height(points: int) -> None:
    rng = generator(3, points)
    values = 1 + np.exp(-np.arange(points) / points * 5) + 0.05 * rng.normal(size=points)
    at = [points // 3, points // 2, points // 2 + 1]
    values[at] = [4.0, 5.0, 6.0]
    curve = summary(values)
    assert [excursion.peak.index for excursion in curve.excursions] == [at[0], at[2]]
    assert [excursion.peak.value for excursion in curve.excursions] == [4.0, 6.0]
    first, second = curve.excursions
    assert (second.first, second.last) == (at[1], at[2])
    assert first.height == pytest.approx(4 - 1 - math.exp(-5 / 3), abs=0.1)
    assert first.factor == pytest.approx(4 / (1 + math.exp(-5 / 3)), rel=0.1)
    assert all(excursion.score > 10 for excursion in curve.excursions)


def test_a_burst_that_returns_leaves_the_course_alone() -> None:
    values = 1 + 0.05 * generator(4).normal(size=3000)
    values[1000:1100] += 3
    curve = summary(values)
    assert curve.end_level is not None
    assert curve.end_level.value == pytest.approx(1, abs=0.03)
    assert curve.rise is not None
    assert curve.rise.value < 0.05
    burst = [e for e in curve.excursions if e.score > 0]
    assert (burst[0].first, burst[-1].last) == (1000, 1099)


def test_levels_come_with_honest_errors() -> None:
    ends = []
    for seed in range(200):
        values = 2.0 - 0.002 * np.arange(300) + 0.2 * generator(seed).normal(size=300)
        end = summary(values).end_level
        assert end is not None
        ends.append((end.value - 1.402) / end.error)
    assert abs(np.mean(ends)) < 0.3
    assert 0.4 < np.std(ends) < 1.2


def test_scatter_holds_slow_swings_that_noise_does_not() -> None:
    values = np.sin(np.arange(400) / 6) + 0.02 * generator(9).normal(size=400)
    curve = summary(values)
    assert curve.noise == pytest.approx(0.02, rel=0.5)
    assert curve.scatter is not None
    assert curve.scatter > 0.5
