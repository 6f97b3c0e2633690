"""Validation data that were prepared otherwise, against the differences of splits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, made, silent, speaks
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


FEATURES = np.arange(3.0)

SPEAKS: Cases = {
    "0 to 1 against 0 to 255": both((0.5, 0.25), (127.0, 64.0)),
    "means taken out in training only": both((0.0, 1.0), (5.0, 1.0)),
    "one feature in other units": both((0.0, 1.0), (0.0, [1.0, 1.0, 0.01])),
    "images of another size": both(
        (0.5, 0.25), (0.5, 0.25), train=[224, 224, 3], validation=[220, 220, 3]
    ),
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
    assert "is 0.25 in training and 64 in validation" in evidence.says
    assert evidence.measured == pytest.approx(256)
    (evidence,) = speaks("train-validation-skew", **SPEAKS["images of another size"])
    assert "224 × 224 × 3 in training and 220 × 220 × 3 in validation" in evidence.says
