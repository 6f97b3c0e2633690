"""Values that a metric cannot have, against percent, rounding and other metrics."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, clear, curve, dense_model, epochs, falling, made, speaks, straight

SPEAKS: Cases = {
    "a Dice of 1.3": {"scores": (curve(straight(10, 0.2, 1.3), "val/dice", ""),)},
    "an accuracy that counts examples": {
        "scores": (curve(straight(10, 100, 4000), "train/acc", ""),)
    },
    "a cross-entropy below 0": {"train_loss": curve(straight(10, 0.7, -3), "train/bce", "")},
    "a loss that the model says is one": {
        "train_loss": epochs(straight(10, 0.7, -3)),
        "model": dense_model(1, "sigmoid", "binary_crossentropy"),
    },
}

CLEAR: Cases = {
    "shares": {"scores": (curve(straight(10, 0.2, 1.0), "val/acc", ""),)},
    "rounding": {"scores": (curve(np.full(10, 1.0000001), "val/acc", ""),)},
    "a score without bounds": {"scores": (curve(straight(10, 10, 35), "val/psnr", ""),)},
    "a loss of unknown kind below 0": {"train_loss": epochs(straight(10, 0.7, -3))},
    "a healthy cross-entropy": {"train_loss": curve(falling(10), "train/bce", "")},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    (evidence,) = speaks("metric-out-of-range", **made(SPEAKS[case]))
    assert evidence.steps


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("metric-out-of-range", **made(CLEAR[case]))
