"""Hidden units at the ends of their range, against sure outputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, distribution, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, stack, vitals

NET = stack(dense("a", 9, 9, "tanh"), dense("b", 9, 9, "relu"), dense("out", 9, 1, "sigmoid"))
KINDS = {"a": "tanh", "b": "relu", "out": "sigmoid"}
STUCK = {"train_loss": epochs(flat(10)), "model": NET}
LEARNS = {"train_loss": epochs(falling(10)), "model": NET}


def saturated(*shares: float) -> dict[str, object]:
    rows = tuple(KINDS)
    return {"layer_vitals": vitals("layers", rows, {"saturated": shares}, activations=KINDS)}


def outputs(name: str, value: float) -> dict[str, object]:
    """Outputs of which two thirds are at -value or value."""
    made_of = distribution([1.0] * 6, f"activations/{name}")
    quantiles = np.clip(made_of.quantiles * 3, -value, value)
    return {"activations": (replace(made_of, quantiles=quantiles.astype(np.float32)),)}


SPEAKS: Cases = {
    "most units of a hidden tanh": {**saturated(0.8, np.nan, 0.9), **STUCK},
    "outputs of a hidden tanh near -1 and 1": {**outputs("a", 0.999), **STUCK},
}

SILENT: Cases = {
    "an output that is sure": {**saturated(0.1, np.nan, 1.0), **STUCK},
    "a third of the units": {**saturated(0.33, np.nan, 0.0), **STUCK},
    "a hidden ReLU": {**saturated(0.0, 0.9, 0.0), **STUCK},
    "outputs of a hidden tanh within its range": {**outputs("a", 0.9), **STUCK},
    "outputs of a hidden ReLU": {**outputs("b", 5.0), **STUCK},
    "outputs of the last layer": {**outputs("out", 1.0), **STUCK},
    "outputs of a layer nobody knows": {**outputs("c", 1.0), **STUCK},
    "nothing logged": dict(STUCK),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("saturated-activations", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("saturated-activations", **made(SILENT[case]))


def test_it_names_the_layer_and_is_a_note_where_the_loss_falls() -> None:
    (evidence,) = speaks("saturated-activations", **saturated(0.8, np.nan, 0.0), **LEARNS)
    assert evidence.message.startswith("80 % of the units of a sit at the ends")
    assert evidence.steps == (0, 450)
    assert evidence.severity is Severity.INFO
