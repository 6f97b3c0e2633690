"""Is it a batch index, or one training after another?"""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.read.sessions.cycles import equal, goes_on

RNG = np.random.default_rng(3)
CUTS = [100, 200, 300, 400]
FALLING = 2.3 * np.exp(-np.arange(500) / 100)


@pytest.mark.parametrize(
    ("curve", "one_training"),
    [
        (FALLING, True),
        (FALLING + RNG.normal(0, 0.02, 500), True),
        (np.tile(FALLING[:100], 5), False),
        (np.tile(FALLING[:100], 5) + RNG.normal(0, 0.1, 500), False),
        (RNG.normal(2.3, 0.1, 500), True),
        # Each epoch begins with a jump that is large against the noise, but small against what
        # has been learned since the first one.
        (FALLING + np.tile(np.linspace(0.0, 0.1, 100), 5), True),
        (np.repeat([1.0, 50.0, 3.0, 900.0, 7.0], 100) + RNG.normal(0, 0.01, 500), False),
    ],
)
def test_goes_on(curve: np.ndarray, one_training: bool) -> None:
    assert goes_on(curve, CUTS) is one_training


def test_values_that_are_not_finite_say_nothing() -> None:
    assert not goes_on(np.full(500, np.nan), CUTS)
    holed = FALLING.copy()
    holed[::7] = np.nan
    assert goes_on(holed, CUTS)


@pytest.mark.parametrize(
    ("lengths", "alike"),
    [([100, 100, 100], True), ([100, 95, 100], True), ([3, 4], True), ([100, 60], False)],
)
def test_equal(lengths: list[int], alike: bool) -> None:
    assert equal(np.array(lengths)) is alike
