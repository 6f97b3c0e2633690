"""How a Keras model was compiled: losses, optimizer, metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tb_diagnose.core.model import Loss, Optimizer
from tb_diagnose.read.keras.names import canonical, config_of

Compiled = tuple[tuple[Loss, ...], Optimizer | None, tuple[str, ...]]


def compiled(model: Mapping[str, Any], outputs: Sequence[str]) -> Compiled:
    """Losses, optimizer and metrics; empty, None and empty where the log does not say.

    ``outputs`` names the outputs that a list of losses goes with.
    """
    config = model.get("compile_config") or model.get("training_config")
    if not isinstance(config, Mapping):
        return (), None, ()
    losses = tuple(_losses(config.get("loss"), outputs))
    optimizer = _optimizer(config.get("optimizer") or config.get("optimizer_config"))
    metrics = [*_metrics(config.get("metrics")), *_metrics(config.get("weighted_metrics"))]
    return losses, optimizer, tuple(dict.fromkeys(metrics))


def _losses(value: Any, outputs: Sequence[str]) -> Iterator[Loss]:
    if isinstance(value, list):
        names = outputs if len(outputs) == len(value) > 1 else [""] * len(value)
        for each, output in zip(value, names, strict=True):
            yield from _loss(each, output)
    elif isinstance(value, Mapping) and not isinstance(value.get("class_name"), str):
        for output, each in value.items():
            yield from _loss(each, str(output))
    else:
        yield from _loss(value, "")


def _loss(value: Any, output: str) -> Iterator[Loss]:
    name = canonical(value[0] if isinstance(value, list) and value else value)
    if name:
        config = config_of(value)
        yield Loss(name, bool(config.get("from_logits", False)), output, dict(config))


def _optimizer(value: Any) -> Optimizer | None:
    if isinstance(value, str) and value:
        return Optimizer(value.lower(), None, None, {})
    if not isinstance(value, Mapping) or not value.get("class_name"):
        return None
    config = config_of(value)
    inner = config.get("inner_optimizer") or config.get("optimizer")
    if isinstance(inner, Mapping) and inner.get("class_name"):
        return _optimizer(inner)
    rate = config.get("learning_rate", config.get("lr"))
    name = str(value["class_name"]).rpartition(">")[2].lower()
    if isinstance(rate, Mapping):
        return Optimizer(name, None, dict(rate), dict(config))
    return Optimizer(name, _as_typed(rate), None, dict(config))


def _as_typed(rate: Any) -> float | None:
    """0.001 for 0.0010000000474974513: float32 is how Keras keeps what was typed."""
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        return None
    with np.errstate(over="ignore"):
        single = np.float32(rate)
    return float(str(single)) if float(single) == float(rate) else float(rate)


def _metrics(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _metrics(each)
    elif isinstance(value, Mapping) and not isinstance(value.get("class_name"), str):
        yield from _metrics(list(value.values()))
    elif name := canonical(value):
        yield name
