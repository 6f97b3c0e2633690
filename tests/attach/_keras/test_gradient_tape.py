"""Attached to training steps around ``tf.GradientTape``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="attaching to TensorFlow is tested with it")

import keras
import tensorflow as tf

from tb_diagnose import attach
from tests.attach.trainings import images, layers, logged

pytestmark = pytest.mark.filterwarnings("ignore")

MODES: dict[str, Callable[[Any], Any]] = {
    "tf.function": tf.function,
    "eager": lambda step: step,
    "jit": lambda step: tf.function(step, jit_compile=True),
}


def train(mode: str, folder: Path | None) -> list[bytes]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    stack = [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()]
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), *stack, layers.Dropout(0.3), layers.Flatten(), layers.Dense(4)]
    )
    optimizer = keras.optimizers.Adam(clipnorm=0.1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)

    @MODES[mode]
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
            if value > 1e9:  # autograph must see it
                value = value * 0.0
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return value

    run = step
    if folder is not None:
        writer = tf.summary.create_file_writer(str(folder))
        run = attach.tf(step, model, optimizer, writer=writer, loss=loss, every=2)
    x, y = images()
    seen = [run(x[at : at + 16], y[at : at + 16]) for at in (0, 16, 32, 0)]
    values = [*seen, *model.weights, *optimizer.variables]
    return [np.asarray(keras.ops.convert_to_numpy(each)).tobytes() for each in values]


@pytest.mark.parametrize(
    "mode", ["tf.function", "eager", pytest.param("jit", marks=pytest.mark.slow)]
)
def test_a_loop_is_the_same_to_the_last_bit(mode: str, tmp_path: Path) -> None:
    assert train(mode, tmp_path) == train(mode, None)
    found = {each.tag: each for each in logged(tmp_path).vitals}
    kinds = ("layers", "weights", "step", "inputs", "labels")
    assert set(found) == {f"diagnose/{kind}" for kind in kinds}
    step, skipped = found["diagnose/step"], found["diagnose/layers"].layout["skipped"]
    assert step.steps.tolist() == [0, 2]
    assert np.isfinite(step.column("loss_q50")).all()
    assert (found["diagnose/weights"].column("update_norm") > 0).all()
    if mode == "jit":
        assert len(skipped) == 1
        assert "XLA" in skipped[0]
    else:
        assert skipped == []
    assert (step.column("gradient_norm_clipped") < step.column("gradient_norm")).all()


def test_a_step_that_cannot_be_traced_runs_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ours")

    plain = train("tf.function", None)
    monkeypatch.setattr("tb_diagnose.attach.core.recorder.Recorder.vector", broken)
    assert train("tf.function", tmp_path) == plain
    assert "leaves it alone" in caplog.text
