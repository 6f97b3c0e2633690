"""Small trainings with a fault in them on purpose, and their repaired twins; all seeded.

Each takes a folder and whether the fault is in it. The data are learnable: a class is a pattern
under noise, so that a sound network gets it right and a faulty one has no excuse.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from tb_diagnose import attach

layers = keras.layers
CLASSES, SIDE = 4, 8


def pictures(count: int, seed: int = 0, noise: float = 0.15) -> tuple[Any, Any]:
    """[count, 8, 8, 1] pixels of 0 to 1 and [count] labels."""
    patterns = np.random.default_rng(99).uniform(0.2, 0.8, (CLASSES, SIDE, SIDE, 1))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, count)
    x = patterns[labels] + noise * rng.normal(size=(count, SIDE, SIDE, 1))
    return x.clip(0, 1).astype("float32"), labels


def flat(count: int, seed: int = 0, noise: float = 0.15) -> tuple[Any, Any]:
    """The pictures as rows of mean 0 and standard deviation 1."""
    x, y = pictures(count, seed, noise)
    return ((x - 0.5) / 0.25).reshape(count, -1), y


def classifier(*hidden: Any, shape: tuple[int | None, ...] = (SIDE * SIDE,)) -> Any:
    return keras.Sequential(
        [keras.Input(shape), *hidden, layers.Dense(CLASSES, activation="softmax")]
    )


def dense(*units: int, activation: str = "relu", **options: Any) -> list[Any]:
    return [layers.Dense(each, activation=activation, **options) for each in units]


def fit(
    folder: Path,
    model: Any,
    x: Any,
    y: Any = None,
    *,
    optimizer: Any = "adam",
    loss: str = "sparse_categorical_crossentropy",
    every: int = 4,
    **options: Any,
) -> None:
    """A training with the TensorBoard callback and attach beside it."""
    keras.utils.set_random_seed(1)
    metrics = ["accuracy"] if "crossentropy" in loss else []
    model.compile(optimizer, loss, metrics=metrics)
    callbacks = [keras.callbacks.TensorBoard(folder), attach.keras(folder, every=every)]
    settings = {"epochs": 12, "verbose": 0} | ({"batch_size": 32} if y is not None else {})
    model.fit(x, y, callbacks=callbacks, **settings | options)


def negative_bias(folder: Path, *, fault: bool) -> None:
    """A large negative bias: no example lifts a unit above 0."""
    hidden = dense(32) + dense(32, bias_initializer=keras.initializers.Constant(-20 * fault))
    fit(folder, classifier(*hidden), *flat(1024), validation_data=flat(256, 1))


def huge_rate(folder: Path, *, fault: bool) -> None:
    """Steps larger than the weights throw all units behind their zero."""
    hidden = dense(32, 32)
    fit(
        folder, classifier(*hidden), *flat(1024, noise=0.5), optimizer=_adam(1.0 if fault else 1e-3)
    )


def bytes_into_tanh(folder: Path, *, fault: bool) -> None:
    """Pixels of 0 to 255, so that every tanh is at an end of its range."""
    x, y = pictures(1024)
    hidden = [layers.Flatten(), *dense(64, 64, activation="tanh")]
    fit(folder, classifier(*hidden, shape=(SIDE, SIDE, 1)), 255 * x if fault else x, y)


def ten_sigmoids(folder: Path, *, fault: bool) -> None:
    hidden = dense(*[24] * 10, activation="sigmoid" if fault else "relu",
                   kernel_initializer="glorot_uniform" if fault else "he_normal")  # fmt: skip
    fit(folder, classifier(*hidden), *flat(1024), optimizer=keras.optimizers.SGD(0.05))


def steep(folder: Path, *, fault: bool) -> None:
    """Gradient descent just beyond the rate at which it is stable: each step overshoots more."""
    x, _ = flat(1024)
    y = (x[:, :8].sum(1) / 4).astype("float32")
    model = keras.Sequential([keras.Input((64,)), layers.Dense(1)])
    rate = 0.12 if fault else 0.05
    fit(folder, model, x, y, optimizer=keras.optimizers.SGD(rate), loss="mse", epochs=4)


def tiny_rate(folder: Path, *, fault: bool) -> None:
    fit(folder, classifier(*dense(32)), *flat(1024), optimizer=_adam(1e-9 if fault else 1e-3))


def detached(folder: Path, *, fault: bool) -> None:
    """A branch whose output is cut off from the gradient on its way to the loss."""
    x = keras.Input((SIDE * SIDE,))
    branch = layers.Dense(16, activation="relu", name="branch")(x)
    if fault:
        branch = layers.Lambda(keras.ops.stop_gradient)(branch)
    both = layers.Concatenate()([branch, layers.Dense(16, activation="relu", name="other")(x)])
    model = keras.Model(x, layers.Dense(CLASSES, activation="softmax")(both))
    fit(folder, model, *flat(1024))


def bytes_in(folder: Path, *, fault: bool) -> None:
    """Pixels of 0 to 255 where 0 to 1 was meant."""
    x, y = pictures(1024)
    fit(folder, _convolutional(), 255 * x if fault else x, y)


def scales(folder: Path, *, fault: bool) -> None:
    """Features in different units."""
    x, y = flat(1024)
    apart = np.logspace(-2, 2, x.shape[1]).astype("float32")
    fit(folder, classifier(*dense(32)), x * apart if fault else x, y)


def scaled_once(folder: Path, *, fault: bool) -> None:
    """Validation images of 0 to 255 against training images of 0 to 1."""
    x, y = pictures(256, 1)
    held_out = (255 * x if fault else x, y)
    fit(folder, _convolutional(), *pictures(1024), validation_data=held_out)


def resized(folder: Path, *, fault: bool) -> None:
    """Validation images of another size."""
    x, y = pictures(256, 1)
    held_out = (x.repeat(2, 1).repeat(2, 2) if fault else x, y)
    fit(folder, _convolutional(None), *pictures(1024), validation_data=held_out)


def one_in_a_hundred(folder: Path, *, fault: bool) -> None:
    x, y = flat(4096)
    first = np.flatnonzero(y == 0)
    kept = np.delete(np.arange(4096), first[len(first) // 33 :]) if fault else np.arange(4096)
    labels = (y[kept] == 0) if fault else y[kept] < 2
    model = keras.Sequential(
        [keras.Input((SIDE * SIDE,)), *dense(32), *dense(1, activation="sigmoid")]
    )
    fit(folder, model, x[kept], labels.astype("float32"), loss="binary_crossentropy", epochs=4)


def wrong_labels(folder: Path, *, fault: bool) -> None:
    """Three labels in ten drawn anew."""
    x, y = flat(2048)
    rng = np.random.default_rng(3)
    wrong = rng.random(2048) < 0.3 * fault
    y = np.where(wrong, (y + rng.integers(1, CLASSES, 2048)) % CLASSES, y)
    fit(folder, classifier(*dense(32)), x, y)


def one_batch(folder: Path, *, fault: bool) -> None:
    """A generator that starts anew at every call."""
    x, y = flat(1024)

    def batches() -> Any:
        while True:
            for at in range(0, 1024, 32):
                at = 0 if fault else at  # noqa: PLW2901 - the fault
                yield x[at : at + 32], y[at : at + 32]

    fit(folder, classifier(*dense(32)), batches(), steps_per_epoch=32, validation_data=flat(256, 1))


def sorted_by_class(folder: Path, *, fault: bool) -> None:
    x, y = flat(1024)
    order = np.argsort(y, kind="stable") if fault else np.arange(1024)
    fit(folder, classifier(*dense(32)), x[order], y[order], shuffle=not fault)


def single_examples(folder: Path, *, fault: bool) -> None:
    """One example a step, at a rate that is right for 64."""
    x, y = flat(2048, noise=0.5)
    sizes = {"batch_size": 1, "epochs": 2} if fault else {"batch_size": 64, "epochs": 20}
    fit(folder, classifier(*dense(32)), x, y, optimizer=keras.optimizers.SGD(0.05), **sizes)


def tight_clipping(folder: Path, *, fault: bool) -> None:
    optimizer = keras.optimizers.SGD(0.05, global_clipnorm=1e-3 if fault else 10.0)
    fit(folder, classifier(*dense(32)), *flat(1024), optimizer=optimizer)


def single_softmax(folder: Path, *, fault: bool) -> None:
    """A softmax over one unit is always 1."""
    x, y = flat(1024)
    last = layers.Dense(1, activation="softmax" if fault else "sigmoid")
    model = keras.Sequential([keras.Input((SIDE * SIDE,)), *dense(32), last])
    fit(folder, model, x, (y > 1).astype("float32"), loss="binary_crossentropy")


def _adam(rate: float) -> Any:
    return keras.optimizers.Adam(rate)


def _convolutional(side: int | None = SIDE) -> Any:
    hidden = [layers.Conv2D(8, 3, activation="relu"), layers.Conv2D(16, 3, activation="relu")]
    return classifier(*hidden, layers.GlobalAveragePooling2D(), shape=(side, side, 1))
