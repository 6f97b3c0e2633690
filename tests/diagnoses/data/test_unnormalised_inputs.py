"""Inputs out of scale, against those that something brings to scale."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, plain, stack, vitals

STUCK = {"train_loss": epochs(flat(10))}
LEARNS = {"train_loss": epochs(falling(10))}


def inputs(
    mean: list[float], std: list[float], low: float, high: float, **layout: object
) -> object:
    rows = tuple(f"x/{at}" for at in range(len(mean)))
    columns = {"mean": mean, "std": std, "low": low, "high": high}
    return vitals("inputs", rows, columns, **layout)


BYTES = inputs([131.0] * 3, [67.0] * 3, 0, 255)
FEATURES = inputs([0.5, 2.0, 1.0], [0.2, 400.0, 1.0], -9, 3000)
WORDS = inputs([2000.0], [1500.0], 0, 9999, dtypes={"x": "int32"})
SCALED = stack(plain("scale", "Rescaling", 3), dense("a", 3, 9), dense("out", 9, 1))

SPEAKS: Cases = {
    "pixels of 0 to 255": {"input_vitals": BYTES, **LEARNS},
    "features on scales of 0.2 and 400": {"input_vitals": FEATURES, **STUCK},
}

SILENT: Cases = {
    "pixels of 0 to 1": {"input_vitals": inputs([0.47] * 3, [0.25] * 3, 0, 1), **STUCK},
    "standardized features": {"input_vitals": inputs([0.0] * 9, [1.0] * 9, -4, 5), **STUCK},
    "a constant channel": {"input_vitals": inputs([0.0, 1.0], [1.0, 0.0], -4, 5), **STUCK},
    "a model that scales them": {"input_vitals": BYTES, "model": SCALED, **STUCK},
    "indices of words": {"input_vitals": WORDS, **STUCK},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("unnormalised-inputs", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("unnormalised-inputs", **made(SILENT[case]))


def test_the_fix_for_bytes_is_to_divide() -> None:
    (evidence,) = speaks("unnormalised-inputs", input_vitals=BYTES, **LEARNS)
    assert "from 0 to 255" in evidence.message
    assert (
        evidence.suggestion
        == "Scale the inputs (keras.layers.Rescaling(1 / 255) or Normalization)."
    )
    assert evidence.comparison.value == pytest.approx((131**2 + 67**2) ** 0.5)


def test_scales_that_do_no_harm_are_a_note() -> None:
    found = speaks("unnormalised-inputs", input_vitals=FEATURES, **LEARNS)
    assert found[-1].severity is Severity.INFO
    assert "Normalization" in found[-1].suggestion
