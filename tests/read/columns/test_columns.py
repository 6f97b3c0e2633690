"""Columns are cut, joined, and know whether they are in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.read.columns.columns import Column, text

MOMENTS = st.sampled_from([1.0, 2.0, 3.0, float("nan"), float("inf"), float("-inf")])


def column(points: list[tuple[int, float]]) -> Column:
    steps, wall = (np.array(each) for each in zip(*points, strict=True))
    return Column(steps.astype(np.int64), wall, np.arange(len(points), dtype="<f4"))


@given(st.lists(st.tuples(st.integers(0, 6), MOMENTS), min_size=1, max_size=8))
def test_order_is_what_it_says(points: list[tuple[int, float]]) -> None:
    steps, wall = zip(*points, strict=True)
    clock = all(map(np.isfinite, wall)) and list(wall) == sorted(wall)
    assert column(points).ordered == (clock and list(steps) == sorted(set(steps)))


@given(st.lists(st.tuples(st.integers(0, 6), MOMENTS), min_size=1, max_size=8))
def test_the_clock_never_goes_back(points: list[tuple[int, float]]) -> None:
    found = column(points)
    assert (found.clock[1:] >= found.clock[:-1]).all()
    assert found.drops.tolist() == [
        index for index in range(1, len(points)) if points[index][0] < points[index - 1][0]
    ]


@pytest.mark.parametrize("later", ["<f4", "<f8"])
def test_what_is_joined_is_in_the_wider_type(later: str) -> None:
    first = column([(0, 1.0), (1, 2.0)])
    other = Column(np.array([2]), np.array([3.0]), np.array([0.1], later), ordered=True)
    whole = first.joined(other)
    assert whole.values.dtype == later
    assert whole.steps.tolist() == [0, 1, 2]
    assert whole.ordered
    assert whole.at(slice(1, 3)).wall.tolist() == [2.0, 3.0]


def test_different_tags_have_different_names() -> None:
    assert len({text(each) for each in (b"a\xff", b"a\xfe", b"a", "ä".encode())}) == 4
