"""Scores that never move, against scores that do and scores that are good."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    clear,
    counted,
    curve,
    epochs,
    falling,
    flat,
    made,
    speaks,
    straight,
)


def scores(*curves: object) -> dict[str, object]:
    return {"train_loss": epochs(falling(20)), "scores": curves}


SPEAKS: Cases = {
    "F1 exactly 0": scores(epochs(np.zeros(6), "epoch_f1", "validation")),
    "Dice that is only its own epsilon": scores(curve(np.full(10, 1e-8), "val/dice", "")),
    "AUC of guessing": scores(curve(flat(15, 0.503, 0.002), "val/auc", "")),
    "R² of a mean that is far off": scores(curve(-falling(15, 8e6, 1e6), "val/r2", "")),
    "the same validation accuracy in every epoch": scores(
        epochs(np.full(9, 1 / 3), "epoch_accuracy", "validation")
    ),
    "every word is wrong": {
        "train_loss": epochs(falling(5)),
        "errors": None,
        "scalars": (curve([1.0, 1.0, 0.9999, 1.0], "val_wer", ""),),
    },
}

CLEAR: Cases = {
    "a recall that rises from 0": scores(epochs(straight(10, 0, 0.8), "epoch_recall")),
    "an R² that rises from below 0": scores(epochs(straight(10, -3, 0.6), "epoch_r2_score")),
    "an AUC that rises": scores(epochs(straight(10, 0.5, 0.8), "epoch_auc")),
    "a perfect score in every epoch": scores(epochs(np.ones(8), "epoch_accuracy")),
    "three values": scores(epochs(np.zeros(3), "epoch_f1")),
    "an accuracy that moves by single examples": scores(
        epochs(counted(np.full(12, 0.6), 500), "epoch_accuracy", "validation")
    ),
    "a score that rose once and rests": scores(
        epochs([0.2, 0.4, 0.6, *[0.75] * 6], "epoch_accuracy", "validation")
    ),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    roles = {name: value for name, value in made(SPEAKS[case]).items() if value is not None}
    (evidence,) = speaks("score-at-chance", **roles)
    assert evidence.comparison is not None


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("score-at-chance", **made(CLEAR[case]))


def test_one_class_among_many_is_a_note() -> None:
    rare = curve(np.zeros(8), "AP/rare", "")
    others = (curve(straight(8, 0.1, 0.6), "AP", ""), curve(straight(8, 0.1, 0.5), "AP/car", ""))
    (evidence,) = speaks("score-at-chance", **scores(rare, *others))
    assert evidence.severity is Severity.INFO
