"""Validation data that were prepared otherwise, against the differences of splits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, Floats, epochs, falling, flat, made, silent, speaks, straight
from tests.layered import vitals

ROWS = ("x/0", "x/1", "x/2")


def both(
    ours: tuple[object, object], theirs: tuple[object, object], **shapes: list[int]
) -> dict[str, object]:
    """(mean, std) of each split, and the shapes of the input ``x``."""
    sides = {}
    for role, (mean, std), folder in (("input_vitals", ours, "train"),
                                      ("input_vitals_val", theirs, "validation")):  # fmt: skip
        layout = {"shapes": {"x": shapes[folder]}} if shapes else {}
        sides[role] = vitals("inputs", ROWS, {"mean": mean, "std": std}, folder=folder, **layout)
    return sides


def losses(ours: Floats, theirs: Floats) -> dict[str, object]:
    """The losses of a run whose inputs were not measured."""
    return {"train_loss": epochs(ours), "val_loss": epochs(theirs, folder="validation")}


FEATURES = np.arange(3.0)

SPEAKS: Cases = {
    "0 to 1 against 0 to 255": both((0.5, 0.25), (127.0, 64.0)),
    "means taken out in training only": both((0.0, 1.0), (5.0, 1.0)),
    "one feature in other units": both((0.0, 1.0), (0.0, [1.0, 1.0, 0.01])),
    "images of another size": both(
        (0.5, 0.25), (0.5, 0.25), train=[224, 224, 3], validation=[220, 220, 3]
    ),
    "a loss out of all proportion": losses(falling(20), straight(20, 21.0, 60.0)),
}

SILENT: Cases = {
    "the same": both((FEATURES, 1.0), (FEATURES, 1.0)),
    "a random split": both((FEATURES, 1.0), (FEATURES + 0.1, 1.1)),
    "augmented training images": both((0.45, 0.28), (0.47, 0.25)),
    "a constant channel": both(
        ([0.0, 1.0, 1.0], [1.0, 1.0, 0.0]), ([0.0, 1.0, 1.0], [1.0, 1.0, 0.0])
    ),
    "a rare feature that varies": both((0.0, 1.0), (0.0, [1.0, 1.0, 2.9])),
    "a free size": both((0.5, 0.25), (0.5, 0.25), train=[0, 0, 3], validation=[300, 200, 3]),
    "not measured": both((np.nan, np.nan), (0.0, 1.0)),
    "a loss that is summed up over batches": losses(falling(20), 137 * falling(20)),
    "overfitting": losses(falling(20), straight(20, 1.0, 6.0)),
    "nothing is learned of either": losses(flat(20), flat(20, 30.0)),
    "three epochs": losses(falling(3), flat(3, 30.0)),
    "a batch normalization that takes its time": losses(falling(20), falling(20, 50.0, 0.5)),
    "no validation": {"input_vitals": vitals("inputs", ROWS, {"mean": 0.0, "std": 1.0})},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("train-validation-skew", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("train-validation-skew", **made(SILENT[case]))


def test_it_names_both_sides() -> None:
    (evidence,) = speaks("train-validation-skew", **SPEAKS["0 to 1 against 0 to 255"])
    assert "is 0.25 in training and 64 in validation" in evidence.message
    assert evidence.comparison.value == pytest.approx(256)
    (evidence,) = speaks("train-validation-skew", **SPEAKS["images of another size"])
    assert "224 × 224 × 3 in training and 220 × 220 × 3 in validation" in evidence.message
