"""One number of many: the same that NumPy's own reductions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tb_diagnose.measure.reductions import all_of, max_of, min_of

anything = st.floats(-1e300, 1e300) | st.sampled_from([np.nan, np.inf, -np.inf])
shapes = array_shapes(max_dims=2, max_side=40)


@given(arrays(np.float64, shapes, elements=anything))
def test_extremes_are_those_of_numpy(values: np.ndarray) -> None:
    np.testing.assert_equal(max_of(values), np.max(values))
    np.testing.assert_equal(min_of(values), np.min(values))


@given(arrays(np.bool_, shapes))
def test_truths_are_those_of_numpy(truths: np.ndarray) -> None:
    assert all_of(truths) is bool(truths.all())
    assert all_of(truths[::-1, ...]) is bool(truths.all())


def test_of_nothing_all_is_true() -> None:
    nothing = np.empty(0, np.bool_)
    assert all_of(nothing)


@pytest.mark.parametrize("kind", (np.int64, np.float32))
def test_what_comes_out_is_a_number_of_python_s_own(kind: type) -> None:
    # A step of 2 ** 62 + 1 is none that a float could be.
    values = np.array([3, 2**62 + 1, -5]).astype(kind)
    assert max_of(values) == values.max()
    assert type(max_of(values)) is (int if kind is np.int64 else float)
