"""How many weights a Keras layer holds, trained or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

Axis = int | None
Config = Mapping[str, Any]


def count(kind: str, config: Config, shape: tuple[Axis, ...] | None) -> int:
    """Number of weights of a layer of class ``kind``, -1 where it cannot be known."""
    if kind == "Embedding":
        return int(config["input_dim"]) * int(config["output_dim"])
    rule = _RULES.get(kind) or _of_family(kind)
    if rule is None or not shape:
        return -1
    try:
        return rule(config, shape)
    except _UnknownSizeError:
        return -1


class _UnknownSizeError(Exception):
    """A size that is needed is free."""


def _known(size: Axis) -> int:
    if size is None:
        raise _UnknownSizeError
    return size


def _channels(config: Config, shape: tuple[Axis, ...]) -> int:
    return _known(shape[0 if config.get("data_format") == "channels_first" else -1])


def _bias(config: Config) -> bool:
    return bool(config.get("use_bias", True))


def _kernel(config: Config, shape: tuple[Axis, ...]) -> int:
    size = config["kernel_size"]
    return int(size) ** (len(shape) - 1) if isinstance(size, int) else prod(map(int, size))


def _dense(config: Config, shape: tuple[Axis, ...]) -> int:
    return (_known(shape[-1]) + _bias(config)) * int(config["units"])


def _convolution(config: Config, shape: tuple[Axis, ...]) -> int:
    into = _channels(config, shape) // int(config.get("groups") or 1)
    return (_kernel(config, shape) * into + _bias(config)) * int(config["filters"])


def _depthwise(config: Config, shape: tuple[Axis, ...]) -> int:
    out = _channels(config, shape) * int(config.get("depth_multiplier", 1))
    return (_kernel(config, shape) + _bias(config)) * out


def _separable(config: Config, shape: tuple[Axis, ...]) -> int:
    between = _channels(config, shape) * int(config.get("depth_multiplier", 1))
    return _kernel(config, shape) * between + (between + _bias(config)) * int(config["filters"])


def _axes(config: Config, shape: tuple[Axis, ...]) -> int:
    """Number of elements along the axes that are normalized; they count the batch axis."""
    axis = config.get("axis", -1)
    axes = [axis] if isinstance(axis, int) else list(axis)
    return prod(_known(shape[each - 1 if each > 0 else each]) for each in axes)


def _scale_and_shift(config: Config, shape: tuple[Axis, ...]) -> int:
    each = bool(config.get("scale", True)) + bool(config.get("center", True))
    return each * _axes(config, shape)


def _batch_normalization(config: Config, shape: tuple[Axis, ...]) -> int:
    return _scale_and_shift(config, shape) + 2 * _axes(config, shape)


def _gated(config: Config, shape: tuple[Axis, ...], gates: int, biases: int) -> int:
    units = int(config["units"])
    return gates * units * (_known(shape[-1]) + units + (biases if _bias(config) else 0))


def _gru(config: Config, shape: tuple[Axis, ...]) -> int:
    return _gated(config, shape, 3, 2 if config.get("reset_after", True) else 1)


def _prelu(config: Config, shape: tuple[Axis, ...]) -> int:
    shared = [int(axis) - 1 for axis in config.get("shared_axes") or ()]
    return prod(1 if axis in shared else _known(size) for axis, size in enumerate(shape))


def _attention(config: Config, shape: tuple[Axis, ...]) -> int:
    """Self-attention: query, key and value have the same width."""
    if config.get("output_shape"):
        raise _UnknownSizeError
    width, heads, key = _known(shape[-1]), int(config["num_heads"]), int(config["key_dim"])
    value, bias = int(config.get("value_dim") or key), _bias(config)
    projections = (width + bias) * heads * (2 * key + value)
    return projections + (heads * value + bias) * width


_RULES: dict[str, Callable[[Config, tuple[Axis, ...]], int]] = {
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "SyncBatchNormalization": _batch_normalization,
    "LayerNormalization": _scale_and_shift,
    "GroupNormalization": _scale_and_shift,
    "RMSNormalization": _axes,
    "LSTM": lambda config, shape: _gated(config, shape, 4, 1),
    "CuDNNLSTM": lambda config, shape: _gated(config, shape, 4, 2),
    "GRU": _gru,
    "CuDNNGRU": lambda config, shape: _gated(config, shape, 3, 2),
    "SimpleRNN": lambda config, shape: _gated(config, shape, 1, 1),
    "PReLU": _prelu,
    "MultiHeadAttention": _attention,
    "Normalization": lambda _, shape: 2 * _known(shape[-1]) + 1,
}


def _of_family(kind: str) -> Callable[[Config, tuple[Axis, ...]], int] | None:
    families = (("Separable", _separable), ("Depthwise", _depthwise), ("Conv", _convolution))
    for mark, rule in families:
        if kind.startswith(mark) and "LSTM" not in kind:
            return rule
    return None
