"""Keras on TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from tb_diagnose.attach._keras.instrumented_step import InstrumentedStep
from tb_diagnose.attach._keras.ops import KerasOps
from tb_diagnose.attach.core.ops import Tensor

#: Keras waits for each step, so a step is over when ``on_train_batch_end`` is called.
SYNCHRONOUS = True


class Ops(KerasOps):
    """Operations of TensorFlow that Keras does not have."""

    @property
    def replicas(self) -> int:  # type: ignore[override]
        """How many replicas share a step."""
        return int(tf.distribute.get_strategy().num_replicas_in_sync)

    def scope(self) -> Any:
        return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()

    def read(self, variable: Any) -> Tensor:
        return tf.identity(variable.value if isinstance(variable, keras.Variable) else variable)

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        # A gradient given as slices, an embedding's, is wanted in full.
        dense = [tf.stop_gradient(tf.convert_to_tensor(tensor)) for tensor in tensors]
        if not self.compiled or not dense:
            return dense
        from tensorflow.compiler.tf2xla.python import xla  # it is no public name, so not earlier

        return list(xla.optimization_barrier(*dense))

    def bits(self, x: Tensor) -> Tensor:
        return tf.bitcast(x, tf.int32)

    def summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        context = tf.distribute.get_replica_context()
        if self.replicas == 1 or context is None or not tensors:
            return list(tensors)
        return list(context.all_reduce("SUM", list(tensors)))

    def gathered(self, vector: Tensor) -> Tensor:
        context = tf.distribute.get_replica_context()
        if self.replicas == 1 or context is None:
            return vector
        return context.all_gather(vector[None], axis=0)


__all__ = ["SYNCHRONOUS", "InstrumentedStep", "Ops"]
