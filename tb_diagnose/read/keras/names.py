"""Canonical names of what Keras configurations write in many ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "rmse": "root_mean_squared_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity",
    "cosine": "cosine_similarity",
    "acc": "accuracy",
    "mean_io_u": "mean_iou",
    "swish": "silu",
    "softmax_v2": "softmax",
    "relu_v2": "relu",
    "p_re_lu": "prelu",
    "<lambda>": "lambda",
    "__lambda__": "lambda",
}
#: Classes that only hold a function, and where in their configuration it stands.
_HOLDERS = {
    "function": "",
    "LossFunctionWrapper": "fn",
    "MeanMetricWrapper": "fn",
    "SumOverBatchSizeMetricWrapper": "fn",
}
_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
    "ThresholdedReLU": "thresholded_relu",
}


def canonical(value: Any) -> str:
    """``mean_squared_error`` for ``mse``, ``MSE``, ``MeanSquaredError``, and their dict forms.

    A function of the user keeps its own name; a lambda is ``lambda``; ``""`` where there is none.
    """
    if isinstance(value, str):
        name = _snake(value.rpartition(">")[2])
        return _ALIASES.get(name, name)
    if isinstance(value, Mapping):
        kind, config = value.get("class_name"), value.get("config")
        if kind in _HOLDERS:
            key = _HOLDERS[str(kind)]
            inner = config.get(key or "name") if isinstance(config, Mapping) else config
            return canonical(inner or "")
        return canonical(kind or "")
    return ""


def activation(kind: str, config: Mapping[str, Any]) -> str:
    """Of a layer: ``linear`` where it could have one but has none, ``""`` where it could not."""
    if kind in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[kind]
    if "activation" not in config:
        inner = config.get("layer")
        if isinstance(inner, Mapping):
            return activation(str(inner.get("class_name", "")), config_of(inner))
        return ""
    given = config["activation"]
    if isinstance(given, Mapping) and given.get("class_name") in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[str(given["class_name"])]
    return canonical(given) or "linear"


def config_of(item: Any) -> Mapping[str, Any]:
    """The ``config`` of a serialized object, empty where it has none."""
    config = item.get("config") if isinstance(item, Mapping) else None
    return config if isinstance(config, Mapping) else {}


def _snake(name: str) -> str:
    """``MeanSquaredError`` → ``mean_squared_error``; names in capitals only are lowered."""
    if name.isupper() or not re.search("[A-Z]", name):
        return name.lower()
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
