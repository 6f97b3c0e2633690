"""The setup that attach writes, read without any framework."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.vitals import SETUP_TAG
from tb_diagnose.read.setup import with_setup
from tests.cases import model as keras_model


def module(name: str, kind: str, before: Any = None, **more: Any) -> dict[str, Any]:
    """A module as attach describes it, fed by the layer ``before``."""
    through = more.pop("through", [])
    options = {"parameters": 0, "trainable": True, "activation": "", "config": {}}
    shapes = {"input_shape": [8], "output_shape": [8]}
    return {
        "name": name,
        "kind": kind,
        "from": [{"layer": before, "through": through}],
        **options,
        **shapes,
        **more,
    }


def linear(name: str, before: Any = None, **more: Any) -> dict[str, Any]:
    config = {"in_features": 8, "out_features": 8}
    return module(name, "Linear", before, activation="linear", parameters=72, config=config, **more)


def read(
    layers: Sequence[Mapping[str, Any]], beside: ModelConfig | None = None, **more: Any
) -> ModelConfig:
    """What is read of a setup with these layers."""
    last = layers[-1]["name"] if layers else None
    setup = {
        "v": 1,
        "framework": "torch",
        "model": "Net",
        "layers": layers,
        "outputs": [{"layer": last, "through": []}],
        "optimizers": [],
        "unoptimized": [],
        "schedulers": [],
        "losses": [],
        "batch_size": 32,
        "precision": "float32",
        **more,
    }
    found = with_setup(beside, {SETUP_TAG: "    " + json.dumps(setup)})
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text", ("", "no JSON", "[]", "{}", '{"v": 2}', '{"v": 1}', '{"v": 1, "framework": "torch"}')
)
def test_what_cannot_be_understood_is_left_out(text: str) -> None:
    assert with_setup(None, {SETUP_TAG: text}) is None
    beside = keras_model()
    assert with_setup(beside, {SETUP_TAG: text}) is beside
    assert with_setup(None, {}) is None


def test_pytorch_in_keras_words() -> None:
    conv = {"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3], "groups": 1}
    rows = [
        module("conv", "Conv2d", None, activation="linear", parameters=224, config=conv),
        module("norm", "BatchNorm2d", "conv", activation="linear", parameters=16),
        module("act", "SiLU", "norm", activation="silu"),
        module("drop", "Dropout2d", "act", config={"p": 0.25}),
        module("same", "Identity", "drop"),
        linear("last", "same"),
    ]
    model = read(rows)
    kinds = ["Conv2D", "BatchNormalization", "Activation", "SpatialDropout2D", "Dense"]
    assert [layer.kind for layer in model.layers] == kinds
    assert [layer.activation for layer in model.layers] == ["linear", "", "silu", "", "linear"]
    assert model.layers[0].units == 8
    assert model.layers[0].config["data_format"] == "channels_first"
    assert model.layers[3].config["rate"] == 0.25
    assert model.order_known


ORDERS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "a chain": ([linear("a"), linear("b", "a")], True),
    "a known function": ([linear("a"), linear("b", "a", through=["Relu"])], True),
    "an unknown function": ([linear("a"), linear("b", "a", through=["Cumsum"])], False),
    "a branch": ([linear("a"), linear("b", "a"), linear("c", "a")], False),
    "an unknown origin": ([linear("a"), linear("b", "?")], False),
    "two inputs": ([linear("a"), {**linear("b", "a"), "from": [{}, {}]}], False),
}


@pytest.mark.parametrize("case", ORDERS)
def test_the_order_is_known_only_where_all_is_seen(case: str) -> None:
    rows, known = ORDERS[case]
    assert read(rows).order_known is known


def test_layers_that_were_never_called_are_no_part_of_the_chain() -> None:
    model = read([linear("a"), linear("b", "a"), {**linear("idle"), "called": False}],
                 outputs=[{"layer": "b", "through": []}])  # fmt: skip
    assert [layer.name for layer in model.layers] == ["a", "b"]
    assert model.order_known


LOSSES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "module": ({"name": "BCEWithLogitsLoss", "through": []}, "binary_crossentropy", True),
    "function": ({"name": "l1_loss"}, "mean_absolute_error", False),
    "own": ({"name": "FocalLoss"}, "focal", False),
    "graph": ({"name": "", "through": ["Mean", "MseLoss"]}, "mean_squared_error", False),
    "graph of a cross-entropy": (
        {"name": "", "through": ["NllLoss", "LogSoftmax"]},
        "sparse_categorical_crossentropy",
        True,
    ),
}


@pytest.mark.parametrize("case", LOSSES)
def test_losses(case: str) -> None:
    row, name, from_logits = LOSSES[case]
    (loss,) = read([linear("a")], losses=[{"config": {}, **row}]).losses
    assert (loss.name, loss.from_logits) == (name, from_logits)


def test_a_graph_without_a_known_loss_is_none() -> None:
    row = {"name": "", "config": {}, "through": ["Mean", "Mul"]}
    assert read([linear("a")], losses=[row]).losses == ()


def test_negative_likelihood_behind_a_log_softmax_is_a_cross_entropy() -> None:
    rows = [linear("a"), module("log", "LogSoftmax", "a", activation="log_softmax")]
    model = read(rows, losses=[{"name": "NLLLoss", "config": {}, "through": []}])
    assert model.losses[0].from_logits
    assert [layer.activation for layer in model.outputs] == ["linear"]


def test_optimizers() -> None:
    rows = [
        {"name": "Adam", "settings": {"lr": [1e-3, 1e-2]}, "parameters": ["a"], "foreign": 0},
        {
            "name": "SGD",
            "settings": {"lr": 0.05, "initial_lr": 0.1},
            "parameters": [],
            "foreign": 3,
        },
    ]
    model = read([linear("a")], optimizers=rows, unoptimized=["b"])
    assert model.optimizer is model.optimizers[0]
    assert [each.name for each in model.optimizers] == ["adam", "sgd"]
    assert [each.learning_rate for each in model.optimizers] == [0.01, 0.1]
    assert [each.schedule for each in model.optimizers] == [None, {}]
    assert model.optimizers[1].foreign == 3
    assert model.unoptimized == ("b",)


def test_the_keras_summary_knows_more_of_the_layers() -> None:
    beside = keras_model()
    rows = [{"name": "SGD", "settings": {"learning_rate": 0.1}, "parameters": [], "foreign": 0}]
    model = read([], beside, framework="keras", optimizers=rows)
    assert model.layers == beside.layers
    assert model.batch_size == 32
    assert model.optimizers[0].name == "sgd"
