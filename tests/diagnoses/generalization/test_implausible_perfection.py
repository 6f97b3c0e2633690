"""Perfect scores that mean nothing, and those that do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, Floats, epochs, falling, layer, made, model, silent, speaks

LEARNT = np.r_[16, 19, 23, 31, 47, 61, 80, 97, np.full(12, 100)] / 100
BIG = model(layer(10)._replace(parameters=1_900_000))


def train(values: Floats) -> object:
    return epochs(values, "epoch_accuracy")


def val(values: Floats) -> object:
    return epochs(values, "epoch_accuracy", "validation")


SPEAKS: Cases = {
    "learnt by heart": {"train_score": train(LEARNT), "model": BIG},
    "nothing held out": {"train_score": train(LEARNT)},
    "validation is perfect before anything is learned": {
        "train_score": train(LEARNT), "val_score": val(np.ones(20)),
    },
}  # fmt: skip

SILENT: Cases = {
    "validation gets there": {
        "train_score": train(LEARNT), "val_score": val(np.r_[0.8, np.ones(19)]),
    },
    "only a loss is held out": {
        "train_score": train(LEARNT), "val_loss": epochs(falling(20), folder="validation"),
    },
    "0.99": {"train_score": train(0.99 * LEARNT)},
    "two validations": {"val_score": val(np.ones(2))},
    "percent": {"val_score": val(np.full(20, 100.0))},
    "no score": {},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("implausible-perfection", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("implausible-perfection", **made(SILENT[case]))


def test_it_says_where_the_weights_can_learn_by_heart() -> None:
    (heart,) = speaks("implausible-perfection", **made(SPEAKS["learnt by heart"]))
    (unknown,) = speaks("implausible-perfection", **made(SPEAKS["nothing held out"]))
    assert "1,900,000 weights can learn 100 examples by heart" in heart.message
    assert "by heart" not in unknown.message
    assert heart.severity is unknown.severity is None
    assert unknown.steps == (8, 19)
