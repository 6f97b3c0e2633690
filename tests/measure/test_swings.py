"""Turning points, against slow oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.measure.swings import swings

finite = arrays(np.float64, st.integers(1, 200), elements=st.floats(-100, 100))


@given(finite, st.floats(0.1, 50))
def test_neighbouring_turns_alternate_and_lie_a_swing_apart(
    values: np.ndarray, size: float
) -> None:
    turns = swings(values, size)
    moves = np.diff(values[turns])
    assert (np.abs(moves) >= size).all()
    assert (np.sign(moves[1:]) == -np.sign(moves[:-1])).all()


def slow(values: np.ndarray, size: float) -> list[int]:
    """The filter itself, point by point."""
    turns: list[int] = []
    low = high = way = 0
    for i, value in enumerate(values.tolist()):
        high = i if value > values[high] else high
        low = i if value < values[low] else low
        if way >= 0 and values[high] - value >= size:
            turns.append(high)
            way, low = -1, i
        elif way <= 0 and value - values[low] >= size:
            turns.append(low)
            way, high = 1, i
    return turns


#: Few levels make many ties, sums of them make ways that go on.
few = st.lists(st.integers(-3, 3), max_size=80).map(lambda v: np.array(v, dtype=np.float64))


@given(finite | few | few.map(np.cumsum), st.sampled_from([0.0, 0.5, 1, 2, 3, 5, 40]))
def test_turns_are_those_of_looking_at_every_point(values: np.ndarray, size: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tb_diagnose.measure.swings._FEW", 3)  # as though the curve were long
        assert swings(values, size).tolist() == slow(values, size)
    assert swings(values, size).tolist() == slow(values, size)


def test_long_curves_turn_where_every_point_says() -> None:
    rng = np.random.default_rng(0)
    for values in (rng.normal(size=5000), np.cumsum(rng.normal(size=5000))):
        for size in (0.1, 1.0, 3.0, 10.0, 100.0):
            assert swings(values, size).tolist() == slow(values, size)


def test_turns_of_a_known_zigzag() -> None:
    assert swings(np.array([3.0, 1, 3, 2.9, 3.2, 1, 1.1, 4]), 1.0).tolist() == [0, 1, 4, 5]


def test_small_noise_makes_no_turn() -> None:
    rng = np.random.default_rng(0)
    assert len(swings(np.linspace(5, 0, 100) + rng.normal(0, 0.05, 100), 1.0)) <= 1
