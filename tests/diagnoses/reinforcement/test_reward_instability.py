"""Rewards that swing or are lost, against dips before success and the noise of episodes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, Floats, counted, curve, made, silent, speaks, straight

LEARNED = np.r_[straight(40, -200, -20), np.full(60, -20.0)]


def scattered(values: Floats, size: float, seed: int = 0) -> Floats:
    return values + np.random.default_rng(seed).normal(0, size, len(values))


def bouncing(n: int, period: int, low: float, high: float) -> Floats:
    return np.where(np.arange(n) % period < period / 2, low, high)


def lost(n: int, at: int) -> Floats:
    return np.r_[straight(at, 10, 200), straight(10, 200, 30), np.full(n - at - 10, 30.0)]


SPEAKS: Cases = {
    "success bounces between 5 % and 45 % of 100 episodes": {
        "success": curve(counted(bouncing(200, 20, 0.05, 0.45), 100), "eval/success_rate")
    },
    "a reward that only ever falls": {
        "reward": curve(scattered(np.r_[np.full(60, 4.0), np.full(140, -40.0)], 3), "reward")
    },
    "a reward that halves and doubles": {
        "reward": curve(scattered(bouncing(200, 40, 300, 800), 30), "eval/mean_reward")
    },
    "learned by half of the run, and lost": {
        "reward": curve(scattered(lost(300, 150), 8), "rollout/ep_rew_mean")
    },
    "twelve evaluations, the last five as bad as the first": {
        "reward": curve([9, 30, 80, 150, 190, 200, 195, 20, 12, 11, 10, 12], "eval/mean_reward")
    },
}

SPEAKS = {
    **SPEAKS,
    "lost behind its peak, and back in part": {
        "reward": curve(
            scattered(np.r_[straight(80, 0, 8), straight(60, 8, -1), straight(60, -1, 2)], 0.3)
        )
    },
}

SILENT: Cases = {
    "it rises and stays": {"reward": curve(scattered(LEARNED, 5), "rollout/ep_rew_mean")},
    "a dip before success": {
        "reward": curve(
            scattered(np.r_[np.full(40, -10.0), np.full(60, -85.0), np.full(200, -2.0)], 1)
        )
    },
    "single episodes are noisy": {"reward": curve(scattered(straight(2000, 20, 200), 60))},
    "nothing is learned, and the noise wanders": {
        "reward": curve(scattered(np.full(500, -200.0), 8), "rollout/ep_rew_mean")
    },
    "ten evaluations, two of them worse": {
        "reward": curve([-9.9, -7.5, 8.8, 13.5, 2.5, -1.7, 8.3, 1.8, 12.9, 14.5])
    },
    "success in 5 episodes each": {
        "success": curve(counted(straight(250, 0.0, 0.9), 5), "eval/success_rate")
    },
    "a slow decline by a seventh": {"reward": curve(scattered(straight(375, 780, 680), 45))},
    "it never moves": {"reward": curve(np.full(300, -1.0))},
    "five evaluations": {"reward": curve([1, 200, 3, 200, 1])},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("reward-instability", reinforcement=True, **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("reward-instability", reinforcement=True, **made(SILENT[case]))


@pytest.mark.parametrize("seed", range(40))
def test_noise_around_a_level_is_neither(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = int(chance.integers(20, 2000))
    heavy = 100 + 20 * chance.standard_t(3, n)
    silent("reward-instability", reinforcement=True, reward=curve(heavy, "eval/mean_reward"))


def test_a_collapse_names_the_policy_to_go_back_to() -> None:
    (evidence,) = speaks(
        "reward-instability",
        reinforcement=True,
        reward=curve(lost(300, 150), steps=range(0, 3000, 10)),
    )
    assert 1350 <= evidence.steps[0] <= 1550
    assert f"the policy of step {evidence.steps[0]}" in evidence.suggestion
    assert evidence.comparison.value > 0.8


def test_evaluations_of_many_episodes_may_jump_from_one_to_the_next() -> None:
    jumps = np.where(np.random.default_rng(3).random(200) < 0.5, 0.05, 0.5)
    speaks(
        "reward-instability",
        reinforcement=True,
        success=curve(counted(jumps, 100), "eval/success_rate", ""),
    )
    silent(
        "reward-instability",
        reinforcement=True,
        success=curve(counted(jumps, 100), "rollout/success_rate", ""),
    )
