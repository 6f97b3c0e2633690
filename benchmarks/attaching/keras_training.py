"""One Keras training with one callback: prints what it took.

python benchmarks/attaching/keras_training.py MODEL CALLBACK EPOCHS LOGS
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np

from benchmarks.attaching.timing import Epochs
from tb_diagnose import attach

layers = keras.layers
CALLBACKS: dict[str, Callable[[str], list[Any]]] = {
    "plain": lambda _: [],
    "plain, again": lambda _: [],
    "attach.keras": lambda folder: [attach.keras(folder)],
    "TensorBoard": lambda folder: [keras.callbacks.TensorBoard(folder)],
    "TensorBoard, histogram_freq=1": lambda folder: [
        keras.callbacks.TensorBoard(folder, histogram_freq=1)
    ],
}


def mlp() -> Any:
    hidden = [layers.Dense(256, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((256,)), *hidden, layers.Dense(10)])


def cnn() -> Any:
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for width in (32, 64):
        for each in (
            layers.Conv2D(width, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
        ):
            model.add(each)
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    return model


def transformer() -> Any:
    x = inputs = keras.Input((64, 32))
    x = layers.Dense(96)(x)
    for _ in range(2):
        seen = layers.MultiHeadAttention(4, 24)(layers.LayerNormalization()(x), x)
        x = x + seen
        inner = layers.Dense(192, activation="gelu")(layers.LayerNormalization()(x))
        x = x + layers.Dense(96)(inner)
    return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))


#: Model → what builds it, batch size, steps of an epoch.
MODELS: dict[str, tuple[Callable[[], Any], int, int]] = {
    "MLP": (mlp, 128, 400),
    "CNN": (cnn, 64, 40),
    "transformer": (transformer, 32, 40),
}


class Clock(keras.callbacks.Callback):
    """Marks the epochs; stands last, so that it sees what the others took."""

    def __init__(self, epochs: Epochs) -> None:
        super().__init__()
        self.epochs = epochs

    def on_epoch_end(self, *_: Any) -> None:
        self.epochs.mark()


def main(name: str, callback: str, epochs: int, logs: str) -> None:
    build, batch, steps = MODELS[name]
    keras.utils.set_random_seed(0)
    model, random = build(), np.random.default_rng(0)
    x = random.normal(size=(batch * steps, *model.input_shape[1:])).astype("float32")
    y = random.integers(0, 10, len(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    took = Epochs(steps)
    took.mark()
    used = [*CALLBACKS[callback](logs), Clock(took)]
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, callbacks=used)
    print(took.report())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
