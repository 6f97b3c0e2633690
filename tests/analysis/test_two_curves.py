from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.analysis.curve import CurveSummary
from tb_diagnose.analysis.two_curves import EarlyEnd, SplitComparison
from tests.simulated import Floats, generator


def compared(
    train: Floats, val: Floats, steps: Floats | None = None, val_steps: Floats | None = None
) -> SplitComparison:
    at = np.arange(len(train)) if steps is None else steps
    val_at = np.arange(len(val)) if val_steps is None else val_steps
    return SplitComparison(CurveSummary(at, train, -1), CurveSummary(val_at, val, -1))


def falling(points: int, end: float = 0.1) -> Floats:
    return np.asarray(end + np.exp(-np.arange(points) / points * 5))


def test_training_that_ends_early_is_told_and_not_compared_with_what_follows() -> None:
    both = compared(falling(20)[:3], falling(20, 0.3))
    assert both.early_end == EarlyEnd("training", 2, pytest.approx(17 / 19))
    assert both.common == (0, 2)
    assert both.validation_covered == pytest.approx(3 / 20)
    assert len(both.gap) == 3


def test_validation_that_ends_early() -> None:
    both = compared(falling(100), falling(60))
    assert both.early_end == EarlyEnd("validation", 59, pytest.approx(40 / 99))


def test_a_validation_that_is_not_due_yet_is_no_early_end() -> None:
    both = compared(falling(1000), falling(10), val_steps=np.arange(10) * 100.0)
    assert both.early_end is None


def test_curves_without_a_common_range_are_not_compared() -> None:
    both = compared(falling(10), falling(10), val_steps=np.arange(100, 110.0))
    assert both.common is None
    assert both.ratio is None
    assert both.gap_onset is None
    assert both.divergence is None
    assert both.early_end is None
    empty = compared(np.array([np.nan]), np.array([]))
    assert (empty.common, len(empty.gap)) == (None, 0)


def test_training_is_interpolated_at_the_steps_of_validation() -> None:
    steps = np.arange(0, 1000, 10.0)
    both = compared(3 - steps / 1000, np.full(4, 4.0), steps, np.array([5, 105, 500, 900.0]))
    assert both.training_levels == pytest.approx([2.995, 2.895, 2.5, 2.1], abs=0.02)
    assert both.gap.values == pytest.approx([1.005, 1.105, 1.5, 1.9], abs=0.02)
    assert both.ratio == pytest.approx(4 / 2.1, rel=0.02)


def test_positions_may_be_times_where_steps_count_different_things() -> None:
    train = CurveSummary(np.arange(1000), falling(1000), -1)
    val = CurveSummary(np.arange(10), falling(10), -1)
    both = SplitComparison(train, val, np.linspace(0, 60, 1000), np.linspace(6, 60, 10))
    assert both.early_end is None
    assert both.common == (6, 60)
    assert both.validation_covered == 1


@pytest.mark.parametrize("better", (-1, 1))
def test_overfitting_is_a_rise_of_validation_while_training_gets_better(better: int) -> None:
    rng = generator(1)
    index = np.arange(100)
    train = falling(100) + 0.01 * rng.normal(size=100)
    val = 0.3 + np.exp(-index / 12) + 0.004 * np.maximum(index - 40, 0)
    val += 0.01 * rng.normal(size=100)
    both = SplitComparison(
        CurveSummary(index, -better * train, better), CurveSummary(index, -better * val, better)
    )
    divergence = both.divergence
    assert divergence is not None
    assert divergence.persistent
    assert divergence.since.index == pytest.approx(42, abs=8)
    assert divergence.validation_rise == pytest.approx(0.2, abs=0.06)
    assert divergence.training_gain == pytest.approx(0.13, abs=0.06)
    onset = both.gap_onset
    assert onset is not None
    assert onset.index < 45


def test_a_rise_of_both_is_no_overfitting() -> None:
    rng = generator(2)
    train = np.r_[falling(50), np.linspace(0.1, 3, 50)] + 0.01 * rng.normal(size=100)
    both = compared(train, train + 0.05)
    assert both.divergence is not None
    assert both.divergence.validation_rise > 1
    assert not both.divergence.persistent


def test_healthy_pairs_hardly_ever_diverge() -> None:
    found = 0
    for seed in range(200):
        rng = generator(seed)
        points = int(rng.integers(5, 60))
        train = falling(points) + 0.02 * rng.normal(size=points)
        val = falling(points, 0.2) + 0.05 * rng.normal(size=points)
        divergence = compared(train, val).divergence
        found += divergence is not None and divergence.persistent
    assert found <= 1
