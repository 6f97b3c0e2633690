"""What became of what was to be learned, on curves with known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tb_diagnose.analysis.guessing import inferred_chance
from tb_diagnose.analysis.learning_state import Learned, LearningState, moved
from tests.cases import analysis, classes, counted, curve, epochs, falling, flat, straight

CASES: dict[str, tuple[Learned, dict[str, Any]]] = {
    "a loss that falls and settles": (
        Learned.LEARNED,
        {"train_loss": epochs(np.r_[falling(15), flat(30, 0.1, 0.01)])},
    ),
    "a loss that falls to the end": (
        Learned.LEARNING,
        {"train_loss": epochs(straight(40, 2.3, 1))},
    ),
    "a perfect score": (
        Learned.PERFECT,
        {"train_score": epochs(np.r_[straight(10, 0.5, 1.0), np.ones(10)], "epoch_accuracy")},
    ),
    "ten classes at ln 10": (
        Learned.NEVER,
        {"train_loss": epochs(flat(10, np.log(10), 0.002)), "chance": classes(10)},
    ),
    "thrown back to ln 4 by the first steps": (
        Learned.NEVER,
        {"train_loss": epochs([2.73, *flat(20, np.log(4), 0.001)]), "chance": classes(4)},
    ),
    "short, above ln 10, and falling": (
        Learned.LEARNING,
        {
            "train_loss": epochs([2.89, 2.74, 2.61, 2.48]),
            "train_score": epochs([0.08, 0.14, 0.2, 0.27], "epoch_accuracy"),
            "chance": classes(10),
        },
    ),
    "three values that are the same": (Learned.NEVER, {"train_loss": epochs([2.3, 2.3, 2.3])}),
    "three values that differ": (Learned.UNKNOWN, {"train_loss": epochs([2.31, 2.305, 2.3])}),
    "an accuracy that was lost": (
        Learned.LOST,
        {
            "train_score": epochs(
                np.r_[straight(10, 0.2, 0.8), flat(20, 0.1, 0.001)], "epoch_accuracy"
            ),
            "chance": classes(10),
        },
    ),
    "a validation loss that turned, which is overfitting": (
        Learned.LEARNED,
        {"val_loss": epochs([2.3, 1.0, 0.9, 1.2, 1.6, 2.0, 2.2, 2.2, 2.2], folder="validation")},
    ),
    "one class for every input while the loss falls": (
        Learned.NEVER,
        {
            "train_loss": epochs(falling(12, 0.7, 0.3)),
            "train_score": epochs(flat(12, 0.5), "epoch_accuracy"),
            "chance": classes(2),
        },
    ),
    "a score that begins at its best": (
        Learned.LEARNED,
        {"train_score": epochs(flat(20, 0.97, 0.002), "epoch_accuracy")},
    ),
    "noise in which anything may hide": (
        Learned.UNKNOWN,
        {"train_loss": curve(np.random.default_rng(3).lognormal(0, 3, 12), "loss", "")},
    ),
    "a reward that never changes": (
        Learned.NEVER, {"reward": curve(np.full(40, -100.0), "ep_rew_mean", "")}
    ),
    "a reward that is as high as it gets": (
        Learned.LEARNED, {"reward": curve(np.full(40, 500.0), "ep_rew_mean", "")}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_state_is_known(case: str) -> None:
    state, roles = CASES[case]
    assert analysis(**roles).learning.state is state


def test_what_one_curve_shows_to_be_learned_was_learned() -> None:
    roles: dict[str, Any] = {
        "train_loss": epochs(flat(10, 2.31, 0.002)),
        "train_score": epochs(np.linspace(0.3, 0.8, 10), "epoch_accuracy"),
        "chance": classes(10),
    }
    state = analysis(**roles).learning
    assert not state.failed
    assert state.curve is not None
    assert state.curve.name == "train/epoch_accuracy"


def test_the_number_of_classes_shows_at_the_start_or_all_along() -> None:
    start = analysis(
        train_loss=curve(falling(30, np.log(7), 0.3), "train/loss", ""),
        train_score=curve(straight(30, 1 / 7, 0.9), "train/acc", ""),
    )
    along = analysis(
        train_loss=curve(flat(500, np.log(5), 0.02), "train/loss", ""),
        val_score=curve(counted(np.full(10, 0.2), 20_000), "val/acc", ""),
    )
    assert start.learning.chance is not None
    assert start.learning.chance.classes == 7
    assert along.learning.chance is not None
    assert along.learning.chance.classes == 5
    assert along.learning.stuck


def test_a_loss_that_no_score_agrees_with_tells_no_classes() -> None:
    other = analysis(
        train_loss=curve(falling(30, 2.0, 0.3), "train/loss", ""),
        train_score=curve(straight(30, 0.4, 0.9), "train/acc", ""),
    )
    curves = [other.role("train_loss"), other.role("train_score")]
    assert inferred_chance(curves) is None


@pytest.mark.parametrize("scale", (1e-6, 1.0, 1e6))
def test_a_loss_may_have_any_scale(scale: float) -> None:
    for values, truth in ((falling(40), True), (flat(40, 2.3, 0.002), False)):
        assert moved(analysis(train_loss=epochs(scale * values)).role("train_loss")) is truth


def test_nothing_logged_is_nothing_known() -> None:
    assert analysis().learning == LearningState(Learned.UNKNOWN)


@pytest.mark.parametrize(("share", "early"), [(None, False), (0.6, True), (0.7, False)])
def test_it_is_early_below_two_thirds_of_the_way(share: float | None, early: bool) -> None:
    assert LearningState(Learned.LEARNING, share=share).early is early


def test_healthy_noise_is_never_taken_for_a_failure() -> None:
    """A hundred noisy curves that fall by a third."""
    for seed in range(100):
        loss = epochs(falling(40, 3.0, 2.0, noise=0.05, seed=seed))
        assert not analysis(train_loss=loss).learning.failed


def test_a_first_value_far_above_the_others_may_be_all_that_was_learned() -> None:
    values = np.r_[1.776, flat(30, 1.56, 0.02)]
    assert moved(analysis(train_loss=epochs(values)).role("train_loss")) is not False


def test_a_score_that_was_good_is_not_unlearned_by_a_little() -> None:
    score = epochs(straight(50, 0.916, 0.891, 0.003), "epoch_accuracy")
    assert analysis(train_score=score).learning.state is not Learned.NEVER
