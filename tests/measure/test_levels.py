"""What is true of the values of a curve, against slow oracles and known answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.measure import levels


@given(arrays(np.float64, st.integers(0, 30), elements=st.integers(-3, 3) | st.just(np.inf)))
def test_the_distinct_values_are_those_of_numpy(values: np.ndarray) -> None:
    np.testing.assert_array_equal(levels.distinct(values), np.unique(values))


def test_the_highest_value_is_a_finite_one() -> None:
    inf, nan = np.inf, np.nan
    for values, most in (([1, 3, 2], 3), ([inf, 1], 1), ([nan, -2, -inf], -2), ([-inf, 0], 0)):
        assert levels.highest(np.array(values, np.float32)) == most
    for nothing in ([], [nan], [inf, -inf]):
        assert np.isnan(levels.highest(np.array(nothing, np.float64)))


@given(arrays(np.float64, st.integers(0, 9), elements=st.integers(-2, 2) | st.just(np.nan)))
def test_a_curve_ascends_where_none_is_less_than_the_one_before(values: np.ndarray) -> None:
    assert levels.ascending(values) == all(before <= after for before, after in pairwise(values))
