"""What a Keras model's loss says about its targets: how many classes, and each example's loss."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras

from tb_diagnose.attach._keras import names
from tb_diagnose.attach.core.recorder import Recorder


def compiled_loss(model: Any) -> Any:
    """What ``compile`` was given as loss; None where its parts are weighted."""
    weights = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    return getattr(model, "loss", None) if weights is None else None


def targets(recorder: Recorder, loss: Any, y: Any, y_pred: Any) -> None:
    """Record the labels and the loss of each example, as far as the loss allows."""
    recorder.attempt("targets", partial(_targets, recorder, loss, y, y_pred))


def _targets(recorder: Recorder, loss: Any, y: Any, y_pred: Any) -> None:
    labels, outputs = keras.tree.flatten(y), keras.tree.flatten(y_pred)
    if y is None or y_pred is None or len(labels) != len(outputs):
        recorder.skip("labels and the loss of each example: no targets belong to the outputs")
        return
    losses = _losses(loss, y_pred, len(outputs))
    if losses is None:
        recorder.skip("the loss of each example: no loss that compile() takes is known")
    else:
        pairs = zip(losses, labels, outputs, strict=True)
        recorder.examples_loss(lambda: sum(_examples(*pair) for pair in pairs))
    if len(labels) > 1:
        recorder.skip("labels: the model has several outputs")
    else:
        _labels(recorder, names.loss_name(loss), labels[0], outputs[0])


def _losses(loss: Any, y_pred: Any, outputs: int) -> list[Any] | None:
    """One loss per output, in the order of the flattened outputs; None if it cannot be told."""
    if isinstance(loss, dict):
        if not isinstance(y_pred, dict) or set(loss) != set(y_pred):
            return None
        return [loss[name] for name in sorted(y_pred)]
    if isinstance(loss, list | tuple):
        return list(loss) if len(loss) == outputs else None
    return None if loss is None else [loss] * outputs


def _examples(loss: Any, y: Any, y_pred: Any) -> Any:
    """[b] float32: the loss of each example, averaged over its positions."""
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    if isinstance(loss, type):
        loss = loss()
    y_pred = keras.ops.convert_to_tensor(y_pred)
    y = keras.ops.cast(y, y_pred.dtype)
    if isinstance(loss, keras.losses.Loss):
        losses = loss.call(y, y_pred)
    else:
        if len(y_pred.shape) - len(y.shape) == 1 and y_pred.shape[-1] == 1:
            y_pred = keras.ops.squeeze(y_pred, -1)
        elif len(y.shape) - len(y_pred.shape) == 1 and y.shape[-1] == 1:
            y = keras.ops.squeeze(y, -1)
        losses = loss(y, y_pred)
    if len(losses.shape) == 0:
        raise ValueError("the loss gives one number for the whole batch")
    return keras.ops.mean(keras.ops.reshape(losses, (keras.ops.shape(losses)[0], -1)), axis=1)


def _labels(recorder: Recorder, loss: str, y: Any, y_pred: Any) -> None:
    outputs = y_pred.shape[-1] or 0
    if "sparse" in loss:
        recorder.labels(y, outputs)
    elif "binary" in loss and outputs == 1:
        recorder.labels(y > 0.5, 2)
    elif "categorical" in loss:
        recorder.labels(y, outputs, one_hot=True)
    elif not loss and "int" in keras.backend.standardize_dtype(y.dtype) and outputs > 1:
        recorder.labels(y, outputs)
    else:
        recorder.labels(y, 0)
