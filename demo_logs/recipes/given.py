"""The three trainings this project began with, as given and once more with held-out data.

All three learn from noise: images and labels are random, so nothing that they reach on the
training data carries over. Guessing among five classes costs ln 5 = 1.609 and is right once in
five times.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from recipes.data import random_images
from recipes.workshop import compile_classifier, fit, layers, recipe


@recipe("data-pipeline/as-given")
def data_pipeline(logs: Path) -> None:
    """Three JPEGs, resized to 220 instead of 224, labels at random, five epochs.

    Three examples make one batch and so five steps in all; nothing is held out. To say: after one
    good step the loss leaps to thirty times that of guessing; three examples and five steps are
    far too few to judge a model by (accuracy moves in thirds); no usual network takes 220 x 220.
    """
    with tempfile.TemporaryDirectory() as folder:
        _train_on_files(logs, Path(folder), held_out=0)


@recipe("data-pipeline/held-out")
def data_pipeline_held_out(logs: Path) -> None:
    """The same three JPEGs, with six more of the kind for validation.

    To say: as for `as-given`; and what is learnt of three random labels is of no use on other
    images.
    """
    with tempfile.TemporaryDirectory() as folder:
        _train_on_files(logs, Path(folder), held_out=6)


@recipe("architecture/as-given")
def architecture(logs: Path) -> None:
    """Two convolutions on 100 random images with random labels, 20 epochs, nothing held out.

    To say: 1.9 million weights, nearly all of them in the last layer, for 100 examples; without
    validation data nobody can tell learning from memorizing.
    """
    fit(_two_convolutions(), logs, *random_images(100), epochs=20, batch_size=32, histogram_freq=1)


@recipe("architecture/held-out")
def architecture_held_out(logs: Path) -> None:
    """The same with a fifth of the images held out.

    To say: it memorizes. Training loss falls while validation loss
    comes down to guessing (1.609), no further, and rises again.
    """
    options = {"epochs": 20, "batch_size": 32, "validation_split": 0.2, "histogram_freq": 1}
    fit(_two_convolutions(), logs, *random_images(100), **options)


@recipe("training-configuration/as-given")
def training_configuration(logs: Path) -> None:
    """Three convolutions with Adam(learning_rate=10.0) on 100 random images, 20 epochs.

    To say: Adam moves every weight by about the learning rate at each step, and weights are of the
    order of 0.01. The first epoch's loss is 15 orders of magnitude above guessing; it falls
    back towards guessing and never below it. Divide the rate by 10,000.
    """
    # No histograms: TensorBoard's own op needs 10 GB for the 44 million weights of the dense layer.
    fit(_three_convolutions(), logs, *random_images(100), epochs=20, batch_size=32)


@recipe("training-configuration/held-out")
def training_configuration_held_out(logs: Path) -> None:
    """The same with a fifth of the images held out.

    To say: as for `as-given`; validation loss shows the same explosion from the first epoch.
    """
    options = {"epochs": 20, "batch_size": 32, "validation_split": 0.2}
    fit(_three_convolutions(), logs, *random_images(100), **options)


def _train_on_files(logs: Path, folder: Path, held_out: int) -> None:
    """Write noise as JPEG files, read them back through tf.data and train on the first three."""
    images, labels = random_images(3 + held_out)
    for index, image in enumerate(images):
        encoded = tf.io.encode_jpeg(tf.constant((image * 255).astype(np.uint8)))
        tf.io.write_file(str(folder / f"{index}.jpg"), encoded)
    paths = [str(folder / f"{index}.jpg") for index in range(len(images))]
    files = tf.data.Dataset.from_tensor_slices((paths, labels)).map(_read_jpeg)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((220, 220, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(5, activation="softmax"),
        ]
    )
    rest = files.skip(3).batch(3) if held_out else None
    options = {"epochs": 5, "validation_data": rest, "histogram_freq": 1}
    fit(compile_classifier(model, "adam"), logs, files.take(3).batch(3), **options)


def _read_jpeg(path: Any, label: Any) -> tuple[Any, Any]:
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(image, (220, 220)) / 255.0, label


def _two_convolutions() -> Any:
    model = tf.keras.Sequential(
        [
            tf.keras.Input((224, 224, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(5, activation="softmax"),
        ]
    )
    return compile_classifier(model, "adam")


def _three_convolutions() -> Any:
    model = tf.keras.Sequential(
        [
            tf.keras.Input((224, 224, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(5, activation="softmax"),
        ]
    )
    return compile_classifier(model, tf.keras.optimizers.Adam(learning_rate=10.0))
