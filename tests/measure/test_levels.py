"""Levels and noise of curves, against slow oracles and known answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.measure import levels

curves = arrays(
    np.float64,
    st.integers(1, 300),
    elements=st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf]),
)


@given(curves)
def test_condensing_is_the_medians_of_a_partition(values: np.ndarray) -> None:
    condensed = levels.condense(values)
    good = values[np.isfinite(values)]
    assert len(condensed) == min(len(good), levels.STRETCHES)
    pieces = [values[a : b + 1] for a, b in zip(condensed.first, condensed.last, strict=True)]
    slow = [np.median(piece[np.isfinite(piece)]) for piece in pieces]
    np.testing.assert_array_equal(condensed.values, slow)
    assert sum(int(np.isfinite(piece).sum()) for piece in pieces) == len(good)


@given(curves.filter(lambda c: np.isfinite(c).any()))
def test_running_median_is_the_median_of_each_window(values: np.ndarray) -> None:
    good = levels.finite(values)
    slow = [np.median(good[max(0, i - 1) : i + 2]) for i in range(len(good))]
    expected = slow if len(good) >= 3 else good
    np.testing.assert_allclose(levels.smoothed(good), expected)
    np.testing.assert_allclose(levels.smoothed(np.array([good, good])), [expected] * 2)


@pytest.mark.parametrize("deviation", (0.01, 1.0, 50.0))
def test_noise_finds_the_deviation_under_a_trend(deviation: float) -> None:
    rng = np.random.default_rng(1)
    line = np.linspace(1000, 0, 5000) + rng.normal(0, deviation, 5000)
    assert levels.noise(line) == pytest.approx(deviation, rel=0.1)


def test_a_straight_line_has_no_noise() -> None:
    assert levels.noise(np.linspace(5, 1, 50)) == pytest.approx(0, abs=1e-12)


def test_two_points_have_no_noise() -> None:
    assert levels.noise(np.array([1.0, 2.0])) == 0


def test_the_end_is_the_median_of_three_points_of_a_short_curve() -> None:
    assert levels.end_level(np.array([9.0, 1.0, 7.0, 2.0])) == 2.0


def test_the_start_of_a_short_curve_is_its_first_point() -> None:
    assert levels.start_level(np.array([9.0, 1.0, 7.0])) == 9.0


def test_the_best_is_no_single_lucky_point() -> None:
    assert levels.best(np.array([5.0, 4.0, 0.0, 4.0, 3.0, 2.9, 2.9, 2.8, 4.0]))[0] in (5, 6, 7)


def test_of_few_points_each_counts() -> None:
    assert levels.best(np.array([1.6, 0.1, 22.0, 47.0])) == (1, 0.1)


@given(arrays(np.float64, st.integers(0, 30), elements=st.integers(-3, 3) | st.just(np.inf)))
def test_the_distinct_values_are_those_of_numpy(values: np.ndarray) -> None:
    np.testing.assert_array_equal(levels.distinct(values), np.unique(values))


def test_a_curve_rests_where_it_ends_after_a_fifth_of_it() -> None:
    fallen = np.concatenate([np.linspace(3, 1, 20), np.full(80, 1.0)])
    assert levels.rested(fallen, 0.05)
    assert not levels.rested(np.linspace(3, 1, 100), 0.05)
    assert not levels.rested(np.linspace(1.0, 0.9, 100), 0.05)
    assert levels.rested(np.linspace(1.0, 0.96, 100), 0.05)
    assert not levels.rested(np.full(4, 1.0), 0.05)


def test_the_finite_values_of_a_curve_as_read_are_kept() -> None:
    values = np.array([3, np.nan, 1, np.inf], np.float32)
    assert levels.finite(values) is not levels.finite(values)
    values.flags.writeable = False
    good = levels.finite(values)
    assert good.tolist() == [3.0, 1.0]
    assert levels.finite(values) is good
    assert not good.flags.writeable


def test_the_highest_value_is_a_finite_one() -> None:
    inf, nan = np.inf, np.nan
    for values, most in (([1, 3, 2], 3), ([inf, 1], 1), ([nan, -2, -inf], -2), ([-inf, 0], 0)):
        assert levels.highest(np.array(values, np.float32)) == most
    for nothing in ([], [nan], [inf, -inf]):
        assert np.isnan(levels.highest(np.array(nothing, np.float64)))


@given(arrays(np.float64, st.integers(0, 9), elements=st.integers(-2, 2) | st.just(np.nan)))
def test_a_curve_ascends_where_none_is_less_than_the_one_before(values: np.ndarray) -> None:
    assert levels.ascending(values) == all(before <= after for before, after in pairwise(values))


def test_that_a_curve_ascends_is_known_of_itself_alone() -> None:
    up, down = np.arange(5.0), np.arange(5.0)[::-1].copy()
    for curve in (up, down):
        curve.flags.writeable = False
    assert [levels.ascending(each) for each in (up, down, up, down)] == [True, False, True, False]


@pytest.mark.parametrize("n", (1, 2, 3, 7, 8, 60))
def test_several_curves_at_once_have_the_levels_of_each(n: int) -> None:
    table = np.random.default_rng(0).normal(size=(4, n))
    assert levels.noises(table).tolist() == [levels.noise(row) for row in table]
    assert levels.start_levels(table).tolist() == [levels.start_level(row) for row in table]
    assert levels.end_levels(table).tolist() == [levels.end_level(row) for row in table]
    found = zip(*(each.tolist() for each in levels.bests(table)), strict=True)
    assert list(found) == [levels.best(row) for row in table]
