"""Keras trainings with one callback or another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_diagnose import attach

layers = keras.layers
#: Steps of an epoch; ``histogram_freq=1`` writes after each.
EPOCH = 200
#: Name → the callbacks that write to a folder.
TOOLS: dict[str, Callable[[str], list[Any]]] = {
    "plain": lambda _: [],
    "plain, again": lambda _: [],
    "attach.keras": lambda folder: [attach.keras(folder)],
    "attach.keras, every=1": lambda folder: [attach.keras(folder, every=1)],
    "TensorBoard": lambda folder: [keras.callbacks.TensorBoard(folder)],
    "TensorBoard, histogram_freq=1": lambda folder: [
        keras.callbacks.TensorBoard(folder, histogram_freq=1)
    ],
}


@dataclass(frozen=True)
class Workload:
    """The layers, the shape of an input, and the batch size.

    ``times``: where a step is short, a round has so many times as many of them.
    """

    build: Callable[[Any], Any]
    shape: tuple[int, ...]
    batch: int
    times: int = 1


def mlp(width: int) -> Callable[[Any], Any]:
    def build(x: Any) -> Any:
        for _ in range(2):
            x = layers.Dense(width, activation="relu")(x)
        return x

    return build


def cnn(x: Any) -> Any:
    for width in (16, 32):
        x = layers.Conv2D(width, 3, use_bias=False)(x)
        x = layers.MaxPooling2D()(layers.ReLU()(layers.BatchNormalization()(x)))
    return layers.Flatten()(x)


def transformer(x: Any) -> Any:
    """Two blocks of 128 units and 4 heads."""
    x = layers.Dense(128)(x)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(4, 32)(y, y)
        y = layers.Dense(512, activation="relu")(layers.LayerNormalization()(x))
        x = x + layers.Dense(128)(y)
    return layers.GlobalAveragePooling1D()(x)


WORKLOADS = {
    "MLP, small": Workload(mlp(256), (256,), 128, 10),
    "MLP": Workload(mlp(1024), (784,), 256),
    "CNN": Workload(cnn, (32, 32, 3), 128),
    "transformer": Workload(transformer, (32, 64), 32),
}


class Pauses(keras.callbacks.Callback):
    """Lets others have their turn between two steps."""

    def __init__(self, turn: Callable[[], None]) -> None:
        super().__init__()
        self._turn = turn

    def on_train_batch_end(self, *_: Any, **__: Any) -> None:
        self._turn()


def settle() -> None:
    """Nothing to wait for: a step of Keras ends with its loss in hand."""


def training(
    workload: str, tool: str, folder: str
) -> tuple[Callable[[Callable[[], None]], object], Callable[[bool], None] | None]:
    """What trains until the process ends, in one ``fit``, and calls a function after each step.

    And what switches the tool off and on, if anything does.
    """
    told = WORKLOADS[workload]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(told.batch, *told.shape)).astype("float32")
    data = tf.data.Dataset.from_tensors((x, rng.integers(0, 10, told.batch))).repeat()
    inputs = keras.Input(told.shape)
    model = keras.Model(inputs, layers.Dense(10)(told.build(inputs)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    given = {"epochs": 10**6, "steps_per_epoch": EPOCH * told.times, "verbose": 0}
    callbacks = TOOLS[tool](folder)

    def train(turn: Callable[[], None]) -> None:
        model.fit(data, callbacks=[*callbacks, Pauses(turn)], **given)

    def switch(on: bool) -> None:  # noqa: FBT001
        callbacks[0].broken = not on

    return train, switch if hasattr(callbacks[:1] and callbacks[0], "broken") else None
