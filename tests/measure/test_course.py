"""The course of a curve in a few numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure.course import course, largest_climb


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60))
def test_the_largest_climb_is_the_best_trade(values: list[float]) -> None:
    slow = max(b - a for i, a in enumerate(values) for b in values[i:])
    assert largest_climb(np.array(values)) == pytest.approx(slow)


def test_a_curve_that_falls_and_rises() -> None:
    values = np.concatenate([np.linspace(10, 2, 20), np.linspace(2, 6, 20)])
    run = course(values)
    assert run is not None
    assert run.start == pytest.approx(9.8, abs=0.1)  # the median of the first two
    assert run.best == pytest.approx(2, abs=0.3)
    assert run.end == pytest.approx(5.7, abs=0.3)
    assert run.progress == pytest.approx(8, abs=0.3)
    assert run.rise == pytest.approx(3.7, abs=0.5)
    assert len(run.after) == pytest.approx(20, abs=1)


def test_a_million_points_are_as_easy_as_forty() -> None:
    short, long = np.linspace(10, 2, 40), np.linspace(10, 2, 1_000_000)
    a, b = course(short), course(long)
    assert a is not None
    assert b is not None
    assert a.best == pytest.approx(b.best, rel=0.15)


def test_nothing_can_be_said_of_one_value() -> None:
    assert course(np.array([1.0, np.nan])) is None


def test_a_curve_that_falls_to_its_last_point_did_not_rise() -> None:
    for values in ([2.3, 2.25, 2.2, 2.1, 1.7, 0.66], np.r_[np.full(97, 2.0), 0.4, 0.3, 0.2]):
        fell = course(np.array(values))
        assert fell is not None
        assert fell.rise == 0


def test_a_rise_is_seen_behind_the_best() -> None:
    rose = course(np.array([2.0, 1.0, 0.9, 3.0, 8.0]))
    assert rose is not None
    assert rose.rise == pytest.approx(2.1)  # from 0.9 to the median of the last three
