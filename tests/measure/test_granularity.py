"""How many examples a share was counted on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure.granularity import sample_size, share_noise


@given(st.integers(20, 4000), st.integers(0, 2**32 - 1))
def test_the_number_of_examples_is_read_off_from_an_accuracy(examples: int, seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, examples + 1, 30)
    found = sample_size((counts / examples).astype(np.float32))
    assert found is not None
    # A number that divides: if all counts are even, half as many examples explain them too.
    assert found <= examples
    assert np.allclose(counts / examples * found, np.round(counts / examples * found), atol=2e-2)


def test_real_numbers_are_no_shares_of_few_examples() -> None:
    assert sample_size(np.random.default_rng(0).random(30)) is None


def test_nothing_is_said_of_a_constant() -> None:
    assert sample_size(np.full(10, 0.5)) is None


def test_the_noise_of_counting() -> None:
    assert share_noise(0.5, 100) == pytest.approx(0.05)
    assert share_noise(1.0, 100) == 0
