"""Worse than the baseline, and not merely different from it."""

from __future__ import annotations

import pytest

from tb_diagnose.roles.resolve import RoleMap
from tests.cases import epochs, falling, not_logged, silent, speaks, straight


def accuracy(end: float) -> RoleMap:
    return RoleMap({"val_score": epochs(straight(20, 0.1, end), "acc", "validation")}, (), "")


def loss(end: float, noise: float = 0.0, seed: int = 0) -> RoleMap:
    curve = epochs(falling(40, end=end, noise=noise, seed=seed), folder="validation")
    return RoleMap({"val_loss": curve}, (), "")


def test_a_run_that_ends_lower() -> None:
    runs = {"main": accuracy(0.9), "change": accuracy(0.8), "other": accuracy(0.91)}
    (evidence,) = speaks("regression-from-baseline", runs=runs, baseline="main")
    assert evidence.message.startswith("change ends with validation/acc around")
    assert evidence.comparison.value == pytest.approx(0.1 / 0.8, rel=0.1)


def test_a_loss_that_ends_higher() -> None:
    runs = {"main": loss(0.3, 0.01), "change": loss(0.6, 0.01, seed=1)}
    speaks("regression-from-baseline", runs=runs, baseline="main")
    silent("regression-from-baseline", runs=runs, baseline="change")


@pytest.mark.parametrize(
    "runs",
    (
        {"main": loss(0.3, 0.1), "change": loss(0.33, 0.1, seed=1)},  # noise
        {"main": accuracy(0.9), "change": accuracy(0.88)},  # 2 % of the gain
        {"main": accuracy(0.9), "change": loss(0.9)},  # nothing in common
        {"change": accuracy(0.5), "other": accuracy(0.9)},  # no such baseline
    ),
)
def test_it_is_silent(runs: dict[str, RoleMap]) -> None:
    silent("regression-from-baseline", runs=runs, baseline="main")


def test_other_tasks_are_not_compared() -> None:
    cartpole, pong = ({"env_id": name} for name in ("CartPole-v1", "Pong-v5"))
    runs = {
        "main": RoleMap({**accuracy(0.9).values, "hparams": cartpole}, (), ""),
        "change": RoleMap({**accuracy(0.5).values, "hparams": pong}, (), ""),
    }
    not_logged("regression-from-baseline", "same task", runs=runs, baseline="main")
    named_otherwise = RoleMap({"val_score": epochs(straight(20, 0.1, 0.5), "f1")}, (), "")
    runs = {"main": accuracy(0.9), "change": named_otherwise}
    not_logged("regression-from-baseline", "same task", runs=runs, baseline="main")


def test_without_a_baseline_it_says_how_to_name_one() -> None:
    came_to = silent("regression-from-baseline", runs={"a": accuracy(0.9)}, baseline=None)
    assert "--baseline" in came_to.how_to_enable
