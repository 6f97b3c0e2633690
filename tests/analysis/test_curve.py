"""What a summary says of single curves with known truth."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tb_diagnose.analysis.curve import CurveSummary
from tests.simulated import generator, summary


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
@example([1.0, 1.0, 1.0, 2.5, 1.7e308], -1)
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


def test_half_of_the_gain_of_an_exponential_is_made_after_its_half_life() -> None:
    index = np.arange(2000)
    curve = summary(np.exp(-index / 100) + 0.01 * generator(5).normal(size=2000))
    half = curve.reached(0.5)
    assert half is not None
    assert half.index == pytest.approx(100 * math.log(2), abs=15)
    assert curve.late_share == pytest.approx(0, abs=0.02)
    assert not curve.is_line
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
        assert curve.is_line
        assert curve.still_improving
        assert curve.outlook is not None
        assert curve.outlook.gain == pytest.approx(0.25, abs=0.03)
        assert curve.improved


@pytest.mark.parametrize("points", (5, 19, 20, 100))
def test_fewer_than_twenty_values_are_no_line(points: int) -> None:
    assert summary(np.linspace(1, 0.7, points)).is_line is (points >= 20)


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
            curve.reached(0.5), curve.late_share)  # fmt: skip
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


def test_noise_makes_no_swings_of_the_default_size() -> None:
    noise = generator(12).normal(size=2000)
    assert len(summary(noise).swings().turns) <= 1
    assert len(summary(noise + 9 * np.sin(np.arange(2000) / 40)).swings().turns) > 10
    assert summary([]).swings().turns == ()


def test_a_power_law_has_its_exponent() -> None:
    values = 5 * np.arange(1, 5001) ** -0.3 * np.exp(0.05 * generator(13).normal(size=5000))
    assert summary(values).exponent == pytest.approx(0.3, abs=0.02)
    assert summary(values - 1).exponent is None
    assert summary(values[:5]).exponent is None


def test_a_sawtooth_of_exactly_500_steps_is_a_period() -> None:
    index = np.arange(20_000)
    noise = 0.05 * generator(10).normal(size=20_000)
    curve = summary(1 + np.exp(-index / 4000) + 0.2 * (index % 500) / 500 + noise)
    assert curve.period is not None
    assert curve.period.points == 500


def test_a_curve_that_improved_and_then_got_worse_has_improved() -> None:
    values = [1.67, 1.2, 1.02, 0.91, 0.86, 0.83, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.88, 0.9]
    curve = summary(values)
    assert curve.improved
    assert curve.rise is not None
    assert curve.rise.persistent


def test_few_values_must_all_fall_to_be_an_improvement() -> None:
    assert summary([5.0, 4.0, 3.0, 2.5, 2.0]).improved
    assert summary([5.0, 4.0, 3.0, 3.5, 2.0]).improved is None
    assert summary([2.89, 2.74, 2.61, 2.48]).improved is None
    assert summary([2.0, 2.1, 1.9, 2.05, 2.0, 1.95, 2.1, 2.0]).improved is False
