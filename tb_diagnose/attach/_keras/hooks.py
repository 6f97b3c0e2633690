"""What is listened to in a Keras model while one of its steps is traced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import keras

from tb_diagnose.attach._keras import names
from tb_diagnose.attach._keras.targets import compiled_loss, targets
from tb_diagnose.attach.core.patches import Patches, Wrap
from tb_diagnose.attach.core.recorder import Recorder


class KerasPatches:
    """Hooks on a model's layers, its loss and its optimizers; only on its loss if not ``whole``."""

    def __init__(
        self, model: Any, optimizers: Sequence[Any] | None = None, *, whole: bool = True
    ) -> None:
        self._model, self._whole = model, whole
        self._optimizers = optimizers
        self._hooks = Patches()

    @contextmanager
    def recording(self, recorder: Recorder) -> Iterator[Recorder]:
        """The model reports to ``recorder`` within."""
        recorder.scope = recorder.ops.scope()
        with self._hooks.recording(recorder, self._wraps):
            yield recorder

    def _wraps(self) -> list[tuple[Any, str, Wrap]]:
        active = self._active_recorder
        found: list[tuple[Any, str, Wrap]] = []
        if hasattr(self._model, "compute_loss"):
            found.append((self._model, "compute_loss", partial(_loss, active, self._model)))
        if not self._whole:
            return found
        found.append((self._model, "call", partial(_result, active)))
        for path, layer in names.walk(self._model):
            if names.measured(layer):
                found.append((layer, "call", partial(_output, active, path, layer)))
        optimizers = self._optimizers
        if optimizers is None:
            optimizers = names.optimizers(self._model)
        return found + [
            (optimizer, "apply", partial(_apply, active, optimizer)) for optimizer in optimizers
        ]

    def _active_recorder(self) -> Recorder | None:
        """This thread's recorder, unless a loop or a branch is traced: its tensors cannot leave."""
        recorder = self._hooks.recorder
        return recorder if recorder and recorder.ops.scope() is recorder.scope else None


Heard = Callable[[], Recorder | None]


def _output(active: Heard, path: str, layer: Any, original: Any) -> Any:
    kind, activation, axis = type(layer).__name__, names.activation(layer), names.unit_axis(layer)

    @wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        y = original(*arguments, **named)
        if (recorder := active()) is not None:
            whole = y[0] if isinstance(y, tuple | list) and y else y
            if keras.ops.is_tensor(whole):
                recorder.output(path, kind, activation, whole, axis)
        return y

    return call


def _result(active: Heard, original: Any) -> Any:
    @wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        y = original(*arguments, **named)
        if (recorder := active()) is not None:
            recorder.result = y
        return y

    return call


def _loss(active: Heard, model: Any, original: Any) -> Any:
    @wraps(original)
    def compute_loss(*arguments: Any, **named: Any) -> Any:
        loss = original(*arguments, **named)
        if (recorder := active()) is not None and not recorder.has("loss"):
            passed = dict(zip(("x", "y", "y_pred"), arguments, strict=False)) | named
            # Each replica's loss is divided by their number.
            recorder.loss(loss * recorder.ops.replicas if recorder.ops.replicas > 1 else loss)
            targets(recorder, compiled_loss(model), passed.get("y"), passed.get("y_pred"))
        return loss

    return compute_loss


def _apply(active: Heard, optimizer: Any, original: Any) -> Any:
    inner = names.innermost(optimizer)

    @wraps(original)
    def apply(grads: Any, trainable_variables: Any = None) -> Any:
        recorder = active()
        if recorder is None:
            return original(grads, trainable_variables)
        grads = list(grads)
        variables = list(trainable_variables or inner._trainable_variables)  # noqa: SLF001
        scale = _scale(optimizer)
        before = [recorder.ops.read(variable) for variable in variables]
        result = original(grads, trainable_variables)
        after = [recorder.ops.read(variable) for variable in variables]
        paths = [variable.path for variable in variables]
        clipvalue = getattr(inner, "clipvalue", None)
        fused = _fused(recorder, inner)
        seen = _norms(recorder, inner, grads) if fused else grads
        options = {"scale": scale, "clipvalue": clipvalue, "norms": fused}
        recorder.weights(paths, seen, before, after, **options)
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            recorder.numbers("loss scale", scale)
        return result

    return apply


def _fused(recorder: Recorder, optimizer: Any) -> bool:
    """Whether XLA fuses the gradients with a clipping by their norm.

    It then rounds the clipping differently where they are also wanted elsewhere, barrier or not.
    """
    limits = ("clipnorm", "global_clipnorm")
    return recorder.ops.compiled and any(getattr(optimizer, limit, None) for limit in limits)


def _norms(recorder: Recorder, optimizer: Any, grads: list[Any]) -> list[Any]:
    """The gradients' norms as the clipping computes them anyway.

    Told in the words that Keras uses for the clipping, XLA finds them to be the same computation,
    and nothing else is wanted of the gradients. Replicas' norms do not add up.
    """
    if recorder.ops.replicas > 1:
        recorder.skip("gradients: XLA compiles them into one with the clipping by their norm")
        return [None] * len(grads)
    each_alone = bool(getattr(optimizer, "clipnorm", None))
    sums = [
        None if g is None else keras.ops.sum(keras.ops.square(g), None, keepdims=each_alone)
        for g in grads
    ]
    return [None if squares is None else keras.ops.reshape(squares, ()) for squares in sums]


def _scale(optimizer: Any) -> Any:
    """What this step's loss was multiplied by, None if by nothing; read before it changes."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        if not optimizer.built:
            return optimizer.initial_scale
        return keras.ops.convert_to_tensor(optimizer.dynamic_scale)
    return getattr(optimizer, "loss_scale_factor", None)
