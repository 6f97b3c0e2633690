"""Keras on JAX: a step is a pure function, so what is measured must leave through its results."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any

import jax
import keras

from tb_diagnose.attach._keras import instrumented_step, names
from tb_diagnose.attach._keras.ops import KerasOps
from tb_diagnose.attach.core.ops import Tensor
from tb_diagnose.attach.core.patches import patched
from tb_diagnose.attach.core.recorder import Recorder

#: A callback that looks at the end of a step would make Keras wait for the device there.
SYNCHRONOUS = False


class Ops(KerasOps):
    """Operations of JAX that Keras does not have."""

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        detached = super().barrier(tensors)
        return list(jax.lax.optimization_barrier(detached)) if detached else detached

    def bits(self, x: Tensor) -> Tensor:
        return jax.lax.bitcast_convert_type(x, "int32")


class InstrumentedStep(instrumented_step.InstrumentedStep):
    """Carries statistics out of the differentiated function beside its auxiliary results."""

    def _step(self, base: Any) -> Any:
        def step(state: Any, data: Any) -> Any:
            recorder = self._recorder()
            with ExitStack() as stack:
                stack.enter_context(self._hooks.recording(recorder))
                if self.kind == "train":
                    for name, method in self._carriers(recorder):
                        stack.enter_context(patched(self.model, name, method))
                    optimizer = self.model.optimizer
                    apply = _apply(recorder, optimizer)
                    stack.enter_context(patched(optimizer, "stateless_apply", apply))
                logs, state = base(state, data)
            self._finish(recorder, data)
            return {"logs": logs, "diagnose": self._numbers(recorder)}, state

        return step

    def _carriers(self, recorder: Recorder) -> list[tuple[str, Any]]:
        loss, metrics = self.model.compute_loss_and_updates, self.model._update_metrics_variables  # noqa: SLF001

        @wraps(loss)
        def compute_loss_and_updates(*arguments: Any, **named: Any) -> Any:
            value, (unscaled, y_pred, *rest) = loss(*arguments, **named)
            carried = [part for _, part in recorder.parts]
            return value, (unscaled, (y_pred, carried), *rest)

        @wraps(metrics)
        def update(variables: Any, unscaled: Any, x: Any, y: Any, y_pred: Any, weight: Any) -> Any:
            y_pred, carried = y_pred
            segments = [segment for segment, _ in recorder.parts[: len(carried)]]
            # What stateless_apply recorded meanwhile stands behind.
            recorder.parts[: len(carried)] = list(zip(segments, carried, strict=True))
            return metrics(variables, unscaled, x, y, y_pred, weight)

        return [
            ("compute_loss_and_updates", compute_loss_and_updates),
            ("_update_metrics_variables", update),
        ]

    def _attempt(self, state: Any, iterator: Any) -> Any:
        # The data is taken here: a step that cannot be traced must not cost the training a batch.
        taken = list(itertools.islice(iterator, self.model.steps_per_execution))
        return self._call(
            lambda state: self._function(state, iter(taken)),
            lambda state: self.plain(state, iter(taken)),
            state,
        )

    def _unpacked(self, result: Any) -> Any:
        logs, state = result
        return super()._unpacked(logs), state


def _apply(recorder: Recorder, optimizer: Any) -> Any:
    original, inner = optimizer.stateless_apply, names.innermost(optimizer)

    @wraps(original)
    def stateless_apply(variables: Any, grads: Any, trainable: Any) -> Any:
        result = original(variables, grads, trainable)
        scale = getattr(optimizer, "loss_scale_factor", None)
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            place = [variable is optimizer.dynamic_scale for variable in optimizer.variables].index(
                True
            )
            scale = variables[place]
        paths = [variable.path for variable in inner._trainable_variables]  # noqa: SLF001
        clipvalue = getattr(inner, "clipvalue", None)
        recorder.weights(paths, grads, trainable, result[0], scale=scale, clipvalue=clipvalue)
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            recorder.numbers("loss scale", scale)
        return result

    return stateless_apply
