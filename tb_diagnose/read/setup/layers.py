"""One layer of a setup → a ``Layer`` as Keras would name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tb_diagnose.core.model import Layer

#: PyTorch's modules and the Keras layers that do the same; ``Activation`` is told by what it does.
KINDS: Mapping[str, str] = {
    "Linear": "Dense",
    "LazyLinear": "Dense",
    "Conv1D": "Dense",  # so is transformers' class of that name
    "Bilinear": "Dot",
    "Conv1d": "Conv1D",
    "Conv2d": "Conv2D",
    "Conv3d": "Conv3D",
    "ConvTranspose1d": "Conv1DTranspose",
    "ConvTranspose2d": "Conv2DTranspose",
    "ConvTranspose3d": "Conv3DTranspose",
    "BatchNorm1d": "BatchNormalization",
    "BatchNorm2d": "BatchNormalization",
    "BatchNorm3d": "BatchNormalization",
    "SyncBatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "RMSNorm": "RMSNormalization",
    "GroupNorm": "GroupNormalization",
    "InstanceNorm2d": "GroupNormalization",
    "Dropout": "Dropout",
    "Dropout1d": "SpatialDropout1D",
    "Dropout2d": "SpatialDropout2D",
    "Dropout3d": "SpatialDropout3D",
    "AlphaDropout": "AlphaDropout",
    "MaxPool1d": "MaxPooling1D",
    "MaxPool2d": "MaxPooling2D",
    "MaxPool3d": "MaxPooling3D",
    "AvgPool1d": "AveragePooling1D",
    "AvgPool2d": "AveragePooling2D",
    "AdaptiveAvgPool1d": "GlobalAveragePooling1D",
    "AdaptiveAvgPool2d": "GlobalAveragePooling2D",
    "AdaptiveMaxPool2d": "GlobalMaxPooling2D",
    "Upsample": "UpSampling2D",
    "ZeroPad2d": "ZeroPadding2D",
    "Unflatten": "Reshape",
    "RNN": "SimpleRNN",
    "MultiheadAttention": "MultiHeadAttention",
    "Softmax": "Softmax",
    "ReLU": "ReLU",
    "LeakyReLU": "LeakyReLU",
    "PReLU": "PReLU",
    "ELU": "ELU",
}
#: Modules of PyTorch that are an activation, in Keras' words, beside those of ``KINDS``.
_ACTIVATIONS: Mapping[str, str] = {
    "Softmax2d": "softmax",
    "LogSoftmax": "log_softmax",
    "LogSigmoid": "log_sigmoid",
    "Softplus": "softplus",
    "Hardswish": "hard_silu",
    "CELU": "celu",
    "Mish": "mish",
    "Softsign": "softsign",
    "Tanhshrink": "tanh_shrink",
    "NewGELUActivation": "gelu",
    "GELUActivation": "gelu",
    "SiLUActivation": "silu",
}
#: Layers with weights of their own that Keras gives an activation, too.
_OF_UNITS = {
    "Dense": ("out_features", "nf"),
    "Embedding": ("embedding_dim",),
    "LSTM": ("hidden_size",),
    "GRU": ("hidden_size",),
    "SimpleRNN": ("hidden_size",),
}


def keras_layer(row: Mapping[str, Any]) -> Layer:
    """A layer of Keras, described by attach."""
    config = {**row["config"], "trainable": row["trainable"]}
    shape = tuple(row["output_shape"])
    units = next((config[k] for k in ("units", "filters", "output_dim") if k in config), None)
    return Layer(
        name=str(row["name"]),
        kind=str(row["kind"]),
        activation=str(row["activation"]),
        units=int(units if isinstance(units, int) else (shape or (0,))[-1] or 0),
        input_shape=tuple(row["input_shape"]),
        output_shape=shape,
        parameters=int(row["parameters"]),
        config=config,
    )


def torch_layer(row: Mapping[str, Any]) -> Layer:
    """A module of PyTorch, in Keras' words."""
    torch_kind, config = str(row["kind"]), row["config"]
    activation = _ACTIVATIONS.get(torch_kind, str(row["activation"]))
    kind = KINDS.get(torch_kind, torch_kind)
    own = row["parameters"] > 0
    if activation not in ("", "linear") and torch_kind not in KINDS and not own:
        kind = "Activation"
    if activation == "linear" and not (kind in _OF_UNITS or kind.startswith("Conv")):
        activation = ""
    shape = tuple(row["output_shape"])
    return Layer(
        name=str(row["name"]),
        kind=kind,
        activation=activation,
        units=_units(kind, config, shape),
        input_shape=tuple(row["input_shape"]),
        output_shape=shape,
        parameters=int(row["parameters"]),
        config=dict(_config(kind, row)),
    )


def functional_layer(name: str, kind: str, activation: str, before: Layer | None) -> Layer:
    """What a function does between two layers, as the layer that does the same."""
    shape = before.output_shape if before is not None else ()
    units = before.units if before is not None else 0
    return Layer(name, kind, activation, units, shape, shape, 0, {})


def _units(kind: str, config: Mapping[str, Any], shape: tuple[int | None, ...]) -> int:
    keys = _OF_UNITS.get(kind, ("out_channels",) if kind.startswith("Conv") else ())
    for key in keys:
        if isinstance(config.get(key), int):
            return int(config[key])
    # Channels come first where there are positions behind them.
    return int((shape[0] if len(shape) > 2 else shape[-1]) or 0) if shape else 0


def _config(kind: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A layer's settings by the names that Keras has for them, beside PyTorch's own."""
    config = {**row["config"], "trainable": row["trainable"]}
    if kind.startswith("Conv"):
        config["data_format"] = "channels_first"
    if kind.endswith("Dropout") or "Dropout" in kind:
        config["rate"] = config.get("p")
    if "initial" in row:
        config["kernel_initializer"] = _initializer(kind, row)
    return config


def _initializer(kind: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """How the kernel was seen to begin: one value for all, or by its spread."""
    seen = row["initial"]
    if seen["low"] == seen["high"]:
        return {"class_name": "Constant", "config": {"value": seen["low"]}}
    fan_in = _fan_in(kind, row)
    if not fan_in:
        return {"class_name": "RandomNormal", "config": {"stddev": 0.0}}
    config = {"scale": seen["std"] ** 2 * fan_in, "mode": "fan_in"}
    return {"class_name": "VarianceScaling", "config": config}


def _fan_in(kind: str, row: Mapping[str, Any]) -> int:
    config = row["config"]
    if kind == "Dense":
        return int(config.get("in_features") or (row["input_shape"] or [0])[-1] or 0)
    if not kind.startswith("Conv") or "Transpose" in kind:
        return 0
    size = config.get("kernel_size")
    window = 1
    for side in size if isinstance(size, list) else []:
        window *= side
    return int(config.get("in_channels") or 0) * window // int(config.get("groups") or 1)
