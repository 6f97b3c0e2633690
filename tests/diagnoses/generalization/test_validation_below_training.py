"""Validation below training, and why."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, falling, layer, made, model, pair, silent, speaks

DROPOUT = model(layer(0, "", "Dropout"), layer(10))

SPEAKS: Cases = {
    "three quarters of it": {"pairs": pair(falling(20), falling(20, 1.7, 0.2))},
    "against 2,000 batches": {"pairs": pair(falling(2000, noise=0.3), falling(20, 1.7, 0.2))},
}

SILENT: Cases = {
    "dropout explains it": {"pairs": pair(falling(20), 0.7 * falling(20)), "model": DROPOUT},
    "above it": {"pairs": pair(falling(20), falling(20, 2.4, 0.4))},
    "a twentieth below": {"pairs": pair(falling(20), 0.95 * falling(20))},
    "only at first, since an epoch's mean lags": {
        "pairs": pair(falling(20), np.r_[0.5 * falling(20)[:6], 1.1 * falling(20)[6:]])
    },
    "losses below zero": {"pairs": pair(falling(20, 1.0, -5.0), falling(20, 1.0, -9.0))},
    "four validations": {"pairs": pair(falling(4), 0.5 * falling(4))},
    "accuracies": {"pairs": pair(falling(20), 0.5 * falling(20), "accuracy")},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("validation-below-training", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("validation-below-training", **made(SILENT[case]))


def test_it_gives_the_reason_that_the_model_shows() -> None:
    both = pair(falling(20), 0.7 * falling(20))
    (unknown,) = speaks("validation-below-training", pairs=both)
    (without,) = speaks("validation-below-training", pairs=both, model=model(layer(10)))
    assert "dropout, augmentation" in unknown.message
    assert "a leak" in without.message
    assert without.comparison is not None
    assert without.comparison.value == 1.0
    assert without.steps == (6, 19)


def test_a_hundredth_is_explained_by_no_dropout() -> None:
    (far,) = speaks("validation-below-training", pairs=pair(falling(20), 0.01 * falling(20)))
    assert far.severity is Severity.WARNING
    assert "another quantity" in far.message
