"""Distances between histograms against distances between the numbers that they were made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_diagnose.core.run import QUANTILES
from tb_diagnose.measure.distributions import moved, moves, outside, rms, size, transport

seeds = st.integers(0, 2**32 - 1)


def quantiles(values: np.ndarray) -> np.ndarray:
    return np.quantile(values, QUANTILES)


def slow_transport(before: np.ndarray, after: np.ndarray) -> float:
    """The cheapest pairing of equally many numbers: in order of size."""
    return float(np.mean(np.abs(np.sort(before) - np.sort(after))))


@settings(max_examples=50, deadline=None)
@given(seeds, st.floats(0.1, 3), st.floats(-2, 2))
def test_transport_is_the_cheapest_pairing(seed: int, spread: float, shift: float) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.normal(size=3000), shift + spread * rng.normal(size=3000)
    slow = slow_transport(before, after)
    # 33 quantiles miss what happens inside the outermost slices.
    assert transport(quantiles(before), quantiles(after)) == pytest.approx(slow, rel=0.15, abs=0.05)


@settings(max_examples=50, deadline=None)
@given(seeds, st.floats(0, 1))
def test_movement_is_bounded_from_below(seed: int, step: float) -> None:
    """What the same weights really moved by is never less, but for the coarse tails."""
    rng = np.random.default_rng(seed)
    before = rng.normal(size=3000)
    after = before + step * rng.normal(size=3000)
    really = np.mean(np.abs(after - before))
    assert transport(quantiles(before), quantiles(after)) <= really + 0.05


def test_weights_that_only_change_places_do_not_show() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    both = np.stack([quantiles(values), quantiles(values[::-1])])
    assert moves(both).tolist() == [0.0]
    assert moved(both) == 0.0


def test_moves_are_shares_of_the_size_before() -> None:
    unit = quantiles(np.random.default_rng(0).normal(size=1000))
    each = moves(np.stack([unit, 1.5 * unit, 1.5 * unit, 0.75 * unit]))
    assert each == pytest.approx([0.5, 0.0, 0.5])


def test_what_went_and_came_back_has_moved() -> None:
    unit = quantiles(np.random.default_rng(0).normal(size=1000))
    assert moved(np.stack([unit, 2 * unit, unit])) == pytest.approx(1.0)


def test_weights_that_were_all_zero_move_infinitely_far_or_not_at_all() -> None:
    zero, one = np.zeros(33), np.ones(33)
    assert moves(np.stack([zero, one, one])).tolist() == [np.inf, 0.0]
    assert moved(np.stack([zero, zero])) == 0.0


def test_size_and_root_mean_square() -> None:
    values = np.random.default_rng(0).uniform(-1, 1, 5000)
    assert size(quantiles(values)) == pytest.approx(np.mean(np.abs(values)), rel=0.02)
    assert rms(np.array([3.0]), np.array([4.0])).tolist() == [5.0]


def test_the_share_outside_a_range() -> None:
    values = np.linspace(-1, 1, 1001)
    assert outside(quantiles(values), -0.5, 0.5) == pytest.approx(0.5, abs=2 / 33)
    assert outside(quantiles(values), -2, 2) == 0
