"""The configuration of a model as Keras 3 saves it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from trainings.initial import WORDS, output_shape
from trainings.plan import Layer, Plan

Config = dict[str, Any]
_NAMES = {
    "dense": ("Dense", "dense"),
    "conv": ("Conv2D", "conv2d"),
    "pool": ("MaxPooling2D", "max_pooling2d"),
    "flatten": ("Flatten", "flatten"),
    "norm": ("BatchNormalization", "batch_normalization"),
    "dropout": ("Dropout", "dropout"),
    "embed": ("Embedding", "embedding"),
    "mean": ("GlobalAveragePooling1D", "global_average_pooling1d"),
    "rnn": ("SimpleRNN", "simple_rnn"),
    "gru": ("GRU", "gru"),
    "activation": ("Activation", "activation"),
}
_LOSSES = {
    "cross-entropy": "sparse_categorical_crossentropy",
    "cross-entropy of shares": "categorical_crossentropy",
    "binary": "binary_crossentropy",
    "binary of shares": "binary_crossentropy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
}


def layers(plan: Plan) -> Iterator[tuple[int, str, Layer]]:
    """Index in the plan, Keras' own name, and the layer, with activations behind batch norms."""
    counts: dict[str, int] = {}

    def name(kind: str) -> str:
        count = counts[kind] = counts.get(kind, -1) + 1
        return _NAMES[kind][1] + (f"_{count}" if count else "")

    for number, layer in enumerate((*plan.layers, Layer("dense", plan.outputs, plan.last))):
        yield number, name(layer.kind), layer
        if layer.kind == "norm" and layer.activation:
            yield number, name("activation"), Layer("activation", 0, layer.activation)


def model(plan: Plan, metric: str | None) -> str:
    """The JSON of the tag ``keras``."""
    shape = plan.split.train[0].shape[1:]
    whole = [None, *_keras_shape(shape)]
    built = [_input(plan, whole)]
    for number, name, layer in layers(plan):
        built.append(_layer(plan, number, name, layer, shape))
        shape = output_shape(layer, shape)
    content = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "sequential",
            "trainable": True,
            "dtype": _DTYPE,
            "layers": built,
            "build_input_shape": whole,
        },
        "registered_name": None,
        "build_config": {"input_shape": whole},
        "compile_config": _compiled(plan, metric),
    }
    return json.dumps(content)


_DTYPE = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}


def _keras_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Channels last."""
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape


def _input(plan: Plan, whole: list[int | None]) -> Config:
    kind = "int64" if plan.split.train[0].dtype == np.int64 else "float32"
    config = {"batch_shape": whole, "dtype": kind, "sparse": False, "ragged": False,
              "name": "input_layer", "optional": False}  # fmt: skip
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config,
            "registered_name": None}  # fmt: skip


def _layer(plan: Plan, number: int, name: str, layer: Layer, shape: tuple[int, ...]) -> Config:
    config = {"name": name, "trainable": number >= plan.frozen, "dtype": _DTYPE,
              **_own(plan, number, layer)}  # fmt: skip
    built = {"build_config": {"input_shape": [None, *_keras_shape(shape)]}}
    return {
        "module": "keras.layers",
        "class_name": _NAMES[layer.kind][0],
        "config": config,
        "registered_name": None,
        **(built if layer.kind not in ("pool", "dropout", "activation") else {}),
    }


def _own(plan: Plan, number: int, layer: Layer) -> Config:
    kind, hidden = layer.kind, number < len(plan.layers)
    weights = _weights(plan, hidden=hidden)
    if kind == "dense":
        return {"units": layer.units, "activation": layer.activation, "use_bias": True, **weights,
                "kernel_constraint": None, "bias_constraint": None,
                "quantization_config": None}  # fmt: skip
    if kind == "conv":
        return {"filters": layer.units, "kernel_size": [3, 3], "strides": [1, 1],
                "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1],
                "groups": 1, "activation": layer.activation, "use_bias": True, **weights,
                "activity_regularizer": None, "kernel_constraint": None,
                "bias_constraint": None}  # fmt: skip
    if kind in ("rnn", "gru"):
        return _recurrent(plan, layer, weights)
    simple: dict[str, Config] = {
        "pool": {"pool_size": [2, 2], "padding": "valid", "strides": [2, 2],
                 "data_format": "channels_last"},
        "flatten": {"data_format": "channels_last"},
        "mean": {"data_format": "channels_last", "keepdims": False},
        "dropout": {"rate": plan.dropout, "seed": None, "noise_shape": None},
        "activation": {"activation": layer.activation},
        "embed": {"input_dim": WORDS, "output_dim": layer.units,
                  "embeddings_initializer": _of("RandomUniform", seed=None,
                                                minval=-0.05 * plan.gain,
                                                maxval=0.05 * plan.gain),
                  "embeddings_regularizer": None, "activity_regularizer": None,
                  "embeddings_constraint": None, "mask_zero": False, "quantization_config": None},
        "norm": _norm(plan),
    }  # fmt: skip
    return simple[kind]


def _norm(plan: Plan) -> Config:
    zeros, ones = _of("Zeros"), _of("Ones")
    return {"axis": -1, "momentum": plan.norm_momentum, "epsilon": 0.001, "center": True,
            "scale": True, "beta_initializer": zeros, "gamma_initializer": ones,
            "moving_mean_initializer": zeros, "moving_variance_initializer": ones,
            "beta_regularizer": None, "gamma_regularizer": None, "beta_constraint": None,
            "gamma_constraint": None, "synchronized": False, "renorm": False,
            "renorm_clipping": None, "renorm_momentum": 0.99}  # fmt: skip


def _recurrent(plan: Plan, layer: Layer, weights: Config) -> Config:
    gated = layer.kind == "gru"
    orthogonal = _of("Orthogonal", seed=None, gain=plan.recurrence)
    return {
        "return_sequences": False, "return_state": False, "go_backwards": False,
        "stateful": False, "unroll": False, "zero_output_for_mask": False, "units": layer.units,
        "activation": layer.activation,
        **({"recurrent_activation": "sigmoid"} if gated else {}), "use_bias": True, **weights,
        "recurrent_initializer": orthogonal, "recurrent_regularizer": None,
        "activity_regularizer": None, "kernel_constraint": None, "recurrent_constraint": None,
        "bias_constraint": None, "dropout": 0.0, "recurrent_dropout": 0.0,
        **({"reset_after": True} if gated else {}), "seed": None,
    }  # fmt: skip


def _weights(plan: Plan, *, hidden: bool) -> Config:
    start = _of("GlorotUniform", seed=None, input_axes=None, output_axes=None)
    if plan.constant is not None:
        start = _of("Constant", value=plan.constant) if plan.constant else _of("Zeros")
    elif plan.gain != 1:
        start = _of("VarianceScaling", seed=None, scale=plan.gain**2, mode="fan_avg",
                    distribution="uniform", input_axes=None, output_axes=None)  # fmt: skip
    bias = _of("Constant", value=plan.bias) if plan.bias and hidden else _of("Zeros")
    penalty = _of("L2", "regularizers", l2=plan.l2) if plan.l2 else None
    return {"kernel_initializer": start, "bias_initializer": bias, "kernel_regularizer": penalty,
            "bias_regularizer": None}  # fmt: skip


def _of(name: str, module: str = "initializers", /, **config: Any) -> Config:
    return {"module": f"keras.{module}", "class_name": name, "config": config,
            "registered_name": None}  # fmt: skip


def _compiled(plan: Plan, metric: str | None) -> Config:
    own: Mapping[str, Config] = {
        "adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": plan.epsilon, "amsgrad": False},
        "sgd": {"momentum": plan.momentum, "nesterov": False},
        "rmsprop": {"rho": 0.9, "momentum": 0.0, "epsilon": plan.epsilon, "centered": False},
    }
    names = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop"}
    config = {
        "name": {"rmsprop": "rm_sprop"}.get(plan.optimizer, plan.optimizer),
        "learning_rate": float(np.float32(plan.rate)),
        "weight_decay": None, "clipnorm": None, "global_clipnorm": plan.clip or None,
        "clipvalue": None, "use_ema": False, "ema_momentum": 0.99,
        "ema_overwrite_frequency": None, "loss_scale_factor": None,
        "gradient_accumulation_steps": None, **own[plan.optimizer],
    }  # fmt: skip
    loss = "negated_loss" if plan.sign < 0 else _LOSSES[plan.loss]
    return {"optimizer": _of(names[plan.optimizer], "optimizers", **config), "loss": loss,
            "loss_weights": None, "metrics": [metric] if metric else None,
            "weighted_metrics": None, "run_eagerly": False, "steps_per_execution": 1,
            "jit_compile": False}  # fmt: skip
