"""How weights begin, against what Keras' initialisers draw."""

from __future__ import annotations

from typing import Any

import pytest

from tb_diagnose.core.model import Layer
from tb_diagnose.roles.architecture import penalty
from tb_diagnose.roles.initializers import constant, fan_in, fixed_std, initial_std, odd_std
from tests.layered import dense, initializer


def conv(**config: Any) -> Layer:
    return Layer("c", "Conv2D", "relu", 32, (28, 28, 3), (26, 26, 32), 896,
                 {"kernel_size": [3, 3], **config})  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "config", "std"),
    (
        ("HeNormal", {}, (2 / 100) ** 0.5),
        ("HeUniform", {}, (2 / 100) ** 0.5),
        ("LecunNormal", {}, 0.1),
        ("GlorotUniform", {}, (2 / 164) ** 0.5),
        ("VarianceScaling", {"scale": 2.0, "mode": "fan_out"}, (2 / 64) ** 0.5),
        ("RandomNormal", {"stddev": 0.05}, 0.05),
        ("TruncatedNormal", {"stddev": 0.05}, 0.044),
        ("RandomUniform", {"minval": -0.05, "maxval": 0.05}, 0.1 / 12**0.5),
        ("Zeros", {}, 0.0),
        ("SomethingOfOnesOwn", {}, 0.0),
    ),
)
def test_the_spread_of_each_initialiser(kind: str, config: dict[str, Any], std: float) -> None:
    layer = dense("a", 100, 64, **initializer(kind, **config))
    assert initial_std(layer) == pytest.approx(std)


def test_only_some_look_at_the_number_of_inputs() -> None:
    assert fixed_std(dense("a", 9, 9, **initializer("HeNormal"))) == 0
    assert fixed_std(dense("a", 9, 9, **initializer("RandomNormal", stddev=1.0))) == 1


@pytest.mark.parametrize(
    ("kind", "config", "value"),
    (
        ("Zeros", {}, 0.0),
        ("Ones", {}, 1.0),
        ("Constant", {"value": 0.3}, 0.3),
        ("HeNormal", {}, None),
    ),
)
def test_constants(kind: str, config: dict[str, Any], value: float | None) -> None:
    assert constant(dense("a", 9, 9, **initializer(kind, **config))) == value


def test_the_inputs_of_a_convolution_are_its_window_times_its_channels() -> None:
    assert fan_in(conv()) == 27
    assert fan_in(conv(data_format="channels_first")) == 28 * 9
    assert fan_in(conv(groups=3)) == 9
    assert fan_in(conv(groups=float("inf"))) == fan_in(conv(groups=-1)) == 27
    assert fan_in(dense("a", 9, 64)) == 9


@pytest.mark.parametrize(
    ("given", "factors"),
    (
        ({"class_name": "L2", "config": {"l2": 0.1}}, (0.0, 0.1)),
        ({"class_name": "L1L2", "config": {"l1": 0.2, "l2": 0.1}}, (0.2, 0.1)),
        ({"class_name": "OrthogonalRegularizer", "config": {"factor": 0.1}}, (0.0, 0.0)),
        (None, (0.0, 0.0)),
    ),
)
def test_penalties(given: dict[str, Any] | None, factors: tuple[float, float]) -> None:
    assert penalty(dense("a", 9, 9, kernel_regularizer=given)) == factors


@pytest.mark.parametrize(
    ("scale", "odd"), ((100.0, True), (0.01, True), (2.0, False), (0.2, False))
)
def test_only_a_variance_scaling_far_from_one_is_odd(scale: float, odd: bool) -> None:
    layer = dense("a", 100, 64, **initializer("VarianceScaling", scale=scale, mode="fan_in"))
    assert odd_std(layer, 8.0) == pytest.approx((scale / 100) ** 0.5 if odd else 0.0)
    assert odd_std(dense("a", 100, 64, **initializer("RandomNormal", stddev=5.0)), 8.0) == 0
