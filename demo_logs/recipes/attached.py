"""Trainings with `tb_diagnose.attach`: with Keras, with PyTorch and around `tf.GradientTape`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf
import torch
from torch.utils.tensorboard import SummaryWriter

import tb_diagnose.attach
from recipes.data import digits
from recipes.workshop import batches, compile_classifier, fit, layers, recipe


@recipe("attached/dead-relu")
def dead_relu(logs: Path) -> None:
    """A hidden layer of which 60 units of 64 begin with a bias of -10.

    No image lifts them above zero, so they have no gradient and stay as they are. Losses fall all
    the same, since four units carry the training. To say: 94 % of the units of `second` never fire.
    """
    _fit(logs, np.where(np.arange(64) < 4, 0.0, -10.0))


@recipe("attached/healthy")
def healthy(logs: Path) -> None:
    """The same with biases of zero, as Keras has them. To say: nothing."""
    _fit(logs, np.zeros(64))


@recipe("attached/pytorch")
def pytorch(logs: Path) -> None:
    """Two layers in PyTorch, and no `optimizer.zero_grad()`; 10 epochs of 28 steps.

    Each step follows the sum of all gradients so far. To say: gradients of earlier steps are still
    there when a backward pass begins.
    """
    torch.manual_seed(1)
    x, y = map(torch.from_numpy, digits())
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer, criterion = torch.optim.SGD(model.parameters(), 0.01), torch.nn.CrossEntropyLoss()
    writer, size = SummaryWriter(str(logs)), 64
    with tb_diagnose.attach.torch(model, optimizer, writer, every=5) as attached:
        for epoch in range(10):
            attached.new_epoch()
            total = 0.0
            for part in torch.randperm(len(x)).split(size)[: len(x) // size]:
                loss = criterion(model(x[part]), y[part])
                loss.backward()
                optimizer.step()
                total += loss.item() / (len(x) // size)
            writer.add_scalar("loss/train", total, epoch)
    writer.close()


@recipe("attached/gradient-tape")
def gradient_tape(logs: Path) -> None:
    """A loop around `tf.GradientTape` that applies the gradients of the last layer alone.

    The first layer keeps its random weights, on which the last one learns well enough. To say: two
    weights that require gradients are in no optimizer.
    """
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            layers.Dense(64, activation="relu", name="first"),
            layers.Dense(10, name="digit"),
        ]
    )
    optimizer = tf.keras.optimizers.Adam(1e-2)
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    writer = tf.summary.create_file_writer(str(logs))

    @tf.function
    def step(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        weights = model.get_layer("digit").trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights, strict=True))
        return value

    run = tb_diagnose.attach.tf(step, model, optimizer, writer=writer, loss=loss, every=5)
    total = 0.0
    examples = batches(*digits(), 64, 10, np.random.default_rng(1))
    for count, (index, x, y) in enumerate(examples):
        if index == 0 and count:
            run.new_epoch()
        total += float(run(x, y))
        if index == 27:
            with writer.as_default():
                tf.summary.scalar("loss/train", total / 28, count // 28)
            total = 0.0
    run.close()
    writer.close()


def _fit(logs: Path, bias: np.ndarray) -> None:
    """15 epochs of 23 steps on handwritten digits, every fifth step measured."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((64,)),
            layers.Dense(64, activation="relu", name="first"),
            layers.Dense(64, activation="relu", name="second"),
            layers.Dense(10, activation="softmax", name="digit"),
        ]
    )
    model.get_layer("second").bias.assign(bias)
    compile_classifier(model, tf.keras.optimizers.Adam(1e-3))
    measured = tb_diagnose.attach.keras(logs, every=5)
    options = {"epochs": 15, "batch_size": 64, "validation_split": 0.2, "histogram_freq": 1}
    fit(model, logs, *digits(), callbacks=[measured], **options)
