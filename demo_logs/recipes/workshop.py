"""What every recipe shares: the registry, the model helpers and the two ways of logging.

A recipe trains in the folder it is given and returns nothing; whatever its training writes there
is the log. Keras trainings use the stock `tf.keras.callbacks.TensorBoard`; loops of one's own
write with `tf.summary`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

layers = tf.keras.layers
Train = Callable[[Path], None]


@dataclass(frozen=True)
class Recipe:
    """One demonstration run: its name under the log folder, its seed and the training itself."""

    name: str
    seed: int
    train: Train


RECIPES: dict[str, Recipe] = {}


def recipe(name: str, seed: int = 1) -> Callable[[Train], Train]:
    """Register a training under the name of its run; `seed` sets Python, NumPy and TensorFlow."""

    def register(train: Train) -> Train:
        if name in RECIPES:
            raise ValueError(f"two recipes are called {name!r}; rename one of them")
        RECIPES[name] = Recipe(name, seed, train)
        return train

    return register


def mlp(inputs: int, *hidden: int, classes: int = 10, activation: str = "softmax") -> Any:
    """Dense ReLU layers of the widths `hidden` and one dense output layer; not compiled."""
    body = [layers.Dense(width, activation="relu") for width in hidden]
    output = layers.Dense(classes, activation=activation)
    return tf.keras.Sequential([tf.keras.Input((inputs,)), *body, output])


def compile_classifier(model: Any, optimizer: Any) -> Any:
    """Compile for integer labels: sparse categorical cross-entropy (nats) and accuracy."""
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model: Any, logs: Path, *data: Any, **options: Any) -> None:
    """Call `model.fit` with the stock TensorBoard callback writing to `logs`.

    `histogram_freq` and `update_freq` go to the callback, every other option to `fit`.
    """
    own = {key: options.pop(key) for key in ("histogram_freq", "update_freq") if key in options}
    callbacks = options.pop("callbacks", [])
    board = tf.keras.callbacks.TensorBoard(str(logs), **own)
    model.fit(*data, callbacks=[board, *callbacks], verbose=0, **options)


def batches(
    x: np.ndarray, y: np.ndarray, size: int, epochs: int, rng: np.random.Generator
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield (index within the epoch, inputs, labels), reshuffled each epoch, whole batches only."""
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for index in range(len(x) // size):
            chosen = order[index * size : (index + 1) * size]
            yield index, x[chosen], y[chosen]


def step_of(model: Any, optimizer: Any) -> Callable[[np.ndarray, np.ndarray], Any]:
    """One compiled training step for a loop of one's own: batch in, mean cross-entropy out."""
    cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy()

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, model(x, training=True))
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    return lambda x, y: step(tf.constant(x), tf.constant(y))
