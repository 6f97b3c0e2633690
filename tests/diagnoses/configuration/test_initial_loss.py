"""First losses far above ln K, against noise, penalties and late logs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    classes,
    curve,
    dense_model,
    epochs,
    falling,
    layer,
    made,
    model,
    silent,
    speaks,
)

TEN = classes(10)

SPEAKS: Cases = {
    "pixels from 0 to 255": {
        "batch_loss": curve(falling(400, 150.0), "batch_loss", steps=np.arange(1, 401)),
        "train_loss": epochs(falling(5, 3.0)), "chance": TEN,
    },
    "a first epoch of nine times ln K": {"train_loss": epochs(falling(20, 21.0)), "chance": TEN},
    "a hand-written loop, its first batch": {
        "train_loss": curve(falling(1000, 7.0), "Loss/train", ""), "chance": TEN,
    },
    "unknown classes, 800 nats": {
        "train_loss": epochs(falling(20, 800.0)),
        "train_score": epochs(np.linspace(0.2, 0.6, 20), "epoch_accuracy"),
    },
    "two classes, 30 nats": {"train_loss": epochs(falling(20, 30.0)), "chance": classes(2)},
}  # fmt: skip

SILENT: Cases = {
    "ln 10": {"train_loss": epochs(falling(20, 2.3)), "chance": TEN},
    "a hard first batch": {
        "batch_loss": curve(falling(400, 3.1), "batch_loss", steps=np.arange(1, 401)),
        "chance": TEN,
    },
    "an epoch's mean of two and a half times ln K": {
        "train_loss": epochs(falling(20, 5.7)), "chance": TEN,
    },
    "below a guess: a pretrained model": {"train_loss": epochs(falling(20, 0.4)), "chance": TEN},
    "unknown classes, as many as words": {
        "train_loss": epochs(falling(20, 10.8)),
        "train_score": epochs(np.linspace(0.0, 0.3, 20), "epoch_accuracy"),
    },
    "a regression": {"train_loss": epochs(falling(20, 900.0))},
    "classes, but a loss that is no cross-entropy": {
        "train_loss": epochs(falling(20, 900.0)), "chance": classes(10, cross_entropy=False),
    },
    "weight penalties in the loss": {
        "train_loss": epochs(falling(20, 12.0)), "chance": TEN,
        "model": model(layer(64, "relu", kernel_regularizer={"class_name": "L2"}), layer()),
    },
    "a log that begins at step 100": {
        "train_loss": curve(falling(20, 30.0), "Loss/train", "", steps=100 * np.arange(1, 21)),
        "chance": TEN,
    },
    "NaN from the start": {"train_loss": epochs([np.nan, np.nan]), "chance": TEN},
    "no values": {"train_loss": epochs([]), "chance": TEN},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("initial-loss", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("initial-loss", **made(SILENT[case]))


def test_it_points_to_the_first_batch_and_says_what_it_should_be() -> None:
    batches = curve(falling(400, 150.0), "batch_loss", steps=np.arange(1, 401))
    (evidence,) = speaks(
        "initial-loss", batch_loss=batches, train_loss=epochs([90.0, 3.0]), chance=TEN,
        model=dense_model(),
    )  # fmt: skip
    assert evidence.tag == "train/batch_loss"
    assert evidence.steps == (1,)
    assert evidence.comparison.value == pytest.approx(150 / np.log(10), rel=1e-3)
    assert "should then be about 2.3" in evidence.suggestion
