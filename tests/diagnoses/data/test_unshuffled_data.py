"""Sorted and repeated orders, against shuffled data and running means."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, epochs, falling, made, noisy, silent, speaks
from tests.layered import vitals

EPOCHS, BATCHES = 8, 50
N = EPOCHS * BATCHES
VAL = {"val_loss": curve(falling(EPOCHS), "val", "validation", BATCHES * np.arange(1, EPOCHS + 1))}
SLOW = np.tile(1 + 0.3 * np.sin(np.linspace(0, 2 * np.pi, BATCHES)), EPOCHS)
SAME = np.tile(noisy(BATCHES, 0.3), EPOCHS)
MEANS = (
    np.cumsum((falling(N) * noisy(N, 0.5)).reshape(EPOCHS, BATCHES), axis=1)
    / np.arange(1, BATCHES + 1)
).ravel()


def loss(values: np.ndarray) -> dict[str, object]:
    return {"train_loss": curve(values), **VAL}


def labels(counts: np.ndarray) -> dict[str, object]:
    rows = tuple(map(str, range(counts.shape[1])))
    return {"label_vitals": vitals("labels", rows, {"count": counts}, n=len(counts))}


def sliding(batches: np.ndarray, window: int) -> dict[str, object]:
    """The same counts as an attached training sums them up."""
    sums = np.stack(
        [batches[max(0, at + 1 - window) : at + 1].sum(0) for at in range(len(batches))]
    )
    rows = tuple(map(str, range(batches.shape[1])))
    return {"label_vitals": vitals("labels", rows, {"count": sums}, n=len(sums), window=window)}


DRAWN = np.random.default_rng(0).multinomial(640, np.full(10, 0.1), size=30)

SPEAKS: Cases = {
    "sorted: slow waves in the loss": loss(falling(N) * SLOW * noisy(N, 0.05)),
    "the same order in each epoch": loss(falling(N, 2.3, 1.5) * SAME * noisy(N, 0.05)),
    "one class after the other": labels(np.repeat(np.eye(10) * 640, 3, axis=0)),
    "one class after the other, in windows longer than an epoch": sliding(
        np.tile(np.eye(5) * 32, (12, 1)), 20
    ),
}

SILENT: Cases = {
    "shuffled": loss(falling(N) * noisy(N, 0.3)),
    "shuffled, and a rate that drops at an epoch": loss(
        np.where(np.arange(N) < N // 2, 2.0, 0.7) * noisy(N, 0.2)
    ),
    "running means": loss(MEANS),
    "epochs of one value": {"train_loss": epochs(falling(20)), "val_loss": epochs(falling(20))},
    "an epoch of unknown length": {"train_loss": curve(falling(N) * SLOW)},
    "labels drawn at random": labels(DRAWN),
    "labels drawn at random, in windows": sliding(DRAWN // 20, 20),
    "labels of one class": labels(np.full((30, 1), 640)),
    "NaN": loss(np.full(N, np.nan)),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("unshuffled-data", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("unshuffled-data", **made(SILENT[case]))


def test_a_fixed_order_of_mixed_data_is_a_note() -> None:
    same = speaks("unshuffled-data", **made(SPEAKS["the same order in each epoch"]))
    slow = speaks("unshuffled-data", **made(SPEAKS["sorted: slow waves in the loss"]))
    assert (same[0].severity, slow[0].severity) == (Severity.INFO, None)
    assert slow[0].steps == tuple(range(0, N, BATCHES))


def test_one_class_at_a_time_has_a_v_of_one() -> None:
    (evidence,) = speaks("unshuffled-data", **made(SPEAKS["one class after the other"]))
    assert evidence.comparison.value == pytest.approx(1.0)
