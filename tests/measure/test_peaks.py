"""Values far above both of their sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure.peaks import find_peaks, without_peaks
from tests.cases import falling, noisy, spiked


def test_a_peak_is_told_by_its_place_its_sides_and_its_factor() -> None:
    (peak,) = find_peaks(spiked(np.full(200, 0.5) * noisy(200, 0.05), [90], 8), 2, 5)
    assert peak.place == 90
    assert peak.base == pytest.approx(0.5, rel=0.05)
    assert peak.factor == pytest.approx(8, rel=0.2)
    assert peak.score > 30


def test_a_burst_is_one_peak_and_two_far_apart_are_two() -> None:
    values = falling(3000, noise=0.05)
    values[1000:1006] *= [4, 9, 30, 12, 5, 3]
    values[2000] *= 20
    assert [peak.place for peak in find_peaks(values, 2, 5)] == [1002, 2000]


def test_many_peaks_do_not_hide_one_another() -> None:
    places = [8, 13, 18, 24, 29, 34]
    values = spiked(np.full(40, 0.5) * noisy(40, 0.02), places, 900)
    assert [peak.place for peak in find_peaks(values, 2, 5)] == places
    assert without_peaks(values, 10, 10).max() < 0.6


def test_values_of_both_signs_are_measured_by_the_size_of_their_level() -> None:
    values = -3 + 0.01 * np.random.default_rng(0).standard_normal(100)
    values[40] = 3
    (peak,) = find_peaks(values, 2, 5)
    assert peak.factor == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("noise", [0.02, 0.3, 1.0])
def test_noise_about_a_fall_has_no_peaks(seed: int, noise: float) -> None:
    course = falling(2000, 2.3, 0.1)
    values = course * np.exp(noise * np.random.default_rng(seed).standard_normal(2000))
    assert find_peaks(values, 2, 5) == []


def test_neither_a_step_up_nor_the_ends_are_peaks() -> None:
    step = np.r_[np.ones(100), np.full(100, 9.0)] * noisy(200, 0.01)
    ends = np.r_[50.0, np.ones(100), 50.0] * noisy(102, 0.01)
    assert find_peaks(step, 2, 5) == []
    assert find_peaks(ends, 2, 5) == []


@given(st.lists(st.floats(-1e300, 1e300), max_size=60))
def test_any_values_are_taken_and_the_peaks_are_above_their_neighbors(values: list[float]) -> None:
    array = np.array(values)
    for peak in find_peaks(array, 2, 5):
        assert array[peak.place] >= peak.base
        assert peak.factor >= 2


@pytest.mark.parametrize("points", (3, 19, 20))
def test_fewer_than_twenty_values_have_no_usual_spread(points: int) -> None:
    values = spiked(np.full(points, 0.5) * noisy(points, 0.01), [points // 2], 8)
    assert bool(find_peaks(values, 2, 5)) is (points >= 20)
