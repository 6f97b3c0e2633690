"""What cannot both be true, and what parts ways."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    dense_model,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
    straight,
    u_shape,
)

BINARY = dense_model(1, "sigmoid", "binary_crossentropy")


def accuracy(values: object) -> object:
    return epochs(values, "epoch_accuracy")  # type: ignore[arg-type]


SPEAKS: Cases = {
    "no loss, and half of the answers wrong": {
        "train_loss": epochs(falling(10, 0.7, 1e-6)), "train_score": accuracy(flat(10, 0.5)),
        "model": BINARY,
    },
    "the same among ten classes, in one epoch": {
        "train_loss": epochs([0.01]), "train_score": accuracy([0.1]), "model": dense_model(),
    },
    "a sigmoid by squared error": {
        "train_loss": epochs(falling(10, 0.3, 0.001)), "train_score": accuracy(flat(10, 0.5)),
        "model": dense_model(1, "sigmoid", "mean_squared_error"),
    },
    "the error doubles while the loss falls": {
        "train_loss": epochs(falling(60, 24, 0.14)),
        "scalars": (epochs(u_shape(60, 10, 0.25, 0.09, 0.18), "epoch_mae"),),
    },
    "the loss is maximized": {
        "train_loss": epochs(-np.exp(np.linspace(0, 5, 15))),
        "train_score": accuracy(straight(15, 0.26, 0.08)),
    },
    "the accuracy is lost while the loss falls": {
        "train_loss": epochs(falling(60, 2.3, 0.1)),
        "train_score": accuracy(np.r_[straight(20, 0.1, 0.8), straight(40, 0.8, 0.3)]),
    },
}  # fmt: skip

SILENT: Cases = {
    "the logarithm of a density that levels off": {
        "train_loss": epochs(falling(15, 1.0, 0.1) * 40 - 44),
        "train_score": accuracy(flat(15, 0.5)),
    },
    "a loss below 0 that learns": {
        "train_loss": epochs(straight(15, 0, -60)), "train_score": accuracy(straight(15, 0.1, 0.9)),
    },
    "a Dice loss": {
        "train_loss": epochs(straight(15, -0.1, -0.9)), "train_score": accuracy(flat(15, 0.9)),
    },
    "both get better": {
        "train_loss": epochs(falling(20, 0.7, 0.05)),
        "train_score": accuracy(straight(20, 0.5, 0.99)), "model": BINARY,
    },
    "as many wrong as the loss has room for": {
        "train_loss": epochs(flat(10, 0.51)), "train_score": accuracy(flat(10, 0.27)),
        "model": BINARY,
    },
    "it is sure and often wrong, which costs much": {
        "train_loss": epochs(flat(10, 3.0)), "train_score": accuracy(flat(10, 0.5)),
        "model": BINARY,
    },
    "a focal loss is no cross-entropy": {
        "train_loss": epochs(flat(10, 0.01)), "train_score": accuracy(flat(10, 0.5)),
        "model": dense_model(1, "sigmoid", "binary_focal_crossentropy"),
    },
    "several labels, each judged by itself": {
        "train_loss": epochs(flat(10, 0.05)), "train_score": accuracy(flat(10, 0.3)),
        "model": dense_model(20, "sigmoid", "binary_crossentropy"),
    },
    "the error of validation, which is overfitting": {
        "train_loss": epochs(falling(60)),
        "scalars": (epochs(u_shape(60, 10), "epoch_mae", "validation"),),
    },
    "both get worse, which is divergence": {
        "train_loss": epochs(u_shape(60, 10, end=3.0)),
        "scalars": (epochs(u_shape(60, 10, end=3.0), "epoch_mae"),),
    },
    "noise at the end of a fall": {
        "train_loss": epochs(falling(60, 1.0, 0.2)),
        "scalars": (epochs(falling(60, 1.0, 0.2, noise=0.1), "epoch_mae"),),
    },
    "six values": {
        "train_loss": epochs(falling(6)),
        "scalars": (epochs([0.3, 0.1, 0.2, 0.3, 0.4, 0.5], "epoch_mae"),),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("metric-loss-disagreement", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("metric-loss-disagreement", **made(SILENT[case]))


def test_it_points_to_where_they_part() -> None:
    (evidence,) = speaks(
        "metric-loss-disagreement", **made(SPEAKS["the error doubles while the loss falls"])
    )
    assert evidence.tag == "train/epoch_mae"
    assert 8 <= evidence.steps[0] <= 12
    assert evidence.comparison is not None
    assert evidence.comparison.value == pytest.approx(0.09 / 0.16, abs=0.05)
