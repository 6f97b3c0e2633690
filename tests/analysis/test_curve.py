"""What a summary says of single curves with known truth."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.analysis.curve import CurveSummary
from tb_diagnose.analysis.curve_parts import Point, Stretch
from tests.simulated import Floats, generator


def summary(values: Floats | list[float], better: int = -1) -> CurveSummary:
    return CurveSummary(10 * np.arange(len(values)), np.array(values, float), better)


def everything(curve: CurveSummary) -> dict[str, object]:
    """All that a summary says without being given a size."""
    kinds = (property, cached_property)
    names = {
        name for cls in type(curve).__mro__ for name, value in vars(cls).items()
        if isinstance(value, kinds) and not name.startswith("_")
    }  # fmt: skip
    said = {name: getattr(curve, name) for name in sorted(names)}
    return said | {
        "half": curve.reached(0.5), "band": curve.within(0.1), "swings": curve.swings(0.5)
    }  # fmt: skip


EXTREME = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.5, 1e-300, 5e-324, 1e38, 1.7e308, -1.7e308,
                           math.nan, math.inf, -math.inf])  # fmt: skip


@given(st.lists(EXTREME | st.floats(width=32), max_size=200), st.sampled_from([-1, 0, 1]))
def test_no_curve_breaks_it(values: list[float], better: int) -> None:
    curve = summary(values, better)
    before = curve.values.copy()
    said = everything(curve)
    assert np.array_equal(curve.values, before, equal_nan=True)
    numbers = [said["gained"], said["noise"], said["scatter"], said["late_share"]]
    assert all(number is None or number >= 0 for number in numbers)
    where = [segment.first for segment in curve.segments]
    assert where == sorted(set(where))
    assert all(np.isfinite(curve.values[e.peak.index]) for e in curve.excursions)
    if curve.finite:
        assert curve.segments[0].first == curve.where[0]
        assert curve.segments[-1].last == curve.where[-1]


@pytest.mark.parametrize("values", ([], [1.0], [2.0, 1.0], [3.0, 2.0, 1.0]))
def test_of_fewer_than_four_values_it_knows_no_noise(values: list[float]) -> None:
    curve = summary(values)
    assert curve.noise is None
    assert curve.improved is None
    assert curve.outlook is None
    assert curve.settled is None
    assert curve.excursions == ()


def test_steps_and_values_must_belong_together() -> None:
    with pytest.raises(ValueError, match="differ"):
        CurveSummary([1, 2], [1.0])


def test_points_are_the_logged_ones() -> None:
    curve = summary([math.nan, 3.0, 1.0, 2.0, math.inf])
    assert curve.start == Point(1, 10, 3.0)
    assert curve.best == curve.lowest == Point(2, 20, 1.0)
    assert curve.highest == Point(1, 10, 3.0)
    assert curve.end == Point(3, 30, 2.0)
    assert summary([1.0, 2.0], 0).best is None


def test_non_finite_values_are_told_by_kind_first_one_first() -> None:
    curve = summary([1, math.inf, math.inf, -math.inf, 2, math.nan])
    assert curve.non_finite == (
        Stretch(1, 2, "inf"), Stretch(3, 3, "-inf"), Stretch(5, 5, "nan")
    )  # fmt: skip
    assert curve.non_finite_share == pytest.approx(4 / 6)
    assert curve.finite == 2


def test_constants_and_zeros_are_exact() -> None:
    assert summary([0.0, 0.0, 0.0]).all_zero
    assert summary([0.0, 0.0]).constant
    assert summary([0.3] * 5).constant
    assert not summary([0.3] * 5).all_zero
    assert not summary([0.3, 0.3, 0.3 + 1e-12]).constant
    assert not summary([0.0]).constant
    assert not summary([]).all_zero
    assert not summary([math.nan, math.nan]).constant


@pytest.mark.parametrize("value", (0.0, 2.3, -1e9, 1e-20))
@pytest.mark.parametrize("points", (2, 5, 40, 3000))
def test_a_constant_does_nothing(value: float, points: int) -> None:
    curve = summary([value] * points)
    assert len(curve.segments) == 1
    assert curve.excursions == ()
    assert curve.gained == pytest.approx(0, abs=1e-6 * abs(value))
    assert curve.rise is not None
    assert not curve.rise.persistent
    assert not curve.improved
    assert curve.period is None


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


def test_half_of_the_gain_of_an_exponential_is_made_after_its_half_life() -> None:
    index = np.arange(2000)
    curve = summary(np.exp(-index / 100) + 0.01 * generator(5).normal(size=2000))
    half = curve.reached(0.5)
    assert half is not None
    assert half.index == pytest.approx(100 * math.log(2), abs=15)
    assert curve.late_share == pytest.approx(0, abs=0.02)
    assert curve.settled
    near = curve.within(0.05)
    assert near is not None
    assert near.index == pytest.approx(300, abs=40)


def test_a_straight_fall_is_half_late_and_goes_on() -> None:
    for better in (-1, 1):
        values = better * (np.linspace(0, 1, 200) + 0.02 * generator(6).normal(size=200))
        curve = summary(values, better)
        assert curve.gained == pytest.approx(1, abs=0.05)
        assert curve.late_share == pytest.approx(0.5, abs=0.05)
        assert curve.still_improving
        assert curve.outlook is not None
        assert curve.outlook.gain == pytest.approx(0.25, abs=0.03)
        assert curve.improved
        assert curve.monotone_share is not None
        assert curve.monotone_share > 0.5


def test_higher_is_better_is_the_mirror_of_lower_is_better() -> None:
    values = 9 - np.exp(-np.arange(300) / 40) + 0.02 * generator(7).normal(size=300)
    values[250:] -= 0.3
    score, loss = summary(values, 1), summary(-values, -1)
    assert score.gained == pytest.approx(loss.gained)
    assert score.rise == loss.rise
    assert score.outlook == loss.outlook
    assert score.improved_p == loss.improved_p


def test_where_nobody_knows_what_is_better_nothing_is_better() -> None:
    curve = summary(list(np.linspace(1, 0, 50)), 0)
    said = (curve.best, curve.best_level, curve.gained, curve.rise, curve.outlook, curve.improved,
            curve.reached(0.5), curve.late_share, curve.monotone_share)  # fmt: skip
    assert said == (None,) * len(said)
    assert curve.segments[-1].slope < 0


def test_swings_are_counted_and_their_decay_is_told() -> None:
    index = np.arange(200)
    steady = summary(np.sin(index / 5) + 0.05 * generator(8).normal(size=200)).swings(1.0)
    fading = summary(np.sin(index / 5) * np.exp(-index / 60)).swings(0.05)
    assert len(steady.turns) == pytest.approx(200 / 5 / math.pi, abs=1)
    assert np.median(steady.sizes) == pytest.approx(2, abs=0.3)
    assert steady.decay == pytest.approx(1, abs=0.1)
    assert fading.decay is not None
    assert fading.decay < 0.4
    assert summary([1.0, 2.0]).swings(0.0).turns == ()


def test_scatter_holds_slow_swings_that_noise_does_not() -> None:
    values = np.sin(np.arange(400) / 6) + 0.02 * generator(9).normal(size=400)
    curve = summary(values)
    assert curve.noise == pytest.approx(0.02, rel=0.5)
    assert curve.scatter is not None
    assert curve.scatter > 0.5


def test_a_sawtooth_of_exactly_500_steps_is_a_period() -> None:
    index = np.arange(20_000)
    noise = 0.05 * generator(10).normal(size=20_000)
    curve = summary(1 + np.exp(-index / 4000) + 0.2 * (index % 500) / 500 + noise)
    assert curve.period is not None
    assert curve.period.points == 500
