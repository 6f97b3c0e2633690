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
#: Name → the callbacks that write to a folder.
CALLBACKS: dict[str, Callable[[str], list[Any]]] = {
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


def training(workload: str, callback: str, folder: str, steps: int) -> Callable[[], object]:
    """What trains for another so many steps, with one ``fit``; the first call compiles."""
    told = WORKLOADS[workload]
    steps *= told.times
    rng = np.random.default_rng(0)
    x = rng.normal(size=(told.batch, *told.shape)).astype("float32")
    data = tf.data.Dataset.from_tensors((x, rng.integers(0, 10, told.batch))).repeat(steps)
    inputs = keras.Input(told.shape)
    model = keras.Model(inputs, layers.Dense(10)(told.build(inputs)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    callbacks = CALLBACKS[callback](folder)
    return lambda: model.fit(data, verbose=0, callbacks=callbacks)
