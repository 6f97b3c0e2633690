from __future__ import annotations

import math

import numpy as np
import pytest

from tb_diagnose.analysis.curve import CurveSummary
from tb_diagnose.analysis.curve_parts import Point, Stretch
from tb_diagnose.analysis.logged_curve import LoggedCurve
from tests.simulated import summary


def test_steps_and_values_must_belong_together() -> None:
    with pytest.raises(ValueError, match="differ"):
        CurveSummary([1, 2], [1.0])


def test_points_are_the_logged_ones() -> None:
    curve = summary([math.nan, 3.0, 1.0, 2.0, math.inf])
    assert curve.start == Point(1, 10, 3.0)
    assert curve.best == curve.lowest == Point(2, 20, 1.0)
    assert curve.highest == Point(1, 10, 3.0)
    assert curve.end == Point(3, 30, 2.0)
    assert summary([1.0, 2.0], 0).best is None


def test_non_finite_values_are_told_by_kind_first_one_first() -> None:
    curve = summary([1, math.inf, math.inf, -math.inf, 2, math.nan])
    assert curve.non_finite == (
        Stretch(1, 2, "inf"), Stretch(3, 3, "-inf"), Stretch(5, 5, "nan")
    )  # fmt: skip
    assert curve.non_finite_share == pytest.approx(4 / 6)
    assert curve.finite == 2


def test_constants_and_zeros_are_exact() -> None:
    assert summary([0.0, 0.0, 0.0]).all_zero
    assert summary([0.0, 0.0]).constant
    assert summary([0.3] * 5).constant
    assert not summary([0.3] * 5).all_zero
    assert not summary([0.3, 0.3, 0.3 + 1e-12]).constant
    assert not summary([0.0]).constant
    assert not summary([]).all_zero
    assert not summary([math.nan, math.nan]).constant


def test_values_that_come_again_to_the_last_digit_are_repeats() -> None:
    assert LoggedCurve(np.arange(80), np.tile([1.1, 2.2, 3.3, 4.4], 20)).repeats
    assert not LoggedCurve(np.arange(80), np.linspace(2, 1, 80)).repeats
    assert not LoggedCurve(np.arange(6), np.tile([1.1, 2.2], 3)).repeats
