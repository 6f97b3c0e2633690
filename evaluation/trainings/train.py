"""Train a plan with the stock TensorBoard callback and measure what became of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from trainings.plan import Array, Pair, Plan, Trained

layers = tf.keras.layers

_LOSS = {
    "classes": "sparse_categorical_crossentropy",
    "binary": "binary_crossentropy",
    "regression": "mean_squared_error",
}
_LAST = {"classes": "softmax", "binary": "sigmoid", "regression": "linear"}


def train(plan: Plan, logs: Path) -> Trained:
    """Train; event files go to ``logs``/train and ``logs``/validation."""
    begin = time.process_time()
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(plan.seed)
    model = _model(plan)
    split = plan.split
    fitted = _targets(split.train, plan), _targets(split.val, plan)
    before = _loss(model, fitted[0])
    history = model.fit(
        *fitted[0],
        validation_data=fitted[1],
        batch_size=plan.batch,
        epochs=plan.epochs,
        shuffle=plan.shuffle,
        callbacks=[tf.keras.callbacks.TensorBoard(str(logs), histogram_freq=1), *_rate(plan)],
        verbose=0,
    ).history["val_loss"]
    return Trained(
        skill=skill(model, split.test, plan),
        train_skill=skill(model, split.train, plan),
        val_skill=skill(model, split.val, plan),
        before=before,
        after=_loss(model, fitted[0]),
        val_best=float(np.nanmin([*history, np.inf])),
        val_last=float(history[-1]),
        seconds=time.process_time() - begin,
    )


def skill(model: Any, pair: Pair, plan: Plan) -> float:
    """Share of the way from guessing (0) to no error (1); NaN where any answer is not finite."""
    x, y = pair
    answers: Array = np.asarray(model(tf.constant(x), training=False), dtype=float)
    if not np.isfinite(answers).all():
        return float("nan")
    if plan.task == "regression":
        return 1 - float(np.mean((answers - y) ** 2) / np.var(y))
    said = answers.argmax(axis=1) if plan.classes > 1 else answers[:, 0] > 0.5
    guess = float(np.bincount(y).max() / len(y))
    return (float(np.mean(said == y)) - guess) / (1 - guess)


def _model(plan: Plan) -> Any:
    body = {
        "dense": _dense,
        "convolution": _convolution,
        "recurrent": _recurrent,
        "embedding": _embedding,
    }[plan.body]
    inputs = tf.keras.Input(plan.split.train[0].shape[1:])
    last = layers.Dense(
        plan.classes, activation=plan.last or _LAST[plan.task], kernel_initializer=_start(plan)
    )
    model = tf.keras.Sequential([inputs, *body(plan), last])
    metric = "mae" if plan.task == "regression" else "accuracy"
    optimizer = getattr(tf.keras.optimizers, plan.optimizer)(plan.learning_rate)
    model.compile(optimizer, plan.loss or _LOSS[plan.task], metrics=[metric])
    return model


def _dense(plan: Plan) -> list[Any]:
    parts: list[Any] = []
    for number, width in enumerate(plan.widths):
        parts.append(layers.Dense(width, **_hidden(plan, number)))
        if plan.batchnorm:
            parts.append(layers.BatchNormalization())
        if plan.dropout:
            parts.append(layers.Dropout(plan.dropout))
    return parts


def _convolution(plan: Plan) -> list[Any]:
    first, second = plan.widths
    return [
        layers.Conv2D(first, 3, padding="same", **_hidden(plan, 0)),
        layers.MaxPooling2D(),
        layers.Conv2D(second, 3, padding="same", **_hidden(plan, 1)),
        layers.MaxPooling2D(),
        layers.Flatten(),
        *([layers.Dropout(plan.dropout)] if plan.dropout else []),
    ]


def _recurrent(plan: Plan) -> list[Any]:
    cell = getattr(layers, plan.cell)
    own = {} if plan.cell == "GRU" else {"activation": plan.activation}
    if plan.gain != 1:
        own["recurrent_initializer"] = tf.keras.initializers.Orthogonal(plan.gain)
    return [cell(plan.widths[0], **own)]


def _embedding(plan: Plan) -> list[Any]:
    words = int(plan.split.train[0].max()) + 1
    return [layers.Embedding(words, plan.widths[0]), layers.GlobalAveragePooling1D()]


def _hidden(plan: Plan, number: int) -> dict[str, Any]:
    return {
        "activation": plan.activation,
        "kernel_initializer": _start(plan),
        "bias_initializer": tf.keras.initializers.Constant(plan.bias) if plan.bias else "zeros",
        "kernel_regularizer": tf.keras.regularizers.L2(plan.penalty) if plan.penalty else None,
        "trainable": number >= plan.frozen,
    }


def _start(plan: Plan) -> Any:
    """Glorot's uniform start with its standard deviation times a factor."""
    if plan.start == 1:
        return "glorot_uniform"
    if plan.start == 0:
        return "zeros"
    return tf.keras.initializers.VarianceScaling(plan.start**2, "fan_avg", "uniform")


def _rate(plan: Plan) -> list[Any]:
    schedule = plan.schedule
    if schedule is None:
        return []
    return [
        tf.keras.callbacks.LearningRateScheduler(
            lambda epoch, _: plan.learning_rate * schedule(epoch / plan.epochs)
        )
    ]


def _targets(pair: Pair, plan: Plan) -> Pair:
    """Targets as the loss of the plan wants them."""
    x, y = pair
    return (x, np.eye(plan.classes, dtype=np.float32)[y]) if plan.onehot else pair


def _loss(model: Any, pair: Pair) -> float:
    told = model.evaluate(*pair, batch_size=512, verbose=0, return_dict=True)
    return float(told["loss"])
