"""Heat maps from weight histograms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import QUANTILES, Histograms, Vitals
from tb_diagnose.report.page.heats import heat, heats
from tb_diagnose.report.page.maps import movement


def row(tag: str, samples: list[Any], steps: list[int] | None = None) -> Histograms:
    """A histogram tag from the numbers themselves, one array a step."""
    data = [np.asarray(each, np.float64) for each in samples]
    at = np.array(range(len(data)) if steps is None else steps, np.int64)
    return Histograms(
        tag,
        "train",
        at,
        at.astype(np.float64),
        count=np.array([len(each) for each in data], np.float64),
        low=np.array([each.min() for each in data]),
        high=np.array([each.max() for each in data]),
        mean=np.array([each.mean() for each in data]),
        std=np.array([each.std() for each in data]),
        zero=np.array([(each == 0).mean() for each in data]),
        quantiles=np.array([np.quantile(each, QUANTILES) for each in data], np.float32),
    )


def model(*names: str) -> ModelConfig:
    layers = tuple(Layer(name, "Dense", "relu", 1, (), (), 1, {}) for name in names)
    return ModelConfig("m", "Sequential", layers, layers[-1:], (), (), None, ())


def test_movement_is_the_mean_distance_of_the_sorted_numbers() -> None:
    random = np.random.default_rng(0)
    before = random.normal(size=4_000)
    after = random.permutation(before) * 1.1 + 0.3
    # 33 quantiles tell the size of a normal distribution to within a twentieth.
    slow = np.abs(np.sort(after) - np.sort(before)).mean() / np.abs(before).mean()
    assert movement(row("w", [before, after])) == pytest.approx([slow], rel=0.05)
    assert movement(row("w", [before, after], [10, 15])) == pytest.approx([slow / 5], rel=0.05)


def test_numbers_that_stay_do_not_move_and_from_nothing_there_is_no_share() -> None:
    assert movement(row("w", [[1, 2, 3], [1, 2, 3]])).tolist() == [0]
    assert np.isnan(movement(row("b", [[0, 0, 0], [1, 2, 3]]))).all()


def table(rows: str, columns: str, steps: Any, values: Any, kind: str = "layers") -> Vitals:
    """What an attached training wrote."""
    at = np.array(steps, np.int64)
    names = tuple(rows.split()), tuple(columns.split())
    return Vitals(f"diagnose/{kind}", "", *names, at, at + 0.5, np.array(values, np.float32), {})


def test_vitals_come_before_histograms_and_in_their_own_order() -> None:
    values = np.array([[[0.5, -1], [0.0, 9]], [[0.25, 2], [1.0, np.inf]]])
    layers = table("last first", "dead mean", [0, 50], values)
    roles = {"layer_vitals": layers, "weights": [row("w", [[0, 1], [0, 2]])]}
    offered = heats(roles)
    assert [each.vital for each in offered][:3] == [
        "layer_vitals/dead", "layer_vitals/mean", "weights/movement",
    ]  # fmt: skip
    assert offered[0].rows == ("last", "first")
    dead, mean = heat(roles, "layer_vitals/dead"), heat(roles, "layer_vitals/mean", columns=1)
    assert dead is not None
    assert mean is not None
    assert dead.steps.tolist() == [0, 50]
    assert dead.values.tolist() == [[0.5, 0.25], [0, 1]]
    assert mean.values.tolist() == [[2], [9]]


def test_what_was_not_measured_is_not_offered() -> None:
    nothing = table("a", "dead", [0], np.full((1, 1, 1), np.nan))
    empty = table("a", "gradient_norm", [], np.empty((0, 1, 1)), "weights")
    assert heats({"layer_vitals": nothing, "weight_vitals": empty, "input_vitals": None}) == []


def test_where_the_scale_diverges_the_furthest_from_0_is_shown() -> None:
    values = np.array([3.0, -5.0, 4.0, 1.0])[:, None, None]
    inputs = table("red", "mean", range(4), values, "inputs")
    shown = heat({"input_vitals": inputs}, "input_vitals/mean", columns=2)
    assert shown is not None
    assert shown.values.tolist() == [[-5, 4]]


def test_rows_stand_in_the_order_of_the_model() -> None:
    tags = ["seq/a/kernel/histogram", "seq/last/kernel/histogram", "seq/z/kernel/histogram"]
    roles = {"weights": [row(tag, [[0, 1], [0, 2]]) for tag in tags]}
    in_order = heats({**roles, "model": model("z", "a", "last")})[0].rows
    assert in_order == tuple(f"train/{tags[at]}" for at in (2, 0, 1))
    assert heats(roles)[0].rows == tuple(f"train/{tag}" for tag in tags)


def test_what_is_offered_can_be_had() -> None:
    roles = {
        "weights": [row("w", [[0, 1], [0, 2], [1, 2]])],
        "gradients": [row("g", [[0, 1], [0, 2]])],
        "activations": [row("once", [[0, 1]])],
    }
    offered = heats(roles)
    assert [each.vital for each in offered] == [
        f"{sort}/{name}"
        for sort in ("weights", "gradients")
        for name in ("movement", "std", "zero")
    ]
    for each in offered:
        shown = heat(roles, each.vital)
        assert shown is not None
        assert shown.values.shape == (len(each.rows), len(shown.steps))
    assert heat(roles, "weights/nothing") is None
    assert heat({}, "weights/std") is None


def test_rows_of_different_steps_share_one_axis() -> None:
    roles = {"weights": [row("a", [[0, 1], [0, 3]], [0, 2]), row("b", [[0, 5]], [1])]}
    shown = heat(roles, "weights/std")
    assert shown is not None
    assert shown.steps.tolist() == [0, 1, 2]
    assert np.array_equal(shown.values, [[0.5, np.nan, 1.5], [np.nan, 2.5, np.nan]], equal_nan=True)


def test_a_single_high_value_survives_in_a_narrow_map() -> None:
    samples = [[-1.0, 1.0]] * 5_000
    samples[3_333] = [-1e6, 1e6]
    shown = heat({"weights": [row("w", samples)]}, "weights/std", columns=100)
    assert shown is not None
    assert len(shown.steps) == 100
    assert shown.values.max() == 1e6
    assert (shown.values == 1).sum() == 99


def test_what_is_not_finite_is_not_known() -> None:
    broken = row("w", [[0, 1], [0, 2], [0, 3]])
    broken.std[1] = np.inf
    shown = heat({"weights": [broken]}, "weights/std")
    assert shown is not None
    assert np.isnan(shown.values[0]).tolist() == [False, True, False]
