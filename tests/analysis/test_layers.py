"""What is known of a layer, whichever way it was logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tb_diagnose.analysis.layers import LayerSummary, kernels_in_a_row, summarize_layers
from tests.cases import curve, distribution
from tests.layered import dense, initializer, moving, of, plain, stack, vitals, weights

NET = stack(
    dense("first", 64, 32, "tanh"),
    plain("norm", "BatchNormalization", 32),
    dense("second", 32, 32, "relu", trainable=False),
    dense("out", 32, 10, "softmax"),
)


def layers(**roles: Any) -> dict[str, LayerSummary]:
    return {layer.name: layer for layer in summarize_layers(roles)}


def test_layers_stand_in_the_order_of_the_configuration() -> None:
    kernels = of(moving("out", 0.1), moving("second", 0.1), moving("first", 0.1), model=NET)
    assert list(layers(kernels=kernels, model=NET)) == ["first", "second", "out"]


def test_the_configuration_tells_what_a_layer_is() -> None:
    known = layers(kernels=of(moving("first", 0.1), moving("out", 0.1), model=NET), model=NET)
    assert (known["first"].activation, known["first"].is_normalized) == ("tanh", True)
    assert (known["out"].is_output, known["first"].is_output) == (True, False)


def test_only_what_is_frozen_by_the_configuration_is_not_trainable() -> None:
    kernels = of(moving("second", 0.0), moving("elsewhere", 0.0), model=NET)
    known = layers(kernels=kernels, model=NET)
    assert not known["second"].trainable
    assert known["train/elsewhere/kernel/histogram"].trainable
    assert [layer.kind for layer in kernels_in_a_row(tuple(known.values()))] == ["kernel"]


@pytest.mark.parametrize("share", (0.0, 1e-8, 1e-3, 0.5))
def test_the_movement_is_a_share_of_the_size(share: float) -> None:
    (layer,) = summarize_layers({"kernels": of(moving("dense", share))})
    assert layer.movement == pytest.approx(share, rel=1e-3, abs=1e-7)
    assert layer.still == (share < 1e-6)


def test_too_few_histograms_and_nan_say_nothing_of_movement() -> None:
    for histograms in (moving("dense", 0.1, 2), weights("dense", [0.1, np.nan, 0.1, 0.1])):
        (layer,) = summarize_layers({"kernels": of(histograms)})
        assert layer.movement is None
        assert not layer.still


def test_where_a_kernel_stopped() -> None:
    (layer,) = summarize_layers({"kernels": of(weights("dense", [1.0, 1.1, 1.2, *[1.3] * 6]))})
    assert (layer.stopped, layer.span(layer.stopped)) == (3, (3, 8))


def test_biases_are_measured_by_the_weights_beside_them() -> None:
    bias = distribution(np.linspace(0, 0.5, 5), "dense/bias/histogram")
    kernel = moving("dense", 0.0, 5)
    (layer,) = summarize_layers({"kernels": of(kernel), "weights": (kernel, bias)})
    assert layer.bias_movement == pytest.approx(0.5, rel=0.01)


def test_what_is_left_is_compared_with_what_the_initializer_gives() -> None:
    net = stack(dense("dense", 64, 64, **initializer("HeNormal")), dense("out", 64, 1))
    kernels = of(weights("dense", [0.02, 0.01, 0.005]), model=net)
    layer = layers(kernels=kernels, model=net)["dense"]
    assert layer.initial_size == pytest.approx((2 / 64) ** 0.5, rel=0.2)
    assert layer.left == pytest.approx(0.005 / layer.initial_size)


def test_weights_gradients_and_outputs_come_together_in_one_layer() -> None:
    known = layers(
        kernels=of(moving("first", 0.1), model=NET),
        weight_vitals=vitals(
            "weights", ("first/kernel", "first/bias"),
            {"gradient_norm": [0.5, 0.1], "update_ratio": [1e-3, 1.0]},
        ),
        layer_vitals=vitals(
            "layers", ("first", "out"), {"dead": [0.0, np.nan], "saturated": [0.7, 0.9]},
            activations={"first": "tanh", "out": "softmax"}, window=20,
        ),
        model=NET,
    )  # fmt: skip
    first = known["first"]
    assert first.movement == pytest.approx(0.1, rel=1e-3)
    assert (first.gradient.typical, first.update.typical) == pytest.approx((0.5, 1e-3))
    assert (first.dead.late, first.saturated.late) == pytest.approx((0.0, 0.7))
    assert first.saturated.window == 20
    assert "out" not in known


def test_a_layer_is_cut_off_by_gradients_of_exactly_0() -> None:
    rows = ("a/kernel", "b/kernel", "c/kernel", "d/kernel")
    table = vitals(
        "weights", rows,
        {"gradient_norm": [0.5, 0.0, np.nan, np.nan], "update_norm": [0.1, 0.0, 0.0, 0.1]},
    )  # fmt: skip
    known = layers(weight_vitals=table)
    assert [known[name].cut_off for name in "abcd"] == [False, True, True, False]


def test_torch_names_gradients_behind_their_weights() -> None:
    gradient = replace(moving("0", 0.0), tag="0.weight.grad")
    kernel = replace(moving("0", 0.1), tag="0.weight")
    (layer,) = summarize_layers({"kernels": of(kernel), "gradients": (gradient,)})
    assert layer.gradient.late > 0
    assert not layer.gradient.by_unit


def test_outputs_of_nothing_but_0_are_dead_as_a_whole() -> None:
    nothing = replace(
        distribution([0.0] * 5, "activations/dense"), low=np.zeros(5), high=np.zeros(5)
    )
    estimator = curve([0.6, 1, 1, 1, 1], "dnn/hiddenlayer_0/fraction_of_zero_values")
    for roles in ({"activations": (nothing,)}, {"scalars": (estimator,)}):
        (layer,) = summarize_layers(roles)
        assert layer.dead.late == 1
        assert not layer.dead.by_unit


def test_two_tags_of_one_name_are_two_layers() -> None:
    found = summarize_layers(
        {"kernels": of(moving("a", 0.1), replace(moving("a", 0.2), folder="x"))}
    )
    assert len(found) == 2


def test_nothing_logged_is_no_layer() -> None:
    assert summarize_layers({}) == ()
