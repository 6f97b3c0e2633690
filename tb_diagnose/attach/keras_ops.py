"""``Ops`` for Keras, on whichever back end it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from tb_diagnose.attach.ops import Axes, Tensor


class KerasOps:
    """Operations of Keras' current back end.

    ``compiled`` says that XLA compiles the step: then what is measured goes through an optimisation
    barrier, or XLA fuses the statistics into the step and rounds the step differently.
    """

    def __init__(self, *, compiled: bool) -> None:
        self.compiled = compiled
        self.backend = keras.backend.backend()

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        dense = [keras.ops.stop_gradient(_dense(each)) for each in tensors]
        if not self.compiled or not dense:
            return dense
        if self.backend == "jax":
            import jax

            return list(jax.lax.optimization_barrier(dense))
        from tensorflow.compiler.tf2xla.python import xla

        return list(xla.optimization_barrier(*dense))

    def read(self, variable: Any) -> Tensor:
        """A variable's value as it stands: what is assigned to it later does not change it."""
        value = variable.value if isinstance(variable, keras.Variable) else variable
        if self.backend == "tensorflow":
            import tensorflow as tf

            return tf.identity(value)
        return value.detach().clone() if self.backend == "torch" else value

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
        if self.backend == "jax":
            import jax

            return jax.lax.bitcast_convert_type(x, "int32")
        if self.backend == "torch":
            import torch

            return x.contiguous().view(torch.int32)
        import tensorflow as tf

        return tf.bitcast(x, tf.int32)

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
        replicas = self._replicas()
        if replicas is None or not tensors:
            return list(tensors)
        return list(replicas.all_reduce("SUM", list(tensors)))

    def gathered(self, vector: Tensor) -> Tensor:
        replicas = self._replicas()
        return vector if replicas is None else replicas.all_gather(vector[None], axis=0)

    def _replicas(self) -> Any:
        """TensorFlow's replica context where several replicas share the step."""
        if self.backend != "tensorflow":
            return None
        import tensorflow as tf

        context = tf.distribute.get_replica_context()
        return context if context and context.num_replicas_in_sync > 1 else None


def _dense(x: Tensor) -> Tensor:
    """A gradient given as slices (an embedding's) in full."""
    if type(x).__name__ != "IndexedSlices":
        return x
    import tensorflow as tf

    return tf.convert_to_tensor(x)
