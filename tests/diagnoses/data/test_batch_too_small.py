"""Gradients that are mostly noise, against small batches that do well."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, epochs, falling, flat, made, silent, speaks
from tests.layered import vitals

STUCK = {"train_loss": epochs(flat(10))}


def batches(noise: float, size: float) -> dict[str, object]:
    columns = {"gradient_noise": noise, "batch_size": size}
    return {"step_vitals": vitals("step", ("step",), columns)}


SPEAKS: Cases = {
    "batches of 2": {**batches(4.8, 2), **STUCK},
    "batches of unknown size": {**batches(4.8, np.nan), **STUCK},
}

SILENT: Cases = {
    "a gradient with a direction": {**batches(0.3, 2), **STUCK},
    "large batches": {**batches(4.8, 256), **STUCK},
    "half noise, as at the end of any training": {**batches(1.8, 2), **STUCK},
    "small batches that learn": {**batches(4.8, 2), "train_loss": epochs(falling(10))},
    "not measured": {**batches(np.nan, 2), **STUCK},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("batch-too-small", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("batch-too-small", **made(SILENT[case]))


def test_the_fix_is_four_times_as_large() -> None:
    (evidence,) = speaks("batch-too-small", **batches(4.8, 2), **STUCK)
    assert evidence.suggestion == "Use batches of 8 examples."
    assert evidence.severity is None
