"""Medians, bit for bit those of NumPy."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.measure.medians import median, part_medians, quantile, row_medians

anything = st.floats(-1e300, 1e300) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0])


def old(values: np.ndarray, axis: int | None = None) -> np.ndarray:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return np.asarray(np.median(values, axis=axis))


@given(arrays(np.float64, st.integers(0, 90), elements=anything))
def test_the_median_is_that_of_numpy(values: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(median(values), old(values))


@pytest.mark.parametrize("kind", (np.float32, np.float64, np.int64))
@pytest.mark.parametrize("shape", ((7,), (8,), (3, 4), (301,), (300,)))
def test_the_median_keeps_the_precision_of_the_values(kind: type, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(0, 100, shape).astype(kind)
    before = values.copy()
    assert median(values).dtype == old(values).dtype
    assert median(values) == old(values)
    assert (values == before).all()


@given(arrays(np.float64, st.tuples(st.integers(0, 9), st.integers(1, 80)), elements=anything))
def test_medians_of_rows_are_those_of_numpy(table: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(row_medians(table), old(table, axis=1))


@given(arrays(np.float64, st.integers(1, 90), elements=anything), st.data())
def test_medians_of_parts_are_those_of_numpy(values: np.ndarray, data: st.DataObject) -> None:
    parts = data.draw(st.integers(1, len(values)))
    expected = [old(part) for part in np.array_split(values, parts)]
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(part_medians(values, parts), expected)


def test_nothing_in_no_parts_has_no_medians() -> None:
    assert len(part_medians(np.empty(0), 0)) == 0


@pytest.mark.parametrize("size", (2500, 2501, 2502, 9999, 10_000))
@pytest.mark.parametrize("odd", ((), (np.inf, -np.inf), (np.nan,), (np.nan,) * 6000))
def test_medians_of_many_are_those_of_numpy(size: int, odd: tuple[float, ...]) -> None:
    values = np.random.default_rng(0).normal(size=size).round(2)
    values[: len(odd)] = odd[:size]
    np.random.default_rng(1).shuffle(values)
    np.testing.assert_array_equal(median(values), old(values))
    table = np.array([values, np.arange(size) * 0.5])
    np.testing.assert_array_equal(row_medians(table), old(table, axis=1))


@given(arrays(np.float64, st.integers(1, 90), elements=st.floats(-1e6, 1e6)), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values: np.ndarray, share: float) -> None:
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-6)
