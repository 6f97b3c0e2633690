"""Curves that end before their other half, against curves that are logged less often."""

from __future__ import annotations

import numpy as np

from tb_diagnose.core.finding import Verdict
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tests.cases import clear, curve, epochs, falling, run, speaks


def test_training_that_ends_at_epoch_2_of_20_is_told() -> None:
    (evidence,) = speaks(
        "curve-ends-early",
        train_loss=epochs(falling(3)),
        val_loss=epochs(falling(20), folder="validation"),
    )
    assert evidence.tag == "train/epoch_loss"
    assert evidence.steps == (2,)
    assert "goes on to step 19" in evidence.message


def test_a_validation_now_and_then_ends_in_time() -> None:
    val = curve(falling(4), "epoch_loss", "validation", steps=5 * np.arange(1, 5))
    clear("curve-ends-early", train_loss=epochs(falling(24)), val_loss=val)


def test_a_run_that_goes_on_is_not_judged() -> None:
    one = run(epochs(falling(3)), epochs(falling(20), folder="validation"))
    only = Settings(select=("curve-ends-early",))
    for growing, verdict in ((False, Verdict.FOUND), (True, Verdict.NOT_APPLICABLE)):
        (outcome,) = examine(one, only, growing=growing).outcomes
        assert outcome.verdict is verdict
