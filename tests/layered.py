"""Layers, kernels and vitals by hand, in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tb_diagnose.core.model import Layer, Loss, ModelConfig
from tb_diagnose.core.run import Histograms, Vitals
from tb_diagnose.roles.weights import Kernel, kernels
from tests.cases import START, distribution


def dense(name: str, inputs: int, units: int, activation: str = "relu", **config: Any) -> Layer:
    """A Dense layer as Keras writes it."""
    size = (inputs + 1) * units
    return Layer(name, "Dense", activation, units, (inputs,), (units,), size, config)


def plain(name: str, kind: str, units: int = 64, activation: str = "", **config: Any) -> Layer:
    """A layer without weights, or one whose weights nobody counts."""
    return Layer(name, kind, activation, units, (units,), (units,), 0, config)


def initializer(kind: str, **config: Any) -> dict[str, Any]:
    """The part of a layer's configuration that says how its kernel begins."""
    return {"kernel_initializer": {"class_name": kind, "config": config}}


def stack(
    *layers: Layer, kind: str = "Sequential", loss: str = "mean_squared_error"
) -> ModelConfig:
    """A model of these layers, the last one being its output."""
    inputs = layers[0].input_shape
    return ModelConfig("net", kind, layers, layers[-1:], inputs, (Loss(loss),), None, ())


def weights(name: str, std: ArrayLike, count: int = 4096, mean: float = 0.0) -> Histograms:
    """One histogram of a kernel for each standard deviation in ``std``."""
    made = distribution(std, f"{name}/kernel/histogram", mean=mean)
    return replace(made, count=np.full(len(made), float(count)))


def moving(name: str, share: float, n: int = 10, kind: str = "kernel") -> Histograms:
    """A kernel that comes ``share`` of its size away from where it began, over n histograms."""
    made = distribution(np.linspace(1, 1 + share, n), f"{name}/{kind}/histogram")
    return replace(made, count=np.full(n, 4096.0))


def of(*histograms: Histograms, model: ModelConfig | None = None) -> tuple[Kernel, ...]:
    """The role ``kernels``."""
    return kernels(histograms, model)


def vitals(
    tag: str,
    rows: tuple[str, ...],
    columns: Mapping[str, ArrayLike],
    n: int = 10,
    folder: str = "train",
    **layout: Any,
) -> Vitals:
    """A table in which each column has one number, one a row, or one a step and row."""
    table = np.full((n, len(rows), len(columns)), np.nan, np.float32)
    for at, given in enumerate(columns.values()):
        table[:, :, at] = np.asarray(given, np.float32)
    return Vitals(
        f"diagnose/{tag}", folder, rows, tuple(columns), 50 * np.arange(n, dtype=np.int64),
        START + np.arange(n), table, {"v": 1, "kind": tag, **layout},
    )  # fmt: skip
