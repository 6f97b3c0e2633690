"""Models of every kind that Keras builds: unchanged by attaching, and measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="attaching to Keras is tested on TensorFlow")

import keras
import tensorflow as tf

from tb_diagnose import attach
from tests.attach.trainings import layers, train, untouched, vitals

pytestmark = pytest.mark.filterwarnings("ignore")

RNG = np.random.default_rng(1)
VECTORS = RNG.normal(size=(32, 6)).astype("float32")
SEQUENCES = RNG.normal(size=(32, 5, 4)).astype("float32")
WORDS = RNG.integers(1, 20, (32, 7))
CLASSES = RNG.integers(0, 3, 32)
NUMBERS = RNG.normal(size=(32, 1)).astype("float32")
SPARSE = "sparse_categorical_crossentropy"


def compiled(model: Any, loss: Any = SPARSE, optimizer: Any = "adam", **options: Any) -> Any:
    model.compile(optimizer, loss, **options)
    return model


def dense(*, optimizer: Any = "adam", **options: Any) -> Any:
    stack = [keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3)]
    model = keras.Sequential([*stack, layers.Softmax()])
    return compiled(model, optimizer=optimizer, **options)


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(8, activation="relu")
        self.blocks = [layers.Dense(8, activation="tanh") for _ in range(2)]
        self.last = layers.Dense(3, activation="softmax")

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.last(x)


class TwoOptimizers(Subclassed):
    """A training step of its own, as a GAN has it."""

    def __init__(self) -> None:
        super().__init__()
        self.other = keras.optimizers.SGD(0.1)

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients[:2], variables[:2], strict=True))
        self.other.apply_gradients(zip(gradients[2:], variables[2:], strict=True))
        return {"loss": loss}


def two_optimizers() -> Any:
    return compiled(TwoOptimizers())


def shared() -> Any:
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="relu")], name="inner")
    one, two = keras.Input((6,), name="one"), keras.Input((6,), name="two")
    joined = layers.Concatenate()([inner(one), inner(two)])
    outputs = {
        "kind": layers.Dense(3, activation="softmax", name="kind")(joined),
        "size": layers.Dense(1, name="size")(joined),
    }
    return compiled(keras.Model({"one": one, "two": two}, outputs), {"kind": SPARSE, "size": "mse"})


def recurrent() -> Any:
    stack = [keras.Input((5, 4)), layers.LSTM(6, return_sequences=True)]
    more = [layers.Bidirectional(layers.GRU(3)), layers.Dense(3, activation="softmax")]
    return compiled(keras.Sequential([*stack, *more]))


def attention() -> Any:
    words = keras.Input((7,), dtype="int32")
    x = layers.Embedding(20, 8, mask_zero=True)(words)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    x = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(x))
    return compiled(keras.Model(words, x))


def constrained() -> Any:
    options = {
        "kernel_regularizer": "l2",
        "kernel_constraint": "non_neg",
        "activity_regularizer": "l2",
    }
    stack = [keras.Input((6,)), layers.Dense(8, activation="sigmoid", **options)]
    frozen = layers.Dense(4, trainable=False)
    return compiled(keras.Sequential([*stack, frozen, layers.Dense(1)]), "mse")


def adam(**options: Any) -> Any:
    return keras.optimizers.Adam(**options)


@dataclass(frozen=True)
class Case:
    build: Callable[[], Any]
    x: Any = field(default_factory=lambda: VECTORS)
    y: Any = field(default_factory=lambda: CLASSES)
    rows: tuple[str, ...] = ()
    every: int = 2
    slow: bool = False
    fit: Any = field(default_factory=dict)


def dataset() -> Any:
    return tf.data.Dataset.from_tensor_slices((VECTORS, CLASSES)).batch(8)


def batches() -> Any:
    yield from ((VECTORS[at : at + 8], CLASSES[at : at + 8]) for at in range(0, 32, 8))


CASES = {
    "sequential": Case(dense, rows=("dense", "dense_1", "softmax")),
    "tf.data": Case(dense, x=dataset, y=None, slow=True),
    "generator of unknown length": Case(dense, x=batches, y=None, slow=True),
    "subclassed": Case(
        lambda: compiled(Subclassed()), rows=("dense", "dense_1", "dense_2", "dense_3")
    ),
    "two optimizers": Case(two_optimizers, rows=("dense", "dense_1", "dense_2", "dense_3")),
    "nested and shared, several inputs and outputs": Case(
        shared,
        x={"one": VECTORS, "two": 2 * VECTORS},
        y={"kind": CLASSES, "size": NUMBERS},
        rows=("inner/dense", "inner/dense#1", "concatenate", "kind", "size"),
    ),
    "recurrent": Case(recurrent, x=SEQUENCES, slow=True),
    "attention": Case(attention, x=WORDS),
    "regularized, constrained, frozen": Case(constrained, y=NUMBERS, slow=True),
    "partial last batch": Case(dense, fit={"batch_size": 20}, slow=True),
    "steps_per_execution": Case(lambda: dense(steps_per_execution=2), rows=("dense",)),
    "gradient accumulation": Case(
        lambda: dense(optimizer=adam(gradient_accumulation_steps=2)), every=1
    ),
    "clipnorm": Case(lambda: dense(optimizer=adam(clipnorm=1e-3)), slow=True),
    "clipvalue": Case(lambda: dense(optimizer=adam(clipvalue=1e-3)), slow=True),
    "moving average of weights": Case(
        lambda: dense(optimizer=adam(use_ema=True, global_clipnorm=1.0)), slow=True
    ),
    "class weights": Case(dense, fit={"class_weight": {0: 1.0, 1: 2.0, 2: 3.0}}, slow=True),
}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * case.slow) for n, case in CASES.items()]
)
def test_a_model_survives_and_is_measured(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    fit = {"batch_size": 8, "shuffle": False} | case.fit

    def data() -> Any:
        return case.x() if callable(case.x) else (case.x, case.y)

    if "generator" in name:
        fit["epochs"] = 1
    plain, _ = train(case.build, data(), **fit)
    attached, model = train(case.build, data(), tmp_path, every=case.every, **fit)
    assert attached == plain
    assert untouched(model)
    found = vitals(tmp_path, "layers")
    assert set(case.rows) <= set(found.rows), found.rows
    assert len(found.rows) == len(set(found.rows))
    assert np.isfinite(found.column("mean")).all()
    weights = vitals(tmp_path, "weights")
    assert len(weights.rows) == len(model.trainable_variables)
    assert np.isfinite(weights.column("gradient_norm")).all()
    assert np.isfinite(vitals(tmp_path, "step").column("loss")).all()


def test_steps_that_only_accumulate_have_no_update(tmp_path: Path) -> None:
    def build() -> Any:
        return dense(optimizer=adam(gradient_accumulation_steps=2))

    train(build, (VECTORS, CLASSES), tmp_path, every=1, batch_size=8)
    weights = vitals(tmp_path, "weights")
    assert weights.steps.tolist() == [1, 3, 5, 7]
    assert (weights.column("update_norm") > 0).all()


def test_two_fits_of_one_model_compile_once(tmp_path: Path) -> None:
    model, ours = dense(), attach.keras(tmp_path, every=1)
    model.fit(VECTORS, CLASSES, verbose=0, callbacks=[ours])
    before = ours._instrumented
    model.fit(VECTORS, CLASSES, verbose=0, callbacks=[ours])
    assert ours._instrumented is before
    model.compile("sgd", SPARSE)
    model.fit(VECTORS, CLASSES, verbose=0, callbacks=[ours])
    assert ours._instrumented is not before
    assert untouched(model)


def test_a_further_fit_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    model, ours = dense(), attach.keras(tmp_path)
    for _ in range(3):
        model.fit(VECTORS, CLASSES, batch_size=1, verbose=0, callbacks=[ours])
    steps = vitals(tmp_path, "step").steps.tolist()
    assert steps[:2] == [4, 8], "dense at first"
    gaps = np.diff([each for each in steps if each >= 32])
    assert (gaps >= 10).all(), steps


MIRRORED = """
import sys
import numpy as np
import keras, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from pathlib import Path
from tests.attach.trainings import images, layers, train, untouched, vitals
from tests.attach._keras.test_models import dense, VECTORS, CLASSES
# One for both trainings: a second one would number its collective operations anew.
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
def build():
    with strategy.scope():
        model = dense()
        model.optimizer.build(model.trainable_variables)
        return model
folder = Path(sys.argv[1]) / "both"
single = Path(sys.argv[1]) / "single"
plain, _ = train(build, (VECTORS, CLASSES), batch_size=8)
attached, model = train(build, (VECTORS, CLASSES), folder, batch_size=8)
assert attached == plain
assert untouched(model)
train(dense, (VECTORS, CLASSES), single, batch_size=8)
for kind, column in (("step", "loss"), ("step", "gradient_norm"), ("step", "batch_size")):
    both = [vitals(f, kind).column(column)[0] for f in (folder, single)]
    np.testing.assert_allclose(*both, rtol=1e-4, err_msg=column)
"""


@pytest.mark.slow
def test_replicas_on_one_host(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MIRRORED, str(tmp_path)]
    ended = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own code
    assert ended.returncode == 0, ended.stderr[-3000:].decode()


BACK_END = """
import sys
from pathlib import Path
import numpy as np
from tests.attach.trainings import convolutional, images, logged, train, untouched, vitals
folder = Path(sys.argv[1])
plain, _ = train(convolutional, images())
attached, model = train(convolutional, images(), folder)
assert attached == plain
assert untouched(model)
for kind, column in (("layers", "mean"), ("weights", "update_norm"), ("step", "gradient_norm")):
    assert np.isfinite(vitals(folder, kind).column(column)).all(), (kind, column)
found = logged(folder).model
assert [layer.kind for layer in found.layers][:2] == ["Conv2D", "BatchNormalization"]
assert found.optimizer.name == "adam"
assert not found.unoptimized
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ("torch", "jax"))
def test_another_back_end(name: str, tmp_path: Path) -> None:
    pytest.importorskip(name, reason="the back end needs it")
    command = [sys.executable, "-c", BACK_END, str(tmp_path)]
    environment = os.environ | {"KERAS_BACKEND": name}
    ended = subprocess.run(command, check=False, capture_output=True, env=environment)  # noqa: S603
    assert ended.returncode == 0, ended.stderr[-3000:].decode()
