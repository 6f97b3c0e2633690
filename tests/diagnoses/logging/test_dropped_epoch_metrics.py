"""What update_freq=N leaves out of a Keras log."""

from __future__ import annotations

import pytest

from tb_diagnose.core.run import Series
from tests.cases import Cases, curve, falling, made, silent, speaks


def batches(every: int) -> Series:
    return curve(falling(20), "batch_loss", steps=range(every, 21 * every, every))


def logged(epochs: list[int]) -> Series:
    return curve(falling(max(len(epochs), 1))[: len(epochs)], "epoch_loss", steps=epochs)


SPEAKS: Cases = {
    "every other epoch": {"batch_loss": batches(10), "scalars": (logged([1, 3, 5, 7]),)},
    "only the fourth": {"batch_loss": batches(10), "scalars": (logged([3]),)},
    "not one epoch": {"batch_loss": batches(10), "scalars": (batches(10),)},
}

SILENT: Cases = {
    "all epochs": {"batch_loss": batches(10), "scalars": (logged([0, 1, 2, 3]),)},
    "each batch": {"batch_loss": batches(1), "scalars": (logged([1, 3]),)},
    "resumed at the fifth": {
        "batch_loss": curve(falling(20), "batch_loss", steps=range(500, 700, 10)),
        "scalars": (logged([5, 6, 7]),),
    },
    "one batch": {"batch_loss": curve([0.5], "batch_loss"), "scalars": (logged([0]),)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("dropped-epoch-metrics", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("dropped-epoch-metrics", **made(SILENT[case]))


def test_it_counts_the_epochs_that_are_kept() -> None:
    (evidence,) = speaks("dropped-epoch-metrics", **made(SPEAKS["every other epoch"]))
    assert "one epoch of 2 is" in evidence.message
    assert "update_freq=10" in evidence.suggestion
    assert evidence.steps == (1,)
