"""Layers beside the way, against kept ones and whole stacks."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, moving, of, stack, vitals

NET = stack(*(dense(f"dense_{n}", 64, 64) for n in range(5)))
LSTM = (moving("lstm/lstm_cell", 0.3), moving("lstm/lstm_cell", 0.0, kind="recurrent_kernel"))
ROWS = ("dense/kernel", "dense/bias", "side/kernel")

SPEAKS: Cases = {
    "a recurrent layer that sees one step": {
        "kernels": of(*LSTM), "train_loss": epochs(falling(10)),
    },
    "a branch that the loss does not use": {
        "kernels": of(
            moving("dense_0", 0.1), moving("dense_1", 0.0), moving("dense_2", 0.1), model=NET
        ),
        "train_loss": epochs(flat(10)),
    },
    "a gradient of 0 at every step": {
        "weight_vitals": vitals("weights", ROWS, {"gradient_norm": [0.3, 0.1, 0.0]}),
        "train_loss": epochs(falling(10)),
    },
    "no gradient, and no update": {
        "weight_vitals": vitals(
            "weights", ROWS, {"gradient_norm": [0.3, 0.1, np.nan], "update_norm": [0.1, 0.1, 0.0]}
        ),
    },
}  # fmt: skip

SILENT: Cases = {
    "a recurrent layer that uses its state": {
        "kernels": of(LSTM[0], moving("lstm/lstm_cell", 0.02, kind="recurrent_kernel")),
    },
    "a branch that is to stay": {
        "kernels": of(
            moving("dense_0", 0.1), moving("dense_1", 0.0),
            model=stack(dense("dense_0", 64, 64), dense("dense_1", 64, 64, trainable=False)),
        ),
    },
    "nothing moves at all": {"kernels": of(moving("dense_0", 0.0), moving("dense_1", 0.0))},
    "the first layers up to a depth": {
        "kernels": of(moving("dense_0", 0.0), moving("dense_1", 0.0), moving("dense_2", 0.1)),
        "train_loss": epochs(flat(10)),
    },
    "words that no batch holds": {
        "kernels": of(moving("embedding", 0.0, kind="embeddings"), moving("dense", 0.1)),
    },
    "a gradient that is 0 now and then": {
        "weight_vitals": vitals(
            "weights", ROWS, {"gradient_norm": [[0.3, 0.1, 0.0], [0.3, 0.1, 0.2]] * 5}
        ),
    },
    "gradients that nobody measured": {
        "weight_vitals": vitals("weights", ROWS, {"update_ratio": 1e-3}),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("disconnected-layers", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("disconnected-layers", **made(SILENT[case]))


def test_it_names_the_layers_and_how_long() -> None:
    (evidence,) = speaks("disconnected-layers", **made(SPEAKS["a gradient of 0 at every step"]))
    assert "No gradient reached side at any of 10 measured steps" in evidence.message
    assert evidence.steps == (0, 450)


def test_beside_a_training_that_learns_it_is_a_note() -> None:
    given = {**made(SPEAKS["a branch that the loss does not use"])}
    given["train_loss"] = epochs(falling(10))
    assert speaks("disconnected-layers", **given)[0].severity is Severity.INFO
