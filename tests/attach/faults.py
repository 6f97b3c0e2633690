"""Faults put into small Keras trainings on purpose, and the same trainings without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from tb_diagnose import attach

layers = keras.layers
CLASSES = 5


@dataclass
class Training:
    """What is trained, on what, and how; a fault changes one thing of it."""

    x: Any
    y: Any
    val: Any
    hidden: list[Any] = field(default_factory=list)
    optimizer: Any = None
    last: Any = None
    loss: Any = None
    fit: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """``spoil`` puts the fault into a sound training; any of ``ids`` names it."""

    ids: tuple[str, ...]
    spoil: Callable[[Training], None]
    sound: Callable[[], Training]

    def train(self, folder: str, *, spoilt: bool) -> None:
        """Trains with the fault or without it, attached, and logs to ``folder``."""
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        training = self.sound()
        if spoilt:
            self.spoil(training)
        pictures = training.x.ndim == 4
        shape = (None, None, training.x.shape[-1]) if pictures else training.x.shape[1:]
        last = training.last or layers.Dense(CLASSES)
        model = keras.Sequential([keras.Input(shape), *training.hidden, last])
        model.compile(
            training.optimizer or keras.optimizers.Adam(3e-3),
            training.loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        callbacks = [keras.callbacks.TensorBoard(folder), attach.keras(folder, every=5)]
        options = {"epochs": 12, "batch_size": 32, "validation_data": training.val} | training.fit
        model.fit(training.x, training.y, callbacks=callbacks, verbose=0, **options)


def clusters(count: int = 800, noise: float = 1.0) -> Training:
    """Five clouds of points in 16 dimensions."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(CLASSES, 16))
    labels = random.integers(0, CLASSES, count + 200)
    points = (centres[labels] + noise * random.normal(size=(count + 200, 16))).astype("float32")
    hidden = [layers.Dense(32, activation="relu") for _ in range(2)]
    return Training(points[:count], labels[:count], (points[count:], labels[count:]), hidden=hidden)


def binary() -> Training:
    """The same with two classes, and a single output."""
    training = clusters()
    training.y, training.val = training.y > 1, (training.val[0], training.val[1] > 1)
    training.last, training.loss = layers.Dense(1, activation="sigmoid"), "binary_crossentropy"
    training.fit = {"epochs": 6}
    return training


def images(count: int = 600) -> Training:
    """Small pictures in 0–1 of bars in five directions."""
    random = np.random.default_rng(0)
    labels = random.integers(0, CLASSES, count + 150)
    rows, columns = np.mgrid[:12, :12]
    angles = np.arange(CLASSES) * np.pi / CLASSES
    waves = [np.sin(1.2 * (rows * np.cos(a) + columns * np.sin(a))) for a in angles]
    pictures = (
        0.5 + 0.25 * np.stack(waves)[labels] + 0.1 * random.normal(size=(count + 150, 12, 12))
    )
    pictures = np.clip(pictures, 0, 1)[..., None].astype("float32")
    hidden = [
        layers.Conv2D(8, 3, activation="relu"),
        layers.Conv2D(16, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ]
    return Training(
        pictures[:count], labels[:count], (pictures[count:], labels[count:]), hidden=hidden
    )


def deep(activation: str, count: int) -> list[Any]:
    return [layers.Dense(32, activation=activation) for _ in range(count)]


def killed(training: Training) -> None:
    """A ReLU layer that a large negative bias has killed."""
    bias = keras.initializers.Constant(-30.0)
    training.hidden[1] = layers.Dense(32, activation="relu", bias_initializer=bias)


def rushed(training: Training) -> None:
    """A rate that kills ReLUs at the first steps."""
    training.optimizer = keras.optimizers.SGD(30.0)


def saturated(training: Training) -> None:
    """Weights so large that every tanh sits at an end."""
    large = keras.initializers.RandomNormal(stddev=20.0)
    training.hidden = [
        layers.Dense(32, activation="tanh", kernel_initializer=large) for _ in range(3)
    ]


def ten_sigmoids(training: Training) -> None:
    training.hidden = deep("sigmoid", 10)


def exploding(training: Training) -> None:
    """A rate that grows from step to step instead of falling."""
    rising = keras.optimizers.schedules.ExponentialDecay(0.01, 35, 2.0)
    training.optimizer = keras.optimizers.SGD(rising, momentum=0.9)
    training.hidden = deep("elu", 3)


def tiny_steps(training: Training) -> None:
    training.optimizer = keras.optimizers.Adam(1e-8)


class Detached(layers.Layer):
    """Adds a branch that no gradient comes through."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = layers.Dense(32, activation="relu")

    def call(self, x: Any) -> Any:
        return keras.ops.stop_gradient(self.branch(x))


def detached(training: Training) -> None:
    training.hidden.insert(1, Detached())


def bytes_(training: Training) -> None:
    """Inputs in 0–255."""
    training.x, training.val = 255 * training.x, (255 * training.val[0], training.val[1])


def skewed(training: Training) -> None:
    """Validation in 0–255, training in 0–1."""
    training.val = 255 * training.val[0], training.val[1]


def resized(training: Training) -> None:
    """Validation pictures of twice the size."""
    pictures, labels = training.val
    training.val = pictures.repeat(2, axis=1).repeat(2, axis=2), labels


def softmax_of_one(training: Training) -> None:
    training.last = layers.Dense(1, activation="softmax")


def one_in_a_hundred(training: Training) -> None:
    """Two classes, of which one is an example in a hundred."""
    rare = np.flatnonzero(training.y == 0)[: len(training.y) // 125]
    kept = np.concatenate([np.flatnonzero(training.y != 0), rare])
    np.random.default_rng(0).shuffle(kept)
    training.x, training.y = training.x[kept], training.y[kept]


def wrong(training: Training) -> None:
    """Three labels in ten are wrong."""
    random = np.random.default_rng(1)
    which = random.random(len(training.y)) < 0.3
    shift = random.integers(1, CLASSES, len(training.y))
    training.y = np.where(which, (training.y + shift) % CLASSES, training.y)


def same_batch(training: Training) -> None:
    """The same 32 examples again and again."""
    training.x, training.y = np.tile(training.x[:32], (25, 1)), np.tile(training.y[:32], 25)


def single(training: Training) -> None:
    """One example a step."""
    training.fit = {"batch_size": 1, "epochs": 4}


def clipped(training: Training) -> None:
    training.optimizer = keras.optimizers.SGD(0.1, global_clipnorm=1e-3)


def in_order(training: Training) -> None:
    """Sorted by class, and not shuffled."""
    order = np.argsort(training.y, kind="stable")
    training.x, training.y = training.x[order], training.y[order]
    training.fit = {"shuffle": False}


FAULTS: dict[str, Fault] = {
    "ReLUs killed by a bias": Fault(("dead-relu",), killed, clusters),
    "ReLUs killed by a rate": Fault(("dead-relu",), rushed, clusters),
    "tanh at its ends": Fault(("saturated-activations",), saturated, clusters),
    "ten sigmoids": Fault(("vanishing-gradients",), ten_sigmoids, clusters),
    "gradients that grow": Fault(("exploding-gradients",), exploding, clusters),
    "steps too small": Fault(("update-ratio",), tiny_steps, clusters),
    "a branch without gradients": Fault(("disconnected-layers",), detached, clusters),
    "inputs in 0-255": Fault(("unnormalised-inputs",), bytes_, images),
    "validation in 0-255": Fault(("train-validation-skew",), skewed, images),
    "validation of another size": Fault(("train-validation-skew",), resized, images),
    "a softmax over one unit": Fault(("constant-output",), softmax_of_one, binary),
    "one in a hundred": Fault(("class-imbalance",), one_in_a_hundred, clusters),
    "wrong labels": Fault(("noisy-labels",), wrong, lambda: clusters(noise=0.5)),
    "the same batch": Fault(("repeated-inputs",), same_batch, clusters),
    "a batch of one": Fault(("batch-too-small",), single, clusters),
    "clipped to nothing": Fault(("clipping-saturation",), clipped, clusters),
    "sorted by class": Fault(("unshuffled-data",), in_order, clusters),
}
