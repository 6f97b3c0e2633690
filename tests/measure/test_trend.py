"""Rank tests against brute force over all permutations and all pairs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure.trend import trend


def score(values: tuple[float, ...]) -> int:
    pairs = [(i, j) for i in range(len(values)) for j in range(i + 1, len(values))]
    return sum(int(np.sign(values[j] - values[i])) for i, j in pairs)


@given(st.permutations(range(6)))
def test_the_exact_p_value_counts_permutations(values: list[int]) -> None:
    every = [score(order) for order in permutations(range(6))]
    reached = score(tuple(values))
    result = trend(np.array(values, dtype=float))
    assert result.rising == pytest.approx(np.mean([s >= reached for s in every]))
    assert result.falling == pytest.approx(np.mean([s <= reached for s in every]))


def test_the_normal_approximation_continues_the_exact_test() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        order = rng.permutation(13).astype(float)
        exact = np.mean(
            [score(tuple(rng.permutation(13))) >= score(tuple(order)) for _ in range(4000)]
        )
        assert trend(order).rising == pytest.approx(exact, abs=0.035)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_a_mirrored_curve_swaps_rise_and_fall(values: list[float]) -> None:
    there, back = trend(np.array(values)), trend(-np.array(values))
    assert (there.tau, there.rising) == pytest.approx((-back.tau, back.falling))


def test_noise_rises_significantly_as_often_as_it_should() -> None:
    rng = np.random.default_rng(3)
    hits = np.mean([trend(rng.normal(size=30)).rising < 0.05 for _ in range(2000)])
    assert hits == pytest.approx(0.05, abs=0.015)
