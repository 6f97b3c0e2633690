"""How a Keras layer's weights begin and what holds them down, from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod, sqrt
from typing import Any

from tb_diagnose.core.model import Layer

#: Initialisers that give every weight the same value.
CONSTANT = ("Constant", "Zeros", "Ones")
#: What is left of the standard deviation of a normal distribution cut off at 2 deviations.
TRUNCATED = 0.88
#: Initialiser → its variance times fan-in, fan-out or their mean.
_SCALED = {
    "GlorotUniform": (1.0, "fan_avg"),
    "GlorotNormal": (1.0, "fan_avg"),
    "HeNormal": (2.0, "fan_in"),
    "HeUniform": (2.0, "fan_in"),
    "LecunNormal": (1.0, "fan_in"),
    "LecunUniform": (1.0, "fan_in"),
}


def initializer(layer: Layer) -> tuple[str, Mapping[str, Any]]:
    """Class name and configuration of a kernel's initialiser; ``("", {})`` if unknown."""
    return _part(layer, "kernel_initializer")


def constant(layer: Layer) -> float | None:
    """The one value that all weights of a kernel begin at, None where they differ."""
    name, config = initializer(layer)
    if name not in CONSTANT:
        return None
    return {"Zeros": 0.0, "Ones": 1.0}.get(name, _number(config.get("value")))


def initial_bias(layer: Layer) -> float:
    """The one value that all biases of a layer begin at; 0 where they differ or it is unknown."""
    name, config = _part(layer, "bias_initializer")
    return {"Ones": 1.0, "Constant": _number(config.get("value"))}.get(name, 0.0)


def fixed_std(layer: Layer) -> float:
    """Standard deviation of an initialiser that does not look at the fan-in, 0 for others."""
    name, config = initializer(layer)
    if name == "RandomNormal":
        return _number(config.get("stddev"))
    if name == "TruncatedNormal":
        return TRUNCATED * _number(config.get("stddev"))
    if name == "RandomUniform":
        return (_number(config.get("maxval")) - _number(config.get("minval"))) / sqrt(12)
    return 0.0


def odd_std(layer: Layer, factor: float) -> float:
    """Standard deviation under a variance scaling that is ``factor`` times off Glorot's, or 0."""
    name, config = initializer(layer)
    scale = _number(config.get("scale"))
    odd = name == "VarianceScaling" and not 1 / factor <= scale <= factor
    return initial_std(layer) if odd else 0.0


def initial_std(layer: Layer) -> float:
    """Standard deviation that a kernel begins with, 0 if unknown."""
    name, config = initializer(layer)
    scale, mode = _SCALED.get(name, (0.0, ""))
    if name == "VarianceScaling":
        scale, mode = _number(config.get("scale")), str(config.get("mode", "fan_in"))
    into, out = fan_in(layer), _window(layer) * layer.units
    fan = {"fan_in": into, "fan_out": out, "fan_avg": (into + out) / 2}.get(mode, 0)
    return sqrt(scale / fan) if fan and into else fixed_std(layer)


def fan_in(layer: Layer) -> int:
    """How many inputs each unit of a dense or convolutional layer weighs, 0 if unknown."""
    first = layer.config.get("data_format") == "channels_first"
    channels = layer.input_shape[0 if first else -1] if layer.input_shape else None
    groups = layer.config.get("groups")
    parts = groups if isinstance(groups, int) and groups > 0 else 1
    return int(channels or 0) * _window(layer) // parts


def _part(layer: Layer, key: str) -> tuple[str, Mapping[str, Any]]:
    given = layer.config.get(key)
    if not isinstance(given, Mapping):
        return "", {}
    config = given.get("config")
    return str(given.get("class_name", "")), config if isinstance(config, Mapping) else {}


def _window(layer: Layer) -> int:
    size = layer.config.get("kernel_size")
    return prod(size) if isinstance(size, list | tuple) else 1


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
