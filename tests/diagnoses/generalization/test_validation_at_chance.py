"""Far on the training data and nowhere on the others."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import (
    Cases,
    Floats,
    classes,
    counted,
    epochs,
    flat,
    made,
    silent,
    speaks,
    straight,
)


def scores(train: Floats, val: Floats, k: int = 5) -> dict[str, object]:
    return {
        "train_score": epochs(train, "epoch_accuracy"),
        "val_score": epochs(val, "epoch_accuracy", "validation"),
        "chance": classes(k),
    }


LEARNED = straight(20, 0.2, 1.0)

SPEAKS: Cases = {
    "random labels": scores(LEARNED, counted(np.full(20, 0.2), 1000)),
    "random labels, 20 validation examples": scores(LEARNED, counted(np.full(20, 0.25), 20)),
    "two classes": scores(straight(20, 0.5, 0.95), np.full(20, 0.5), 2),
}

SILENT: Cases = {
    "low, but above guessing": scores(LEARNED, counted(np.full(20, 0.45), 1000)),
    "as good as training": scores(LEARNED, LEARNED),
    "training is no better": scores(np.full(20, 0.2), np.full(20, 0.2)),
    "no values": scores(LEARNED, np.full(5, np.nan)),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("validation-at-chance", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("validation-at-chance", **made(SILENT[case]))


def test_it_says_on_how_many_examples_that_rests() -> None:
    (evidence,) = speaks(
        "validation-at-chance", **made(SPEAKS["random labels, 20 validation examples"])
    )
    assert evidence.comparison is not None
    assert evidence.comparison.name == "counting"
    assert evidence.related == ("train/epoch_accuracy",)


def test_without_a_training_score_the_losses_tell() -> None:
    roles = {
        "train_loss": epochs(straight(20, 1.61, 1.2)),
        "val_loss": epochs(straight(20, 1.61, 1.75), folder="validation"),
        "val_score": epochs(flat(20, 0.2, 0.02), "epoch_accuracy", "validation"),
        "chance": classes(5),
    }
    (evidence,) = speaks("validation-at-chance", **roles)
    assert evidence.related == ("train/epoch_loss", "validation/epoch_loss")
    roles["val_score"] = epochs(straight(20, 0.2, 0.5), "epoch_accuracy", "validation")
    silent("validation-at-chance", **roles)
