"""Steps that are skipped because gradients overflow."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, Floats, clear, curve, falling, flat, made, not_logged, speaks
from tests.layered import vitals


def infinite(every: int, n: int = 400) -> Floats:
    norms = flat(n, 1.0, 0.3)
    norms[::every] = np.inf
    return norms


def skipping(total: float) -> object:
    """A counter of skipped steps over 451 steps."""
    counter = np.linspace(0, total, 10)[:, None]
    return vitals("step", ("step",), {"skipped_steps": counter})


LOSS = curve(falling(400))

SPEAKS: Cases = {
    "every tenth gradient": {"gradient_norm": curve(infinite(10), "grad_norm"), "train_loss": LOSS},
    "a scaler that skips a fifth of the steps": {"step_vitals": skipping(90)},
}

CLEAR: Cases = {
    "as a scaler tries": {"gradient_norm": curve(infinite(200), "grad_norm"), "train_loss": LOSS},
    "no overflow": {"gradient_norm": curve(flat(400, 1.0, 0.3)), "train_loss": LOSS},
    "a scaler that skips two steps": {"step_vitals": skipping(2)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("gradient-overflow", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("gradient-overflow", **made(CLEAR[case]))


def test_most_steps_are_critical_and_counted() -> None:
    norms = curve(np.r_[flat(41), np.full(359, np.inf)], "grad_norm")
    (evidence,) = speaks("gradient-overflow", gradient_norm=norms, train_loss=LOSS)
    assert "359 of 400 values (89.8 %)" in evidence.message
    assert evidence.severity is Severity.CRITICAL
    assert evidence.steps[0] == 41


def test_a_loss_that_is_nan_itself_is_another_matter() -> None:
    norms, loss = curve(infinite(2), "grad_norm"), curve(np.full(400, np.nan))
    not_logged("gradient-overflow", "not finite itself", gradient_norm=norms, train_loss=loss)
