"""What a Keras training is made of is written once, and read as the ``keras`` summary is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="attaching to Keras is tested on TensorFlow")

import keras

from tb_diagnose import attach
from tb_diagnose.core.model import ModelConfig
from tests.attach.trainings import convolutional, images, layers, logged, vitals

pytestmark = pytest.mark.filterwarnings("ignore")


def described(folder: Path, model: Any, *, beside: bool = False) -> ModelConfig:
    ours = attach.keras(folder, every=1)
    board = [keras.callbacks.TensorBoard(folder)] if beside else []
    model.fit(*images(16), epochs=2, verbose=0, callbacks=[ours, *board])
    found = logged(folder).model
    assert found is not None
    return found


def test_without_tensorboard_the_setup_stands_for_its_summary(tmp_path: Path) -> None:
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    alone = described(tmp_path / "alone", convolutional(optimizer=optimizer))
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    beside = described(tmp_path / "beside", convolutional(optimizer=optimizer), beside=True)
    for mine, theirs in zip(alone.layers, beside.layers, strict=True):
        for field in ("kind", "activation", "units", "input_shape", "output_shape", "parameters"):
            assert getattr(mine, field) == getattr(theirs, field), (theirs.name, field)
    for model in (alone, beside):
        assert model.framework == "keras"
        assert [loss.name for loss in model.losses] == ["sparse_categorical_crossentropy"]
        assert model.optimizer is not None
        assert (model.optimizer.name, model.optimizer.learning_rate) == ("sgd", 0.01)
        assert model.optimizers[0].config["momentum"] == pytest.approx(0.9)
        assert len(model.optimizers[0].parameters) == 8
        assert [layer.activation for layer in model.outputs] == ["softmax"]
        assert model.order_known
        assert not model.unoptimized
    kernel = alone.layers[0].config["kernel_initializer"]
    assert kernel["class_name"] == "GlorotUniform"


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.flat, self.last = layers.Flatten(), layers.Dense(4, activation="softmax")

    def call(self, x: Any) -> Any:
        return self.last(self.flat(x))


def test_a_subclassed_model_and_what_is_frozen(tmp_path: Path) -> None:
    model = Subclassed()
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    found = described(tmp_path / "free", model)
    assert [layer.kind for layer in found.layers] == ["Flatten", "Dense"]
    assert not found.order_known, "which layer follows which is the code's affair"
    assert found.optimizer is not None
    assert found.optimizer.learning_rate is None
    assert found.optimizer.schedule is not None
    assert found.optimizer.schedule["config"]["initial_learning_rate"] == pytest.approx(0.1)
    frozen = convolutional()
    frozen.layers[0].trainable = False
    frozen.compile("adam", "sparse_categorical_crossentropy")
    found = described(tmp_path / "frozen", frozen)
    assert [layer.trainable for layer in found.layers].count(False) == 1
    assert not found.unoptimized


def test_a_loss_scale_and_the_steps_it_skips(tmp_path: Path) -> None:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1, dtype="mixed_float16")])
        inner = keras.optimizers.SGD(1e-6)
        optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**40)
        model.compile(optimizer, "mse")
    finally:
        keras.mixed_precision.set_global_policy("float32")
    x = np.ones((80, 4), "float32")
    ours = attach.keras(tmp_path, every=1)
    model.fit(x, 3 * x[:, :1], batch_size=4, verbose=0, callbacks=[ours])
    step = vitals(tmp_path, "step")
    scale, skipped = (step.column(name)[:, 0] for name in ("loss_scale", "skipped_steps"))
    assert (np.diff(scale) <= 0).all()
    assert scale[-1] < 2.0**40
    assert skipped[-1] == pytest.approx(np.log2(2.0**40 / float(optimizer.dynamic_scale)))
    found = logged(tmp_path).model
    assert found is not None
    assert found.precision == "mixed_float16"
