"""Who plays what is told by names and by which curves are longer, once for all runs alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.core.run import Series
from tb_diagnose.roles.curves import assign_curves, curve_infos, curve_roles
from tests.cases import curve

TAGS = (
    "train/loss", "val/loss", "loss", "epoch_loss", "batch_loss", "train/box_loss",
    "train/cls_loss", "val/box_loss", "val/cls_loss", "accuracy", "val_accuracy", "val/f1",
    "test/accuracy", "metrics/mAP", "lr", "eval/reward", "rollout/reward", "policy_loss",
    "entropy_loss", "generator_loss", "discriminator_loss", "grad_norm",
)  # fmt: skip
POINTS = st.integers(1, 60)
CURVES = st.dictionaries(st.sampled_from(TAGS), POINTS, min_size=1, max_size=8)


def logged(points: dict[str, int], first: int = 0) -> list[Series]:
    return [
        curve(np.linspace(1, 0.5, count), tag, "", steps=np.arange(first, first + count))
        for tag, count in points.items()
    ]


def told(scalars: Sequence[Series]) -> dict[str, object]:
    values, reinforcement = curve_roles(scalars)
    names = {role: each.name for role, each in values.items() if isinstance(each, Series)}
    pairs = [(each.name, each.train.name, each.val.name) for each in values.get("pairs") or ()]
    return {**names, "pairs": pairs, "reinforcement": reinforcement}


@given(CURVES, CURVES)
def test_what_other_runs_were_given_makes_no_difference(
    points: dict[str, int], others: dict[str, int]
) -> None:
    told(logged(others))
    after = told(logged(points))
    assign_curves.cache_clear()
    assert told(logged(points)) == after


@given(CURVES, st.integers(2, 5))
def test_longer_runs_with_the_same_curves_have_the_same_cast(
    points: dict[str, int], times: int
) -> None:
    # From ten points on a reward under evaluation counts for more; below two nothing is a curve.
    short = {tag: 10 + count for tag, count in points.items()}
    longer = {tag: times * count for tag, count in short.items()}
    assert assign_curves(curve_infos(logged(short))) is assign_curves(
        curve_infos(logged(longer, first=100))
    )


def test_of_two_curves_alike_the_longer_one_plays() -> None:
    points = {"loss/a": 20, "loss/b": 30}
    before = told(logged(points))["train_loss"]
    assert told(logged({"loss/a": 40, "loss/b": 30}))["train_loss"] != before


def test_parts_of_a_loss_are_added_where_they_were_logged_together() -> None:
    parts = {"train/box_loss": 20, "train/cls_loss": 20}
    assert told(logged(parts))["train_loss"] == "train/box_loss + train/cls_loss"
    apart = [*logged({"train/box_loss": 20}), *logged({"train/cls_loss": 20}, first=7)]
    assert " + " not in str(told(apart)["train_loss"])
    values, _ = curve_roles(logged(parts))
    np.testing.assert_allclose(values["train_loss"].values, 2 * np.linspace(1, 0.5, 20), rtol=1e-6)


def test_a_sum_is_one_curve_whatever_it_plays() -> None:
    parts = dict.fromkeys(("train/a_loss", "train/b_loss", "val/a_loss", "val/b_loss"), 20)
    values, _ = curve_roles(logged(parts))
    total = values["pairs"][0]
    assert total.train is values["train_loss"]
    assert total.val is values["val_loss"]


def test_a_distance_is_the_loss_of_who_logs_no_other() -> None:
    assert told(logged({"MSE": 20}))["train_loss"] == "MSE"
    assert told(logged({"MSE": 20, "loss": 20}))["train_loss"] == "loss"
    assert "train_loss" not in told(logged({"wer": 20}))
