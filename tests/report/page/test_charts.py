"""Curves thinned out for a chart: what must not be lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.core.run import Series
from tb_diagnose.report.page.charts import Drawn, drawn

LARGEST = float(np.finfo(np.float32).max)
VALUES = arrays(np.float64, st.integers(0, 400), elements=st.floats(width=64))


def series(values: np.ndarray, steps: np.ndarray | None = None) -> Series:
    steps = np.arange(len(values), dtype=np.int64) if steps is None else steps
    return Series("loss", "train", steps, values, steps.astype(np.float64))


def test_one_spike_and_one_nan_in_a_million_points_are_kept() -> None:
    values = np.zeros(1_000_000, np.float32)
    values[123_456], values[654_321], values[777_777] = 1e6, np.nan, -3
    shown = drawn(series(values), 2_000)
    assert shown.full == 1_000_000
    assert len(shown.steps) <= 2_001
    assert shown.nonfinite == ((654_321, "NaN"),)
    for step, value in ((123_456, 1e6), (777_777, -3)):
        assert shown.values[shown.steps == step].tolist() == [value]
    assert np.isnan(shown.values[shown.steps == 654_321]).all()


def test_a_part_is_shown_at_full_resolution() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    shown = drawn(series(values), 1_000, 50_000, 50_499)
    assert shown.full == 500
    assert shown.steps.tolist() == list(range(50_000, 50_500))
    assert np.array_equal(shown.values, values[50_000:50_500].astype(np.float32))


def test_steps_that_go_back_are_sorted_and_all_there() -> None:
    steps = np.array([0, 1, 2, 3, 2, 3, 4], np.int64)
    shown = drawn(series(np.arange(7.0), steps), 100)
    assert shown.steps.tolist() == [0, 1, 2, 2, 3, 3, 4]
    assert shown.values.tolist() == [0, 1, 2, 4, 3, 5, 6]


def test_doubles_beyond_float32_stay_finite() -> None:
    shown = drawn(series(np.array([1e300, -1e300, 1.0])), 10)
    assert shown.values.tolist() == [LARGEST, -LARGEST, 1.0]
    assert shown.nonfinite == ()


def test_kinds_that_touch_are_told_apart() -> None:
    values = np.array([1, np.nan, np.nan, np.inf, -np.inf, 2.0])
    assert drawn(series(values), 10).nonfinite == (
        (1, "NaN"),
        (2, "NaN"),
        (3, "Infinity"),
        (4, "-Infinity"),
    )


def test_no_curve_is_an_empty_one() -> None:
    shown = Drawn.none("gone")
    assert (shown.name, shown.full, len(shown.steps), len(shown.values)) == ("gone", 0, 0, 0)


@given(VALUES, st.integers(4, 60))
def test_whatever_the_curve(values: np.ndarray, points: int) -> None:
    shown = drawn(series(values), points)
    finite = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST).astype(np.float32)
    kept = shown.values[~np.isnan(shown.values)]
    assert len(kept) <= points
    assert (np.diff(shown.steps) > 0).all()
    if len(finite):
        assert (kept.min(), kept.max()) == (finite.min(), finite.max())
        assert kept[0] == finite[0]
        assert kept[-1] == finite[-1]
    kinds = {kind for _, kind in shown.nonfinite}
    assert ("NaN" in kinds) == np.isnan(values).any()
    assert ("Infinity" in kinds) == np.isposinf(values).any()
    assert ("-Infinity" in kinds) == np.isneginf(values).any()
    assert len(shown.nonfinite) <= 3 * points


@pytest.mark.parametrize("points", [4, 100])
def test_a_flickering_curve_is_bounded(points: int) -> None:
    values = np.tile([1.0, np.nan], 50_000)
    shown = drawn(series(values), points)
    assert len(shown.steps) <= 2 * points
    assert len(shown.nonfinite) <= points


def test_a_signalling_nan_is_a_gap_and_no_warning() -> None:
    values = np.array([3.0, 2.0, 1.0], np.float32)
    values.view(np.uint32)[1] = 0x7FA00000
    at = np.arange(3)
    shown = drawn(Series("loss", "train", at, values, at.astype(float)), 120)
    assert [each[1] for each in shown.nonfinite] == ["NaN"]


def test_the_clock_tells_when_steps_were_logged_and_only_where_it_rises() -> None:
    shown = drawn(series(np.arange(1_000.0)), 50)
    assert len(shown.clock) == 33
    assert shown.clock[0].tolist() == [0, 0]
    assert shown.clock[-1].tolist() == [999, 999]
    back = Series("loss", "train", np.arange(3), np.zeros(3), np.array([5.0, 4.0, 6.0]))
    assert len(drawn(back, 50).clock) == 0
