"""Attached to real Keras trainings: nothing changes, and the numbers are right."""

from __future__ import annotations

import copy
import logging
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="attaching to Keras is tested on TensorFlow")

import keras
import tensorflow as tf

from tb_diagnose import attach
from tb_diagnose.attach.core.live_monitor import Finding
from tests.attach.trainings import (
    Losses,
    convolutional,
    images,
    layers,
    logged,
    remains,
    train,
    untouched,
    vitals,
)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _policy() -> Any:
    yield
    keras.mixed_precision.set_global_policy("float32")


MODES = {
    "graph": ("float32", {}),
    "jit": ("float32", {"jit_compile": True}),
    "eager": ("float32", {"run_eagerly": True}),
    "float16": ("mixed_float16", {}),
    "float16 and jit": ("mixed_float16", {"jit_compile": True}),
    "bfloat16": ("mixed_bfloat16", {}),
    "bfloat16 and jit": ("mixed_bfloat16", {"jit_compile": True}),
}


QUICK = ("graph", "float16")


SLOW = [pytest.param(mode, marks=pytest.mark.slow) for mode in MODES if mode not in QUICK]


@pytest.mark.parametrize("mode", [*QUICK, *SLOW])
def test_a_training_is_the_same_to_the_last_bit(mode: str, tmp_path: Path) -> None:
    policy, options = MODES[mode]
    keras.mixed_precision.set_global_policy(policy)
    data = images()

    def build() -> Any:
        return convolutional(**options)

    plain, _ = train(build, data, validation_data=data)
    attached, model = train(build, data, tmp_path, validation_data=data)
    assert attached == plain
    assert untouched(model)
    assert model.layers[0].compute_dtype == policy.removeprefix("mixed_")
    found = vitals(tmp_path, "layers")
    assert found.rows == (
        "conv2d",
        "batch_normalization",
        "re_lu",
        "dropout",
        "squash",
        "dense",
        "activation",
    )
    assert found.steps.tolist() == [0, 2, 4]
    compiled = bool(options.get("jit_compile"))
    assert [each for each in found.layout["skipped"] if "noise" not in each or not compiled] == []
    assert found.layout["policy"] == policy
    assert found.layout["jit"] == compiled
    steps = vitals(tmp_path, "step")
    assert np.isfinite(steps.column("gradient_norm")).all()
    assert (steps.column("gradient_norm") < 100).all(), "the loss scale is still in it"
    assert vitals(tmp_path, "inputs", "validation").rows == ("input[0]", "input[1]", "input[2]")


@pytest.mark.slow
@pytest.mark.parametrize("limit", ("clipnorm", "global_clipnorm", "clipvalue"))
def test_clipping_under_xla_is_the_same_to_the_last_bit(limit: str, tmp_path: Path) -> None:
    def build() -> Any:
        return convolutional(optimizer=keras.optimizers.Adam(**{limit: 0.05}), jit_compile=True)

    plain, _ = train(build, images())
    attached, _ = train(build, images(), tmp_path)
    assert attached == plain
    found = vitals(tmp_path, "weights")
    assert np.isfinite(found.column("update_ratio")).any()
    assert np.isfinite(found.column("gradient_norm")).all()
    assert (found.column("gradient_norm").max(axis=1) > 0.05).all(), "before clipping"
    step = vitals(tmp_path, "step")
    assert (step.column("gradient_norm_clipped") < step.column("gradient_norm")).all()


def test_the_numbers_are_those_that_a_tape_gives(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(2, 3, (32, 5)).astype("float32"), rng.integers(0, 3, 32)

    def build() -> Any:
        model = keras.Sequential(
            [
                keras.Input((5,)),
                layers.Dense(16, activation="relu", bias_initializer="random_normal"),
                layers.Dense(3, activation="softmax"),
            ]
        )
        first = model.layers[0]
        kernel, bias = first.get_weights()
        kernel[:, :4], bias[:4] = 0, -1  # dead
        first.set_weights([kernel, bias])
        optimizer = keras.optimizers.SGD(0.1, global_clipnorm=0.01)
        model.compile(optimizer, "sparse_categorical_crossentropy")
        return model

    keras.utils.set_random_seed(7)
    model = build()
    weights = [each.numpy() for each in model.trainable_variables]
    with tf.GradientTape() as tape:
        hidden = model.layers[0](x)
        each = keras.losses.sparse_categorical_crossentropy(y, model.layers[1](hidden))
        loss = tf.reduce_mean(each)
    gradients = [g.numpy() for g in tape.gradient(loss, model.trainable_variables)]
    norms = np.array([np.linalg.norm(g) for g in gradients])
    whole = np.linalg.norm(norms)

    train(build, (x, y), tmp_path, every=1, batch_size=32, epochs=1)
    found = vitals(tmp_path, "weights")
    expected = {
        "gradient_norm": norms,
        "weight_norm": np.array([np.linalg.norm(w) for w in weights]),
        "update_norm": 0.1 * 0.01 / whole * norms,
    }
    for column, values in expected.items():
        np.testing.assert_allclose(found.column(column)[0], values, rtol=1e-3, err_msg=column)
    h = hidden.numpy()
    layer = vitals(tmp_path, "layers")
    assert layer.column("mean")[0, 0] == pytest.approx(h.mean(), rel=1e-4)
    assert layer.column("std")[0, 0] == pytest.approx(h.std(), rel=1e-4)
    assert layer.column("zero")[0, 0] == pytest.approx((h == 0).mean())
    assert layer.column("dead")[0, 0] == pytest.approx((h.max(0) <= 0).mean())
    assert layer.column("dead")[0, 0] >= 0.25
    step = vitals(tmp_path, "step")
    assert step.column("loss")[0, 0] == pytest.approx(float(loss), rel=1e-5)
    assert step.column("gradient_norm")[0, 0] == pytest.approx(whole, rel=1e-4)
    assert step.column("gradient_norm_clipped")[0, 0] == pytest.approx(0.01, rel=1e-4)
    assert step.column("batch_size")[0, 0] == 32
    for quantile, name in ((0, "loss_q0"), (50, "loss_q50"), (100, "loss_q100")):
        nearest = np.quantile(each, quantile / 100, method="nearest")
        between = np.sort(each)[[15, 16]] if quantile == 50 else [nearest]
        assert min(abs(step.column(name)[0, 0] - b) for b in between) < 1e-5
    given = vitals(tmp_path, "inputs")
    np.testing.assert_allclose(given.column("mean")[0], x.mean(0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(given.column("std")[0], x.std(0), rtol=1e-4)
    np.testing.assert_allclose(given.column("low")[0], x.min(0))
    np.testing.assert_allclose(given.column("high")[0], x.max(0))
    assert (
        vitals(tmp_path, "labels").values[0, :, 0].tolist() == np.bincount(y, minlength=3).tolist()
    )


def test_planted_repeats_and_a_shifted_validation_show(tmp_path: Path) -> None:
    x, y = images(32)
    x[8:16] = x[:8]
    train(convolutional, (x, y), tmp_path, every=1, epochs=1, validation_data=(3 * x + 1, y))
    assert vitals(tmp_path, "step").column("repeated")[-1, 0] == pytest.approx(0.5)
    training, validation = (vitals(tmp_path, "inputs", w) for w in ("train", "validation"))
    np.testing.assert_allclose(validation.column("mean")[0], 3 * x.mean((0, 1, 2)) + 1, rtol=0.05)
    np.testing.assert_allclose(validation.column("std")[0], 3 * x.std((0, 1, 2)), rtol=0.05)
    assert (training.column("std") < 1.5).all()
    assert training.layout["shapes"] == {"input": [8, 8, 3]}


def test_it_writes_to_the_tensorboard_callbacks_own_file(tmp_path: Path) -> None:
    x, y = images()
    model = convolutional()
    board = keras.callbacks.TensorBoard(tmp_path)
    ours = attach.keras(tmp_path, every=1)
    for epoch in range(2):
        options = {"initial_epoch": epoch, "epochs": epoch + 1, "validation_split": 0.5}
        model.fit(x, y, verbose=0, callbacks=[board, ours], **options)
    for within in ("train", "validation"):
        files = [each for each in (tmp_path / within).iterdir() if "tfevents" in each.name]
        assert len(files) == 2, "one file per fit, TensorBoard's"
    run = logged(tmp_path)
    assert {"epoch_loss"} <= {each.tag for each in run.scalars}
    assert vitals(tmp_path, "layers").steps.tolist() == [1]
    assert untouched(model)


def test_findings_are_told_once_and_may_stop_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    x, y = images()
    told: list[Finding] = []

    def build() -> Any:
        return convolutional(optimizer=keras.optimizers.Adam(10.0))

    def fit(name: str, on_finding: Any) -> Any:
        keras.utils.set_random_seed(7)
        ours = attach.keras(tmp_path / name, every=1, on_finding=on_finding)
        board = keras.callbacks.TensorBoard(tmp_path / name)
        return build().fit(x, y, epochs=60, verbose=0, callbacks=[board, ours])

    fit("told", told.append)
    reported = [(finding.id, finding.severity) for finding in told]
    assert ("learning-rate-too-high", "critical") in reported
    assert len(reported) == len(set(reported))
    first = next(each for each in told if each.id == "learning-rate-too-high")
    assert "Adam" in first.text
    assert "Try" in first.text
    with caplog.at_level(logging.WARNING, "tb_diagnose"):
        history = fit("stopped", "stop")
    assert len(history.epoch) < 60
    assert "learning-rate-too-high" in caplog.text


def test_what_the_users_own_function_raises_reaches_the_training(tmp_path: Path) -> None:
    def prune(found: Finding) -> None:
        raise KeyError(found.id)

    model = convolutional(optimizer=keras.optimizers.Adam(10.0))
    board = keras.callbacks.TensorBoard(tmp_path)
    ours = attach.keras(tmp_path, every=1, on_finding=prune)
    with pytest.raises(KeyError):
        model.fit(*images(), epochs=12, verbose=0, callbacks=[board, ours])


@pytest.mark.parametrize("where", ("recorder", "trace", "writer"))
def test_a_failure_of_ours_never_reaches_the_training(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ours")

    data = images()
    plain, _ = train(convolutional, data)
    places = {
        "recorder": "tb_diagnose.attach.core.statistics.activity",
        "trace": "tb_diagnose.attach.core.recorder.Recorder.vector",
        "writer": "tb_diagnose.attach.core.sinks.FileSink.write",
    }
    monkeypatch.setattr(places[where], broken)
    attached, model = train(convolutional, data, tmp_path)
    assert attached == plain
    assert untouched(model)
    if where == "recorder":
        assert any("ours" in each for each in vitals(tmp_path, "weights").layout["skipped"])
    else:
        assert "tb-diagnose" in caplog.text


class Interrupt(keras.callbacks.Callback):
    def __init__(self, batch: int) -> None:
        super().__init__()
        self._batch = batch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == self._batch:
            raise KeyboardInterrupt


def test_an_interrupt_leaves_a_clean_model_and_a_readable_log(tmp_path: Path) -> None:
    x, y = images()
    model = convolutional()
    ours = attach.keras(tmp_path, every=1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=16, verbose=0, callbacks=[ours, Interrupt(1)])
    assert untouched(model)
    assert vitals(tmp_path, "layers").steps.tolist() == [1], "the first makes variables"
    model.fit(x, y, batch_size=16, verbose=0, callbacks=[ours])
    assert vitals(tmp_path, "layers").steps.tolist() == [1, 2, 3, 4]


class Hurdle(keras.callbacks.Callback):
    """Raises when a step is about to begin, behind our callback."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if batch == 1:
            raise KeyboardInterrupt


@pytest.mark.parametrize("same", (True, False))
def test_a_step_that_never_came_leaves_nothing_behind(same: bool, tmp_path: Path) -> None:
    x, y = images()
    model = convolutional()
    ours = attach.keras(tmp_path, every=1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=16, verbose=0, callbacks=[ours, Hurdle()])
    again = ours if same else attach.keras(tmp_path, every=1)
    model.fit(x, y, batch_size=16, verbose=0, callbacks=[again])
    assert untouched(model)
    assert vitals(tmp_path, "layers").steps.tolist() == [1, 2, 3]


class Copies(keras.callbacks.Callback):
    """Saves, exports, clones, copies and pickles as a sampled step begins."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        path = self._folder / "model.keras"
        self.model.save(path)
        loaded = [
            keras.models.load_model(path),
            pickle.loads(pickle.dumps(self.model)),
            copy.deepcopy(self.model),
        ]
        for each in loaded:
            for ours, theirs in zip(each.weights, self.model.weights, strict=True):
                np.testing.assert_array_equal(ours, theirs)
        assert b"diagnose" not in path.read_bytes()
        assert len(keras.models.clone_model(self.model).layers) == len(self.model.layers)
        self.model.export(self._folder / "exported", verbose=False)
        exported = tf.saved_model.load(self._folder / "exported")
        served = exported.serve(images(4)[0])
        np.testing.assert_allclose(served, self.model(images(4)[0]), rtol=1e-5)


def test_a_model_is_saved_cloned_and_pickled_as_ever(tmp_path: Path) -> None:
    x, y = images()
    model = convolutional()
    ours = attach.keras(tmp_path / "logs", every=1)
    model.fit(x, y, batch_size=24, verbose=0, callbacks=[ours, Copies(tmp_path)])
    assert untouched(model)


def test_a_resumed_training_counts_on(tmp_path: Path) -> None:
    x, y = images()
    model = convolutional()
    model.fit(x, y, batch_size=16, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    ours = attach.keras(tmp_path / "logs", every=1)
    again.fit(x, y, batch_size=16, verbose=0, initial_epoch=1, epochs=2, callbacks=[ours])
    assert vitals(tmp_path / "logs", "step").steps.tolist() == [3, 4, 5]


def test_a_training_too_short_to_measure_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = convolutional()
    losses = Losses()
    model.fit(*images(), verbose=0, callbacks=[losses, attach.keras(tmp_path)])
    assert "every=10" in caplog.text
    run = logged(tmp_path)
    assert not run.vitals
    assert run.model is not None, "the setup is written all the same"
    assert remains(model, losses)


def test_without_a_folder_it_needs_a_tensorboard_callback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    convolutional().fit(*images(16), verbose=0, callbacks=[attach.keras(every=1)])
    assert "where to write?" in caplog.text
    board = keras.callbacks.TensorBoard(tmp_path)
    callbacks = [board, attach.keras(every=1)]
    convolutional().fit(*images(16), epochs=2, verbose=0, callbacks=callbacks)
    assert len(vitals(tmp_path, "layers"))


KILLED = """
import os, signal, sys
import keras
from tb_diagnose import attach
from tests.attach.trainings import convolutional, images
class Kill(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            os.kill(os.getpid(), signal.SIGKILL)
board = keras.callbacks.TensorBoard(sys.argv[1])
ours = attach.keras(sys.argv[1], every=1)
convolutional().fit(*images(), batch_size=8, verbose=0, callbacks=[board, ours, Kill()])
"""


def test_what_a_killed_process_wrote_is_readable(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    ended = subprocess.run(command, cwd=Path.cwd(), check=False, capture_output=True)  # noqa: S603
    assert ended.returncode == -9, ended.stderr[-2000:]
    assert vitals(tmp_path, "layers").steps.tolist() == [1, 2]
