"""Thinned curves keep what matters: ends, extremes, everything that is not finite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.report.document.curves import counted_in, curve
from tests.fakes import series


@given(st.lists(st.sampled_from([1.0, np.nan, np.inf, -np.inf]), max_size=200))
def test_every_point_that_is_not_finite_is_accounted_for(values: list[float]) -> None:
    made = curve(series(values), None, 12)
    for kind, name in ((np.isnan, "NaN"), (np.isposinf, "Infinity"), (np.isneginf, "-Infinity")):
        stretches = [each for each in made["nonfinite"] if each["value"] == name]
        steps = np.flatnonzero(kind(values)) if values else []
        assert sum(each["count"] for each in stretches) == len(steps)
        for step in steps:
            assert any(each["first"] <= step <= each["last"] for each in stretches)
    assert len(made["nonfinite"]) <= 12


def test_one_spike_among_a_hundred_thousand_points_is_kept() -> None:
    values = np.ones(100_000)
    values[54_321] = 1e9
    made = curve(series(values.tolist()), "train_loss", 120)
    assert 54_321 in made["steps"]
    assert 1e9 in made["values"]
    assert made["points"] == 100_000


def test_neighbours_make_one_stretch() -> None:
    made = curve(series([1.0, np.nan, np.nan, 2.0, np.nan]), None, 120)
    assert made["nonfinite"] == [
        {"first": 1, "last": 2, "count": 2, "value": "NaN"},
        {"first": 4, "last": 4, "count": 1, "value": "NaN"},
    ]
    assert made["steps"] == [0, 3]


@pytest.mark.parametrize(
    ("tag", "unit"),
    (("epoch_loss", "epochs"), ("train/epoch_loss", "epochs"), ("loss_epoch", "steps")),
)
def test_only_keras_says_that_it_counts_epochs(tag: str, unit: str) -> None:
    assert counted_in(tag) == unit
