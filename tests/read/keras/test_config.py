"""The ``keras`` summary of Keras 3 and Keras 2; numbers of weights as Keras itself counts them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.read.keras.config import model_config
from tb_diagnose.read.keras.names import activation, canonical

#: (class, configuration, output shape, number of weights), each on the output of the one before;
#: the shapes and numbers are those of Keras 3.15.
Stack = tuple[list[int | None], list[tuple[str, dict[str, Any], tuple[Any, ...], int]]]
STACKS: dict[str, Stack] = {
    "images": ([None, 28, 28, 1], [
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3], "padding": "valid"}, (26, 26, 8), 80),
        ("BatchNormalization", {"axis": -1}, (26, 26, 8), 32),
        ("MaxPooling2D", {"pool_size": [2, 2], "strides": [2, 2]}, (13, 13, 8), 0),
        ("SeparableConv2D", {"filters": 16, "kernel_size": [3, 3], "padding": "same",
                             "depth_multiplier": 2}, (13, 13, 16), 416),
        ("DepthwiseConv2D", {"kernel_size": [3, 3], "strides": [2, 2]}, (6, 6, 16), 160),
        ("Conv2DTranspose", {"filters": 4, "kernel_size": [3, 3], "strides": [2, 2],
                             "padding": "same"}, (12, 12, 4), 580),
        ("UpSampling2D", {"size": [2, 2]}, (24, 24, 4), 0),
        ("ZeroPadding2D", {"padding": [[1, 2], [3, 4]]}, (27, 31, 4), 0),
        ("Cropping2D", {"cropping": [[1, 1], [1, 1]]}, (25, 29, 4), 0),
        ("GlobalAveragePooling2D", {}, (4,), 0),
        ("Dense", {"units": 10}, (10,), 50),
        ("PReLU", {}, (10,), 10),
    ]),
    "sequences": ([None, None], [
        ("Embedding", {"input_dim": 100, "output_dim": 16}, (None, 16), 1600),
        ("Bidirectional", {"merge_mode": "concat", "layer": {
            "class_name": "LSTM", "config": {"units": 8, "return_sequences": True}}},
         (None, 16), 1600),
        ("GRU", {"units": 5, "return_sequences": True, "reset_after": True}, (None, 5), 345),
        ("SimpleRNN", {"units": 7}, (7,), 91),
        ("RepeatVector", {"n": 3}, (3, 7), 0),
        ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"units": 2}}}, (3, 2), 16),
        ("LayerNormalization", {"axis": [2]}, (3, 2), 4),
        ("MultiHeadAttention", {"num_heads": 3, "key_dim": 4}, (3, 2), 134),
        ("Permute", {"dims": [2, 1]}, (2, 3), 0),
        ("Flatten", {}, (6,), 0),
        ("Reshape", {"target_shape": [-1, 2]}, (3, 2), 0),
    ]),
    "lines": ([None, 50, 3], [
        ("Conv1D", {"filters": 8, "kernel_size": [5], "dilation_rate": [2], "padding": "causal"},
         (50, 8), 128),
        ("MaxPooling1D", {"pool_size": [3], "strides": [2], "padding": "same"}, (25, 8), 0),
        ("Conv1D", {"filters": 4, "kernel_size": [3], "groups": 2, "use_bias": False}, (23, 4), 48),
        ("Unheard", {}, (), -1),
        ("Dense", {"units": 3}, (), -1),
    ]),
}  # fmt: skip


def sequential(
    shape: list[int | None], layers: list[tuple[str, dict[str, Any]]], **more: Any
) -> ModelConfig:
    items = [{"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "in"}}]
    items += [
        {"class_name": kind, "config": {"name": f"{kind}_{index}", **config}}
        for index, (kind, config) in enumerate(layers)
    ]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": items}, **more}
    found = model_config(json.dumps(model).encode())
    assert found is not None
    return found


@pytest.mark.parametrize("name", STACKS)
def test_shapes_and_weights(name: str) -> None:
    shape, layers = STACKS[name]
    model = sequential(shape, [(kind, config) for kind, config, _, _ in layers])
    found = [(layer.kind, layer.output_shape, layer.parameters) for layer in model.layers]
    assert found == [(kind, output, count) for kind, _, output, count in layers]
    assert model.input_shape == tuple(shape[1:])
    assert model.outputs == (model.layers[-1],)
    known = [count for *_, count in layers]
    assert model.parameters == (-1 if -1 in known else sum(known))


def tensor(layer: str, *shape: int | None) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__",
            "config": {"shape": [None, *shape], "keras_history": [layer, 0, 0]}}  # fmt: skip


def functional() -> dict[str, Any]:
    """Two inputs, a branch, a nested model and two outputs, as Keras 3 writes them."""

    def node(*tensors: Any) -> list[Any]:
        return [{"args": list(tensors), "kwargs": {}}]

    def dense(name: str, units: int, nodes: list[Any], function: str = "linear") -> dict[str, Any]:
        config = {"name": name, "units": units, "activation": function}
        return {"class_name": "Dense", "name": name, "config": config, "inbound_nodes": nodes}

    def entry(name: str) -> dict[str, Any]:
        return {"class_name": "InputLayer", "name": name, "inbound_nodes": [],
                "config": {"batch_shape": [None, 16], "name": name}}  # fmt: skip

    inner = {"class_name": "Sequential", "name": "inner", "inbound_nodes": node(tensor("sum", 16)),
             "config": {"name": "inner", "layers": [entry("x"), dense("one", 4, [], "gelu"),
                                                    dense("two", 2, [])]}}  # fmt: skip
    layers = [
        entry("a"),
        entry("b"),
        {"class_name": "Concatenate", "name": "both", "config": {"name": "both", "axis": -1},
         "inbound_nodes": node([tensor("a", 16), tensor("b", 16)])},
        dense("wide", 16, node(tensor("both", 32))),
        {"class_name": "Add", "name": "sum", "config": {"name": "sum"},
         "inbound_nodes": node([tensor("wide", 16), tensor("a", 16)])},
        inner,
        dense("last", 1, node(tensor("sum", 16)), "tanh"),
    ]  # fmt: skip
    outputs = [["inner", 0, 0], ["last", 0, 0]]
    config = {"name": "f", "layers": layers, "output_layers": outputs}
    return {"module": "keras", "class_name": "Functional", "config": config}


def test_functional_nested_with_two_outputs() -> None:
    model = functional()
    logits = {"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}
    model["compile_config"] = {
        "loss": [logits, "mse"],
        "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.0010000000474974513}},
        "metrics": [["acc"], ["mae"]],
    }
    found = model_config(json.dumps(model).encode())
    assert found is not None
    assert [layer.name for layer in found.layers] == [
        "both",
        "wide",
        "sum",
        "inner/one",
        "inner/two",
        "last",
    ]
    assert [layer.name for layer in found.outputs] == ["inner/two", "last"]
    assert found.parameters == 623
    assert found.layers[3].activation == "gelu"
    losses = [(loss.name, loss.from_logits, loss.output) for loss in found.losses]
    assert losses == [
        ("binary_crossentropy", True, "inner/two"),
        ("mean_squared_error", False, "last"),
    ]
    assert found.optimizer is not None
    assert (found.optimizer.name, found.optimizer.learning_rate) == ("adam", 0.001)
    assert found.metrics == ("accuracy", "mean_absolute_error")


def test_keras_2() -> None:
    layers = [
        {"class_name": "InputLayer", "name": "i", "inbound_nodes": [],
         "config": {"batch_input_shape": [None, 24, 1], "name": "i"}},
        {"class_name": "LSTM", "name": "lstm", "inbound_nodes": [[["i", 0, 0, {}]]],
         "config": {"name": "lstm", "units": 64, "activation": "tanh", "return_sequences": False}},
        {"class_name": "Dense", "name": "dense", "inbound_nodes": [[["lstm", 0, 0, {}]]],
         "config": {"name": "dense", "units": 3, "activation": "softmax"}},
    ]  # fmt: skip
    config = {"name": "model", "layers": layers, "output_layers": [["dense", 0, 0]]}
    model = {"class_name": "Functional", "keras_version": "2.7.0", "config": config}
    found = model_config(json.dumps(model).encode())
    assert found is not None
    assert [layer.parameters for layer in found.layers] == [16896, 195]
    assert (found.losses, found.optimizer, found.metrics) == ((), None, ())
    model["training_config"] = {"loss": "sparse_categorical_crossentropy",
                                "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.5}},
                                "metrics": [{"class_name": "MeanMetricWrapper",
                                             "config": {"name": "a", "fn": "acc"}}]}  # fmt: skip
    found = model_config(json.dumps(model).encode())
    assert found is not None
    assert found.losses[0].name == "sparse_categorical_crossentropy"
    assert found.optimizer is not None
    assert found.optimizer.learning_rate == 0.5
    assert found.metrics == ("accuracy",)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("MeanSquaredError", "mean_squared_error"),
        ({"class_name": "function", "config": "my_loss"}, "my_loss"),
        (
            {"class_name": "function", "config": "categorical_crossentropy"},
            "categorical_crossentropy",
        ),
        ({"class_name": "LossFunctionWrapper", "config": {"fn": "mae"}}, "mean_absolute_error"),
        ({"class_name": "__lambda__", "config": {"value": []}}, "lambda"),
        ({"class_name": "mine>FocalLoss", "config": {}}, "focal_loss"),
        ("KLDivergence", "kl_divergence"),
        ("kullback_leibler_divergence", "kl_divergence"),
        ("AUC", "auc"),
        (None, ""),
    ],
)
def test_canonical_names(value: Any, name: str) -> None:
    assert canonical(value) == name


@pytest.mark.parametrize(
    ("kind", "config", "name"),
    [
        ("Dense", {"activation": None}, "linear"),
        ("Dense", {"activation": "swish"}, "silu"),
        ("Dense", {"activation": {"class_name": "LeakyReLU", "config": {}}}, "leaky_relu"),
        ("Dense", {"activation": {"class_name": "function", "config": "relu"}}, "relu"),
        ("Activation", {"activation": "tanh"}, "tanh"),
        ("LeakyReLU", {}, "leaky_relu"),
        (
            "TimeDistributed",
            {"layer": {"class_name": "Dense", "config": {"activation": "relu"}}},
            "relu",
        ),
        ("Dropout", {"rate": 0.5}, ""),
    ],
)
def test_activations(kind: str, config: dict[str, Any], name: str) -> None:
    assert activation(kind, config) == name


def test_losses_by_output_and_a_schedule() -> None:
    schedule = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1}}
    model = sequential([None, 4], [("Dense", {"units": 1})], compile_config={
        "loss": {"a": "mse", "b": {"class_name": "Huber", "config": {"delta": 2.0}}},
        "optimizer": {"class_name": "keras>AdamW", "config": {"learning_rate": schedule}},
    })  # fmt: skip
    assert [(loss.output, loss.name) for loss in model.losses] == [
        ("a", "mean_squared_error"),
        ("b", "huber"),
    ]
    assert model.losses[1].config == {"delta": 2.0}
    assert model.optimizer is not None
    assert (model.optimizer.name, model.optimizer.learning_rate) == ("adamw", None)
    assert model.optimizer.schedule == schedule


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"class_name": "Sequential"}', b"\xff\xfe",
     b'{"class_name": "S", "config": {"layers": [{"class_name": 3}, 5]}}',
     b'{"class_name": "S", "config": {"layers": [{"class_name": "Dense", "config": 1}]}}'],
)  # fmt: skip
def test_a_broken_configuration_is_none_or_partial(content: bytes) -> None:
    found = model_config(content)
    assert found is None or found.parameters <= 0
