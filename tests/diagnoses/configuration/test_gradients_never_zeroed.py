"""Gradients that are never reset, against those accumulated on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases import clear, not_applicable, not_logged, speaks
from tests.layered import vitals

TORCH = "PyTorch SummaryWriter"


def carried(*norms: float) -> Any:
    return vitals(
        "step", ("step",), {"carried_gradient_norm": np.array(norms)[:, None]}, len(norms)
    )


def test_gradients_that_add_up() -> None:
    table = carried(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    (evidence,) = speaks("gradients-never-zeroed", framework=TORCH, step_vitals=table)
    assert "optimizer.zero_grad()" in evidence.suggestion.replace("Call ", "")
    assert evidence.steps == (50, 450)


def test_gradients_that_are_reset() -> None:
    clear("gradients-never-zeroed", framework=TORCH, step_vitals=carried(*[0.0] * 10))


def test_a_reset_every_other_step_is_on_purpose() -> None:
    clear("gradients-never-zeroed", framework=TORCH, step_vitals=carried(*[0.0, 1.0] * 5))


def test_keras_computes_them_anew() -> None:
    not_applicable("gradients-never-zeroed", "from zero", step_vitals=carried(*[1.0] * 10))


def test_an_older_log_did_not_measure_it() -> None:
    table = vitals("step", ("step",), {"loss": 1.0})
    not_logged("gradients-never-zeroed", "not measured", framework=TORCH, step_vitals=table)
