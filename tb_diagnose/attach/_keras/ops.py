"""``Ops`` for Keras: what all its back ends share, and the choice of the one that runs."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from tb_diagnose.attach.core.ops import Axes, Tensor


class KerasOps:
    """Operations of Keras' current back end.

    ``compiled`` says that XLA compiles the step: then what is measured goes through an optimization
    barrier, or XLA fuses the statistics into the step and rounds the step differently.
    """

    #: How many replicas share a step.
    replicas = 1

    def __init__(self, *, compiled: bool) -> None:
        self.compiled = compiled

    def scope(self) -> Any:
        """What is being traced just now; tensors of an inner loop or branch cannot leave it."""
        return None

    def read(self, variable: Any) -> Tensor:
        """A variable's value as it stands: what is assigned to it later does not change it."""
        return variable.value

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        return [keras.ops.stop_gradient(tensor) for tensor in tensors]

    def shape(self, x: Tensor) -> tuple[int | None, ...]:
        return tuple(x.shape)

    def count(self, x: Tensor) -> Tensor:
        return keras.ops.cast(keras.ops.shape(x)[0], "float32")

    def dtype(self, x: Tensor) -> str:
        return str(keras.backend.standardize_dtype(x.dtype))

    def floats(self, x: Tensor) -> Tensor:
        return keras.ops.cast(x, "float32")

    def integers(self, x: Tensor) -> Tensor:
        return keras.ops.cast(x, "int32")

    def bits(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def constant(self, values: Any, dtype: str) -> Tensor:
        return keras.ops.convert_to_tensor(np.asarray(values, dtype))

    def finite(self, x: Tensor) -> Tensor:
        return keras.ops.isfinite(x)

    def sum(self, x: Tensor, axis: Axes = None) -> Tensor:
        return keras.ops.sum(x, axis=axis)

    def mean(self, x: Tensor, axis: Axes = None) -> Tensor:
        return keras.ops.mean(x, axis=axis)

    def low(self, x: Tensor, axis: Axes = None) -> Tensor:
        return keras.ops.min(x, axis=axis)

    def high(self, x: Tensor, axis: Axes = None) -> Tensor:
        return keras.ops.max(x, axis=axis)

    def root(self, x: Tensor) -> Tensor:
        return keras.ops.sqrt(x)

    def clipped(self, x: Tensor, limit: float) -> Tensor:
        return keras.ops.clip(x, -limit, limit)

    def largest(self, x: Tensor) -> Tensor:
        return keras.ops.argmax(x, axis=-1)

    def reshape(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        return keras.ops.reshape(x, shape)

    def stack(self, scalars: Sequence[Tensor]) -> Tensor:
        return keras.ops.stack(list(scalars))

    def join(self, vectors: Sequence[Tensor]) -> Tensor:
        return keras.ops.concatenate(list(vectors))

    def quantiles(self, x: Tensor, probabilities: Sequence[float]) -> Tensor:
        q = keras.ops.convert_to_tensor(np.asarray(probabilities, np.float32))
        return keras.ops.quantile(x, q, method="nearest")

    def summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        return list(tensors)

    def gathered(self, vector: Tensor) -> Tensor:
        return vector


def backend() -> Any:
    """The module of Keras' current back end. Raises ImportError for one that has none."""
    name = keras.backend.backend()
    if name not in ("tensorflow", "jax", "torch"):
        raise ImportError(f"Keras on {name} does not train; set KERAS_BACKEND=tensorflow")
    return importlib.import_module(f"tb_diagnose.attach._keras.{name}")
