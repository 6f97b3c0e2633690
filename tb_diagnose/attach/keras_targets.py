"""What a Keras model's loss says about its targets: how many classes, and each example's loss."""

from __future__ import annotations

from typing import Any

import keras

from tb_diagnose.attach import keras_names as names
from tb_diagnose.attach.recorder import Recorder


def targets(recorder: Recorder, model: Any, y: Any, y_pred: Any) -> None:
    """Record the labels and the loss of each example, as far as the compiled loss allows."""
    wanted, given = keras.tree.flatten(y), keras.tree.flatten(y_pred)
    if y is None or len(wanted) != len(given):
        recorder.skip(
            "labels and the loss of each example: the model has none that belong together"
        )
        return
    losses = _losses(model, y_pred, len(given))
    if losses is None:
        recorder.skip("the loss of each example: the loss is not of the kind that compile() takes")
    else:
        parts = [
            _examples(loss, target, predicted)
            for loss, target, predicted in zip(losses, wanted, given, strict=True)
        ]
        recorder.examples_loss(sum(parts[1:], parts[0]))
    if len(wanted) > 1:
        recorder.skip("labels: the model has several outputs")
    else:
        _labels(recorder, names.loss_name(model), wanted[0], given[0])


def _losses(model: Any, y_pred: Any, outputs: int) -> list[Any] | None:
    """One loss per output, in the order of the flattened outputs; None if it cannot be told."""
    loss = getattr(model, "loss", None)
    if outputs == 1 and not isinstance(loss, dict | list | tuple):
        return None if loss is None else [loss]
    compiled = getattr(model, "_compile_loss", None)
    if getattr(compiled, "_user_loss_weights", None) is not None:
        return None
    if isinstance(loss, dict) and isinstance(y_pred, dict) and set(loss) == set(y_pred):
        return list(keras.tree.flatten({name: loss[name] for name in y_pred}))
    if isinstance(loss, list | tuple) and len(loss) == outputs:
        return list(loss)
    if isinstance(loss, str) or callable(loss):
        return [loss] * outputs
    return None


def _examples(loss: Any, y: Any, y_pred: Any) -> Any:
    """[b] float32: the loss of each example, averaged over its positions."""
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    if isinstance(loss, type):
        loss = loss()
    y_pred = keras.ops.convert_to_tensor(y_pred)
    y = keras.ops.cast(y, y_pred.dtype)
    if isinstance(loss, keras.losses.Loss):
        each = loss.call(y, y_pred)
    else:
        if len(y_pred.shape) - len(y.shape) == 1 and y_pred.shape[-1] == 1:
            y_pred = keras.ops.squeeze(y_pred, -1)
        elif len(y.shape) - len(y_pred.shape) == 1 and y.shape[-1] == 1:
            y = keras.ops.squeeze(y, -1)
        each = loss(y, y_pred)
    if len(each.shape) == 0:
        raise ValueError("the loss gives one number for the whole batch")
    return keras.ops.mean(keras.ops.reshape(each, (keras.ops.shape(each)[0], -1)), axis=1)


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
