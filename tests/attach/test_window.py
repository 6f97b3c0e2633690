"""What several steps together tell."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.attach.plan import Plan, Sample
from tb_diagnose.attach.window import Window


def window(*steps: dict[str, list[float]], size: int = 20) -> Window:
    made = Window(size)
    for numbers in steps:
        made.add(Sample(Plan(), {k: np.array(v, np.float32) for k, v in numbers.items()}))
    return made


def test_a_unit_is_dead_that_was_never_active() -> None:
    made = window({"alive/a": [1, 0, 0, 0]}, {"alive/a": [0, 1, 0, 0]})
    assert made.dead("a") == 0.5
    assert np.isnan(made.dead("b"))


def test_a_unit_revives_once_its_last_activity_leaves_the_window() -> None:
    assert window({"alive/a": [1]}, {"alive/a": [0]}, {"alive/a": [0]}, size=2).dead("a") == 1.0


def test_a_unit_is_saturated_that_sits_at_an_end_nearly_always() -> None:
    made = window({"outer/a": [1.0, 0.5, 0.94]}, {"outer/a": [0.98, 1.0, 0.94]})
    assert made.saturated("a", "tanh") == pytest.approx(1 / 3)
    assert made.saturated("a", "softmax") == pytest.approx(np.mean([1, 0.5, 0.94, 0.98, 1, 0.94]))


def test_labels_are_summed() -> None:
    assert window({"labels": [1, 2]}, {"labels": [3, 0]}).label_counts().tolist() == [4, 2]


def test_numeric_targets_are_pooled() -> None:
    rng = np.random.default_rng(0)
    groups = [rng.normal(3, 2, 50), rng.normal(5, 1, 50)]
    made = window(
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


def test_gradient_noise_is_relative() -> None:
    made = window({"gradients/0": [9, 16]}, {"gradients/0": [36, 64]})
    assert made.gradient_noise() == pytest.approx(np.std([5, 10], ddof=1) / 7.5)
    assert np.isnan(window({"gradients/0": [1]}).gradient_noise())
    assert np.isnan(window({"gradients/0": [1]}, {"gradients/0": [np.inf]}).gradient_noise())


def test_examples_seen_twice_are_repeated_until_a_new_epoch() -> None:
    first = {"prints/low": [1, 2, 3, -1], "prints/high": [0, 0, 0, -1]}
    again = {"prints/low": [1, 9, 9, 5], "prints/high": [0, 1, 2, 0]}
    made = window(first, again)
    assert made.repeated() == pytest.approx(2 / 7)
    made.new_epoch()
    assert np.isnan(made.repeated())
