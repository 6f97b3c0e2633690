"""Which curve plays which role, framework by framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.core.run import Run, Series
from tb_diagnose.roles.catalog import ROLES
from tb_diagnose.roles.resolve import RoleMap, resolve_roles
from tests.cases import compiled, curve, dense_model, distribution, run
from tests.dialects import LOGS, NORMS, RATES, SPELLINGS


def logged(names: str | Sequence[str], points: int = 20) -> tuple[Series, ...]:
    """Curves by name, with a colon behind the folder of those that do not stand in the run's."""
    if isinstance(names, str):
        names = names.split("," if "," in names else None)
    values = np.linspace(1, 0.5, points)
    apart = [name.rpartition(":") for name in names]
    return tuple(curve(values, tag, folder) for folder, _, tag in apart)


def curve_roles(roles: RoleMap) -> dict[str, str]:
    return {role: each.name for role, each in roles.values.items() if isinstance(each, Series)}


@pytest.mark.parametrize("name", LOGS)
def test_each_framework_gets_its_roles(name: str) -> None:
    names, expected = LOGS[name]
    assert curve_roles(resolve_roles(run(*logged(names)), {})) == expected


@pytest.mark.parametrize(("train", "val"), SPELLINGS)
def test_training_and_validation_pair_however_they_are_spelled(train: str, val: str) -> None:
    roles = resolve_roles(run(*logged([train, val])), {})
    (pair,) = roles.values["pairs"]
    assert pair.train.name == train.replace(":", "/")
    assert pair.val.name == val.replace(":", "/")
    assert pair.better == -1


@pytest.mark.parametrize("spelled", RATES)
def test_the_learning_rate_is_known_by_all_its_names(spelled: str) -> None:
    assert curve_roles(resolve_roles(run(*logged([spelled])), {})) == {"learning_rate": spelled}


@pytest.mark.parametrize("spelled", NORMS)
def test_the_gradient_norm_is_known_by_all_its_names(spelled: str) -> None:
    assert curve_roles(resolve_roles(run(*logged([spelled])), {})) == {"gradient_norm": spelled}


def test_single_points_at_the_end_of_a_run_are_no_curves() -> None:
    summaries = logged(["train/train_loss", "train/train_runtime", "train/total_flos"], points=1)
    roles = resolve_roles(run(*logged(["train/loss"]), *summaries), {})
    assert curve_roles(roles) == {"train_loss": "train/loss"}


@pytest.mark.parametrize("points", (1, 20))
def test_hp_metric_never_plays_a_role(points: int) -> None:
    assert curve_roles(resolve_roles(run(*logged(["hp_metric"], points)), {})) == {}


@pytest.mark.parametrize("name", [name for name in LOGS if "GAN" in name or "Base" in name])
def test_losses_that_need_not_fall_are_never_a_training_loss(name: str) -> None:
    values = resolve_roles(run(*logged(LOGS[name][0])), {}).values
    assert values.get("train_loss") is values.get("val_loss") is None
    assert not values.get("pairs")


def test_the_entropy_is_the_negative_of_an_entropy_loss() -> None:
    entropy = resolve_roles(run(*logged("train/entropy_loss rollout/ep_rew_mean")), {}).values[
        "entropy"
    ]
    assert entropy.values[0] == -1


def test_parts_are_added_where_no_total_is_logged() -> None:
    parts = logged("train/box_loss train/cls_loss")
    loss = resolve_roles(run(*parts), {}).values["train_loss"]
    np.testing.assert_allclose(loss.values, parts[0].values + parts[1].values)


def test_a_score_in_percent_becomes_a_fraction() -> None:
    roles = resolve_roles(run(curve([10.0, 55.0, 92.0], "val_acc", "")), {})
    np.testing.assert_allclose(roles.values["val_score"].values, [0.1, 0.55, 0.92], rtol=1e-6)


def test_histograms_are_sorted_into_weights_gradients_and_activations() -> None:
    tags = ("dense/kernel/histogram", "gradients/dense/kernel", "activations/dense")
    one = replace(run(), histograms=tuple(distribution([1.0], tag) for tag in tags))
    values = resolve_roles(one, {}).values
    got = [values[role][0].tag for role in ("weights", "gradients", "activations")]
    assert tuple(got) == tags


@pytest.mark.parametrize(
    "tag",
    ("output_layer/bias_0", "bert.encoder.layer.0.output.dense.weight", "output/kernel:0",
     "act/batch_norm/moving_mean/histogram", "activation_3/gamma"),
)  # fmt: skip
def test_the_weights_of_an_output_are_no_output(tag: str) -> None:
    values = resolve_roles(replace(run(), histograms=(distribution([1.0], tag),)), {}).values
    assert [each.tag for each in values["weights"]] == [tag]
    assert values["activations"] == ()


def test_many_points_at_one_step_are_no_curve() -> None:
    many = curve(np.linspace(1, 2, 10), "eval/loss", "", steps=[20_000] * 10)
    assert resolve_roles(run(many, *logged("train/loss")), {}).values["val_loss"] is None
    stepless = curve(np.linspace(1, 2, 10), "loss", "", steps=[0] * 10)
    assert resolve_roles(run(stepless), {}).values["train_loss"] is stepless


def test_percentiles_do_not_stand_for_a_reward() -> None:
    one = run(*logged("Reward/p50 Reward/avg_return Reward/p99"))
    assert resolve_roles(one, {}).values["reward"].tag == "Reward/avg_return"


def test_a_policy_is_reinforcement_learning_without_a_reward_too() -> None:
    one = run(*logged("policy_entropy grads_policy_norm"))
    assert resolve_roles(one, {}).values["reinforcement"]


def test_an_override_wins_and_an_empty_one_takes_the_role_away() -> None:
    one = run(*logged("train/loss train/other_thing eval/loss"))
    roles = resolve_roles(one, {"train_loss": "train/other_thing", "val_loss": ""})
    assert curve_roles(roles) == {"train_loss": "train/other_thing"}
    assert [role.reason for role in roles.named] == ["as configured"]


def test_every_role_says_why_it_was_given() -> None:
    one = run(*logged(LOGS["Keras 3"][0]), model=dense_model(optimizer=compiled()))
    named = {role.name: role for role in resolve_roles(one, {}).named}
    assert named["val_loss"].reason == "its words say loss validation"
    assert named["model"].tag == named["chance"].tag == "keras"
    assert set(LOGS["Keras 3"][1]) < set(named)


def test_an_empty_run_has_every_role_that_can_be_asked_for_or_none() -> None:
    values = resolve_roles(Run("", ""), {}).values
    assert all(value in (None, (), False) for value in values.values())
    assert values.keys() - {"facts", "reinforcement"} <= ROLES.keys()
