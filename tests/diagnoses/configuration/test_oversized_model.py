"""Many weights an example, and the gap that shows it."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.model import ModelConfig
from tests.cases import Cases, Floats, classes, epochs, layer, made, model, silent, speaks


def weighing(count: int, *, trainable: bool = True) -> ModelConfig:
    big = layer(64, "relu", trainable=trainable)._replace(parameters=count)
    return model(big, layer(10)._replace(parameters=650))


def scores(train: float, val: float, examples: int = 80) -> dict[str, object]:
    counts = np.unique(np.r_[1:12, 13, 17, 23, round(train * examples)]).astype(float)
    shares: Floats = counts[counts <= train * examples] / examples
    ends = np.r_[shares, np.full(4, train)]
    return {
        "train_score": epochs(ends, "epoch_accuracy"),
        "val_score": epochs(np.full(10, val), "epoch_accuracy", "validation"),
        "chance": classes(5),
    }


SPEAKS: Cases = {
    "1.9 million weights for 80 examples": {"model": weighing(1_900_000), **scores(1.0, 0.15)},
}

SILENT: Cases = {
    "it generalizes": {"model": weighing(1_900_000), **scores(0.95, 0.9)},
    "few weights": {"model": weighing(2_000), **scores(1.0, 0.15)},
    "its many weights are not trained": {
        "model": weighing(1_900_000, trainable=False), **scores(1.0, 0.15),
    },
    "nobody knows how many weights": {"model": weighing(-1), **scores(1.0, 0.15)},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("oversized-model", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("oversized-model", **made(SILENT[case]))


def test_it_counts_the_examples_by_the_accuracy() -> None:
    (evidence,) = speaks("oversized-model", **made(SPEAKS[next(iter(SPEAKS))]))
    assert evidence.confidence == "the accuracy moves in steps of 1/80"
    assert evidence.comparison.value == pytest.approx(1_900_650 / 80)
