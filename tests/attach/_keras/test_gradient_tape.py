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


def small() -> tuple[Any, Any]:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    return model, keras.optimizers.SGD(0.1)


def test_a_folder_is_a_writer_and_none_is_none(tmp_path: Path) -> None:
    model, optimizer = small()

    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            value = tf.reduce_mean((model(x) - y) ** 2)
        weights = model.trainable_variables[:1]
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights, strict=True))
        return value

    elsewhere = attach.tf(step, model, optimizer, writer=None)
    elsewhere(tf.ones((4, 3)), tf.zeros((4, 1)))
    elsewhere.new_epoch()
    elsewhere.close()
    assert not elsewhere.stop
    run = attach.tf(step, model, optimizer, writer=tmp_path, every=1)
    for _ in range(3):
        run(tf.ones((4, 3)), tf.zeros((4, 1)))
    found = logged(tmp_path)
    assert {each.tag for each in found.vitals} >= {"diagnose/weights", "diagnose/step"}
    assert found.model is not None
    assert found.model.framework == "tf"
    assert [path.rpartition("/")[2] for path in found.model.unoptimized] == ["bias"]


WRONG: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "step": (
        lambda m, o: attach.tf(m, m, o, writer="logs"),
        "step must be a function of a batch, not",
    ),
    "model": (
        lambda _, o: attach.tf(print, "m", o, writer="logs"),
        "model must be a keras.Model, not",
    ),
    "optimizer": (
        lambda m, o: attach.tf(print, m, [o, "adam"], writer="logs"),
        "optimizer must be a keras.optimizers.Optimizer or a list of them, not a str",
    ),
    "writer": (
        lambda m, o: attach.tf(print, m, o, writer=3),
        "writer must be a tf.summary writer, a folder's path or None, not an int",
    ),
    "logdir": (
        lambda m, o: attach.tf(print, m, o, writer="logs", logdir=3),
        "logdir must be a folder's path, not an int",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_fails_at_once(case: str) -> None:
    call, message = WRONG[case]
    with pytest.raises(TypeError, match=message):
        call(*small())


def test_a_step_that_cannot_be_traced_runs_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ours")

    plain = train("tf.function", None)
    monkeypatch.setattr("tb_diagnose.attach.core.recorder.Recorder.vector", broken)
    assert train("tf.function", tmp_path) == plain
    assert "leaves it alone" in caplog.text
