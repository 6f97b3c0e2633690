"""Numbers and steps as a person writes them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.core.format import MOST_STEPS, listed, number, percent, plural, steps_of
from tests.cases import curve


@pytest.mark.parametrize(
    ("value", "written"),
    (
        (0.0, "0"), (0.03123, "0.0312"), (1.0, "1"), (2.302585, "2.3"), (12_000, "12,000"),
        (1.1e15, "1.1e15"), (1e-6, "1e-6"), (-0.5, "-0.5"), (-2_500_000, "-2.5e6"),
        (float("nan"), "NaN"), (float("inf"), "infinity"), (float("-inf"), "-infinity"),
    ),
)  # fmt: skip
def test_a_number_has_three_digits(value: float, written: str) -> None:
    assert number(value) == written


@given(st.floats(-1e300, 1e300))
def test_a_written_number_is_near_the_number(value: float) -> None:
    written = float(number(value).replace(",", ""))
    assert written == pytest.approx(value, rel=0.006, abs=1e-320)
    assert len(number(value)) <= 10


def test_shares_counts_and_lists() -> None:
    assert percent(0.034) == "3.4 %"
    assert [plural(n, "value") for n in (0, 1, 2, 12_000)] == [
        "0 values", "1 value", "2 values", "12,000 values",
    ]  # fmt: skip
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and 1 more"


def test_the_first_steps_are_named_by_mask_or_by_index() -> None:
    series = curve(np.zeros(100), steps=np.arange(100) * 10)
    assert steps_of(series, series.steps >= 970) == (970, 980, 990)
    assert steps_of(series, np.array([0, 5])) == (0, 50)
    assert len(steps_of(series, np.ones(100, dtype=bool))) == MOST_STEPS
