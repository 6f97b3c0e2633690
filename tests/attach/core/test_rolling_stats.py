"""What several steps together tell."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.step_layout import Sample, StepLayout


def rolling(*steps: dict[str, list[float]], size: int = 20) -> RollingStats:
    made = RollingStats(size)
    for numbers in steps:
        made.add(Sample(StepLayout(), {k: np.array(v, np.float32) for k, v in numbers.items()}))
    return made


def test_a_unit_is_dead_that_was_never_active() -> None:
    made = rolling({"alive/a": [1, 0, 0, 0]}, {"alive/a": [0, 1, 0, 0]})
    assert made.dead("a") == 0.5
    assert np.isnan(made.dead("b"))


def test_a_unit_revives_once_its_last_activity_leaves_the_window() -> None:
    assert rolling({"alive/a": [1]}, {"alive/a": [0]}, {"alive/a": [0]}, size=2).dead("a") == 1.0


def test_a_unit_is_saturated_that_sits_at_an_end_nearly_always() -> None:
    made = rolling({"outer/a": [1.0, 0.5, 0.94]}, {"outer/a": [0.98, 1.0, 0.94]})
    assert made.saturated("a", "tanh") == pytest.approx(1 / 3)
    assert made.saturated("a", "softmax") == pytest.approx(np.mean([1, 0.5, 0.94, 0.98, 1, 0.94]))


def test_labels_are_summed() -> None:
    assert rolling({"labels": [1, 2]}, {"labels": [3, 0]}).label_counts().tolist() == [4, 2]


def test_numeric_targets_are_pooled() -> None:
    rng = np.random.default_rng(0)
    groups = [rng.normal(3, 2, 50), rng.normal(5, 1, 50)]
    made = rolling(
        *(
            {
                "labels/mean": [g.mean()],
                "labels/std": [g.std()],
                "labels/low": [g.min()],
                "labels/high": [g.max()],
            }
            for g in groups
        )
    )
    whole = np.concatenate(groups)
    expected = (whole.mean(), whole.std(), whole.min(), whole.max())
    assert made.label_values() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("noise", (0.0, 0.5, 2.0, 5.0))
def test_gradient_noise_is_told_from_its_mean(noise: float) -> None:
    rng = np.random.default_rng(0)
    mean = rng.normal(size=3000)
    drawn = mean + noise * rng.normal(size=(20, 3000))
    made = rolling(*({"excerpt/0": each[:1000], "excerpt/1": each[1000:]} for each in drawn))
    assert made.gradient_noise() == pytest.approx(noise, rel=0.15)


def test_a_gradient_without_direction_is_as_noisy_as_can_be_told() -> None:
    rng = np.random.default_rng(0)
    made = rolling(*({"excerpt/0": rng.normal(size=1000)} for _ in range(20)))
    assert made.gradient_noise() > 5
    assert np.isnan(rolling(*[{"excerpt/0": [1.0, 2.0]}] * 4).gradient_noise()), "too few"
    assert np.isnan(rolling(*[{"excerpt/0": [0.0, 0.0]}] * 9).gradient_noise()), "no gradient"
    assert np.isnan(rolling(*[{"excerpt/0": [np.inf, 0.0]}] * 9).gradient_noise())


FIRST: dict[str, list[float]] = {"prints/low": [1, 2, 3, -1], "prints/high": [0, 0, 0, -1]}
AGAIN: dict[str, list[float]] = {"prints/low": [1, 9, 9, 9, 5], "prints/high": [0, 1, 1, 2, 0]}


def test_examples_seen_twice_are_repeated_until_a_new_epoch() -> None:
    made = rolling()
    made.new_epoch()
    for step in (FIRST, AGAIN):
        made.add(Sample(StepLayout(), {k: np.array(v, np.float32) for k, v in step.items()}))
    assert made.repeated() == pytest.approx(4 / 8)
    made.new_epoch()
    assert np.isnan(made.repeated())


def test_where_nobody_tells_of_epochs_only_repeats_within_a_batch_count() -> None:
    assert rolling(FIRST, AGAIN).repeated() == pytest.approx(2 / 8)
    assert rolling(FIRST, FIRST).repeated() == 0
    assert np.isnan(rolling().repeated())
