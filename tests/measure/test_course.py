"""The course of a curve in a few numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure import course as subject
from tb_diagnose.measure.course import Course, course, largest_climb, prepare


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


def read_only(values: np.ndarray) -> np.ndarray:
    """A curve as it is read from a log."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


def told(one: Course | None) -> list[object]:
    assert one is not None
    parts = one.condensed
    return [*one._replace(condensed=None), *(part.tolist() for part in vars(parts).values())]  # type: ignore[arg-type]


@given(
    st.lists(st.sampled_from([2, 7, 8, 50, 51, 120]), min_size=1, max_size=3),
    st.integers(0, 2**32 - 1),
    st.sampled_from([np.float32, np.float64]),
)
def test_courses_prepared_together_are_those_found_one_by_one(
    lengths: list[int], seed: int, kind: type
) -> None:
    rng = np.random.default_rng(seed)
    curves = [rng.normal(size=n).round(1).astype(kind) for n in lengths for _ in range(3)]
    curves[0][-1] = np.nan
    asked = [(read_only(each), 1 if at % 2 else -1) for at, each in enumerate(curves)]
    prepare(asked)
    ready = [subject._recent.get(values, sign) for values, sign in asked]
    assert [each is None for each in ready] == [True] + [False] * (len(ready) - 1)
    again = [(read_only(values), sign) for values, sign in asked]
    for (values, sign), (same, _) in zip(asked[1:], again[1:], strict=True):
        assert told(course(values, sign)) == told(course(same, sign))


def test_what_may_yet_be_written_to_is_not_prepared() -> None:
    curves = [np.linspace(2, 1, 60), np.linspace(3, 1, 60)]
    prepare((values, 1) for values in curves)
    assert [subject._recent.get(values, 1) for values in curves] == [None, None]
