"""Small Keras trainings, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tb_diagnose import attach
from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load

layers = keras.layers
Build = Callable[[], Any]


def images(count: int = 48) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 8, 8, 3)).astype("float32"), rng.integers(0, 4, count)


def convolutional(**compiled: Any) -> Any:
    """Convolution, batch normalization, dropout, a relu and a tanh layer, a softmax."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(6, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(8, activation="tanh", name="squash"),
            layers.Dense(4),
            layers.Activation("softmax", dtype="float32"),
        ]
    )
    options = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"} | compiled
    model.compile(**options)
    return model


class Losses(keras.callbacks.Callback):
    """Every step's loss as Keras shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(logs["loss"])


def remains(model: Any, losses: Losses) -> list[bytes]:
    """Losses, weights and optimizer slots, as bytes."""
    slots = model.optimizer.variables if model.optimizer else []
    values = [keras.ops.convert_to_numpy(each) for each in (*model.weights, *slots)]
    return [np.asarray(losses.seen).tobytes(), *(each.tobytes() for each in values)]


def train(
    build: Build, data: Any, folder: Path | None = None, *, every: int = 2, **fit: Any
) -> tuple[list[bytes], Any]:
    """A training from the same seeds each time, attached if there is a folder."""
    policy = keras.mixed_precision.dtype_policy()
    keras.backend.clear_session()  # forgets the policy as well
    keras.mixed_precision.set_dtype_policy(policy)
    keras.utils.set_random_seed(7)
    model, losses = build(), Losses()
    callbacks: list[Any] = [losses]
    if folder is not None:
        callbacks.append(attach.keras(folder, every=every))
    x, y = data if isinstance(data, tuple) else (data, None)
    options = {"epochs": 2, "batch_size": 16, "shuffle": True, "verbose": 0} | fit
    if y is None:
        del options["batch_size"]
    if model.built and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)  # so that step 0 can be sampled
    model.fit(x, y, callbacks=callbacks, **options)
    return remains(model, losses), model


def untouched(model: Any) -> bool:
    """Whether nothing of ours is left on a model, its layers and its optimizer."""
    owners = [model, *model._flatten_layers(), model.optimizer]
    ours = ("call", "apply", "compute_loss", "train_step", "test_step", "stateless_apply")
    here = [name for owner in owners if owner is not None for name in ours if name in vars(owner)]
    return not here and "tb_diagnose" not in getattr(model.train_function, "__module__", "")


def logged(folder: Path) -> Run:
    """The one run below a folder."""
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    return run


def vitals(folder: Path, kind: str, within: str = "train") -> Any:
    """The vitals of one kind that a training wrote."""
    wanted = (within, f"diagnose/{kind}")
    return next(each for each in logged(folder).vitals if (each.folder, each.tag) == wanted)
