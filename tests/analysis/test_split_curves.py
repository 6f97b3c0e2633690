"""Training and validation at equal steps, or at equal times."""

from __future__ import annotations

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.split_curves import SplitCurves
from tests.cases import curve, epochs, falling


def test_equal_steps_are_compared() -> None:
    train, val = epochs(falling(20)), epochs(falling(20) + 0.3, folder="validation")
    pair = SplitCurves(Curve(train, -1), Curve(val, -1))
    assert np.allclose(pair.gap.values, 0.3, atol=0.05)
    assert not pair.part


def test_steps_and_epochs_are_compared_by_time() -> None:
    train = curve(falling(400), "train/loss", "", steps=np.arange(400))
    val = curve(falling(10), "val/loss", "", steps=np.arange(10))
    spread = np.linspace(train.wall[39], train.wall[-1], 10)
    val = type(val)(val.tag, val.folder, val.steps, val.values, spread)
    pair = SplitCurves(Curve(train, -1), Curve(val, -1))
    assert pair.validation_covered == 1.0
    assert pair.early_end is None
