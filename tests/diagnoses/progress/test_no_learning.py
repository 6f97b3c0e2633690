"""Runs at the level of guessing, against late starts and good levels."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    classes,
    clear,
    compiled,
    counted,
    curve,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    straight,
)

SPEAKS: Cases = {
    "ten classes, ten epochs at ln 10": {
        "train_loss": epochs(flat(10, np.log(10), 0.002)),
        "train_score": epochs(counted(np.full(10, 0.1), 6000), "epoch_accuracy"),
        "chance": classes(10),
    },
    "two classes, four epochs at ln 2": {
        "train_loss": epochs([0.6935, 0.6932, 0.6931, 0.6932]), "chance": classes(2),
    },
    "a blow-up that ends in guessing": {
        "train_loss": epochs([4e4, 300, 12, *[2.31] * 7]), "chance": classes(10),
    },
    "loss and score agree on five classes that the log does not name": {
        "train_loss": curve(flat(500, np.log(5), 0.02), "train/loss", ""),
        "val_score": curve(counted(np.full(10, 0.2), 20_000), "val/acc", ""),
    },
    "an accuracy on one value while the loss falls": {
        "train_loss": epochs(falling(12, 0.7, 0.3)),
        "train_score": epochs(flat(12, 0.5), "epoch_accuracy"),
        "chance": classes(2),
    },
    "a regression that does not move": {"train_loss": epochs(flat(15, 84.0, 0.001))},
    "5,000 noisy batches that go nowhere": lambda: {
        "train_loss": curve(flat(5000, 3.0, 0.1))
    },
    "574 batches of one loss or another": lambda: {
        "train_loss": curve(flat(574, 3200.0, 0.2, seed=4), "loss", "")
    },
    "a reward that is always 0": {"reward": curve(np.zeros(12), "ep_rew_mean", "")},
    "a reward that never comes": {
        "reward": curve(-200 + 5 * np.random.default_rng(0).normal(size=300), "ep_rew_mean", "")
    },
}  # fmt: skip

SILENT: Cases = {
    "a healthy classifier": {
        "train_loss": epochs(falling(10)),
        "train_score": epochs(np.linspace(0.3, 0.9, 10), "epoch_accuracy"),
        "chance": classes(10),
    },
    "a long flat start that ends": {
        "train_loss": epochs([*[2.303] * 12, *falling(10, 2.3, 0.4)]), "chance": classes(10),
    },
    "the loss at ln 10, the accuracy far better: labels smoothed": {
        "train_loss": epochs(flat(10, 2.31, 0.002)),
        "train_score": epochs(np.linspace(0.3, 0.8, 10), "epoch_accuracy"),
        "chance": classes(10),
    },
    "a fine-tuned model that begins at its floor": {
        "train_loss": epochs(flat(10, 0.05, 0.001)),
        "train_score": epochs(np.full(10, 0.98), "epoch_accuracy"),
    },
    "a slow fall": {"train_loss": epochs(straight(20, 2.3, 1.9)), "chance": classes(10)},
    "a regression that fell in its first epoch": {
        "train_loss": epochs([300.0, 12.0, 10.0, *[9.9] * 12])
    },
    "noisy batches that fall by a third": {
        "train_loss": curve(falling(5000, 3.0, 2.0, noise=0.3))
    },
    "two epochs": {"train_loss": epochs([2.3, 2.3]), "chance": classes(10)},
    "a reward that rises": {
        "reward": curve(
            np.linspace(-200, -100, 300) + 5 * np.random.default_rng(0).normal(size=300)
        )
    },
    "a reward that is best from early on": {
        "reward": curve(np.r_[np.linspace(-200, -20, 30), np.full(270, -20.0)])
    },
    "ten evaluations of a few episodes each": {
        "reward": curve([0.2, 0.4, 0.2, 0.4, 0.2, 0.8, 0.6, 0.2, 0.6, 1.0], "eval/mean_reward", "")
    },
    "a trained policy that goes on winning": {
        "reward": curve([1.0, 0.8, 1, 1, 1, 1, 0.8, *[1] * 18], "eval/mean_reward", "")
    },
    "a reward that is always the highest there is": {
        "reward": curve(np.full(30, 500.0), "eval/mean_reward", "")
    },
    "15 noisy batches of fine-tuning": {
        "train_loss": curve([2.13, 0.5, 3.11, 1.73, 0.95, 1.7, 1.41, 1.0, 2.08, 2.32, 0.84, 1.22,
                             2.03, 1.46, 1.19], "train/loss", ""),
        "chance": classes(2),
    },
    "many noisy batches that fall by a tenth": {
        "train_loss": curve(straight(574, 3400.0, 3050.0, 0.2), "loss", "")
    },
    "neither loss nor reward": {},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("no-learning", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("no-learning", **made(SILENT[case]))


def test_it_points_to_the_whole_run() -> None:
    loss = epochs([1.4, 300.0, 12.0, *[2.31] * 7])
    (evidence,) = speaks("no-learning", train_loss=loss, chance=classes(10))
    assert evidence.steps == (0, 9)
    assert "guessing gives train/epoch_loss 2.3" in evidence.message
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(1.003, abs=1e-3)


def test_the_fix_tries_rates_around_this_runs_own() -> None:
    loss = epochs(flat(10, np.log(10), 0.002))
    roles = {"train_loss": loss, "chance": classes(10), "optimizer": compiled(1e-4)}
    assert "0.001 and 1e-05 instead of 0.0001" in speaks("no-learning", **roles)[0].suggestion


def test_a_loss_of_unknown_meaning_is_a_warning_only() -> None:
    loss = epochs(flat(15, 84.0, 0.001))
    assert speaks("no-learning", train_loss=loss)[0].severity is Severity.WARNING
    assert speaks("no-learning", train_loss=epochs(flat(15, 84.0)))[0].severity is None


def test_a_loss_that_falls_by_little_for_sure_is_a_note() -> None:
    (evidence,) = speaks("no-learning", train_loss=epochs(straight(15, 0.311, 0.304)))
    assert evidence.severity is Severity.INFO


def test_noise_is_not_told_as_a_way_from_first_to_last() -> None:
    noise = np.random.default_rng(3).normal(0.5, 0.05, 60)
    score = curve([0.41, *noise, 0.58], "accuracy", "")
    (evidence,) = speaks("no-learning", train_score=score, chance=classes(2))
    low, high = min(0.41, noise.min()), max(0.58, noise.max())
    assert f"moves between {low:.3g} and {high:.3g}" in evidence.message


@pytest.mark.parametrize(("first", "spoken"), ((0, True), (130_000, False)))
def test_what_was_learned_before_the_log_begins_is_unknown(first: int, spoken: bool) -> None:
    loss = curve(flat(100, 2.1, 0.01), "loss", "", steps=first + 10 * np.arange(100))
    (speaks if spoken else clear)("no-learning", train_loss=loss)
