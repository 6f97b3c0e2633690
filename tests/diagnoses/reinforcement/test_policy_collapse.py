"""A policy that is certain of nothing worth having."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, falling, made, silent, speaks, straight

GONE = curve(falling(100, 1.4, 0.01), "train/entropy", "")
POOR = curve(-1 + np.random.default_rng(0).normal(0, 0.01, 100), "rollout/ep_rew_mean", "")

SPEAKS: Cases = {
    "no entropy and no reward": {"entropy": GONE, "reward": POOR},
    "exactly the same reward for ever": {"entropy": GONE, "reward": curve(np.full(100, -1.0))},
    "no reward is logged": {"entropy": GONE},
}

SILENT: Cases = {
    "it has learned, and may be certain": {"entropy": GONE, "reward": curve(straight(100, 0, 9))},
    "it still explores": {"entropy": curve(straight(100, 1.4, 0.5)), "reward": POOR},
    "entropy of a density": {"entropy": curve(straight(100, -1, -8)), "reward": POOR},
    "a dip": {
        "entropy": curve(np.r_[falling(50, 1.4, 0.01), np.full(50, 1.0)]), "reward": POOR,
    },
    "four values": {"entropy": curve([1.4, 0.1, 0.01, 0.0])},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("policy-collapse", reinforcement=True, **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("policy-collapse", reinforcement=True, **made(SILENT[case]))


def test_an_entropy_outside_of_reinforcement_learning_is_something_else() -> None:
    silent("policy-collapse", reinforcement=False, entropy=GONE)


def test_it_points_to_where_the_entropy_was_gone() -> None:
    (evidence,) = speaks("policy-collapse", reinforcement=True, entropy=GONE, reward=POOR)
    assert 25 <= evidence.steps[0] <= 45
    assert evidence.related == ("rollout/ep_rew_mean",)


def test_without_a_reward_it_is_a_note() -> None:
    (evidence,) = speaks("policy-collapse", reinforcement=True, entropy=GONE)
    assert evidence.severity is Severity.INFO
