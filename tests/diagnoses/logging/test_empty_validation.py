"""A validation of zeros, against a validation that is merely good."""

from __future__ import annotations

import numpy as np

from tests.cases import clear, epochs, falling, not_logged, speaks

TRAIN = epochs(falling(10))


def held_out(values: object, tag: str = "epoch_loss") -> object:
    return epochs(values, tag, "validation")  # type: ignore[arg-type]


def test_zeros_are_no_validation() -> None:
    (evidence,) = speaks(
        "empty-validation", train_loss=TRAIN, val_loss=held_out(np.zeros(10)),
        val_score=held_out(np.zeros(10), "epoch_accuracy"),
    )  # fmt: skip
    assert evidence.steps == (0, 9)
    assert evidence.related == ("validation/epoch_accuracy",)


def test_a_loss_that_is_not_0_is_one() -> None:
    clear("empty-validation", train_loss=TRAIN, val_loss=held_out(falling(10)))


def test_a_perfect_score_beside_a_loss_of_0_is_one() -> None:
    clear(
        "empty-validation", train_loss=TRAIN, val_loss=held_out(np.zeros(10)),
        val_score=held_out(np.ones(10), "epoch_accuracy"),
    )  # fmt: skip


def test_a_training_loss_of_0_says_as_much_of_training() -> None:
    clear("empty-validation", train_loss=epochs(np.zeros(10)), val_loss=held_out(np.zeros(10)))


def test_without_validation_there_is_nothing_to_judge() -> None:
    not_logged("empty-validation", "validation loss", train_loss=TRAIN)
