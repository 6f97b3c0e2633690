"""Targets beyond the reach of all the steps of an adaptive optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tb_diagnose.runs import Series
from tests.cases import (
    Cases,
    compiled,
    curve,
    dense_model,
    epochs,
    falling,
    flat,
    made,
    silent,
    speaks,
)


def case(
    loss: Any, *, steps: int = 0, name: str = "adam", kind: str = "mean_squared_error", **more: Any
) -> dict[str, Any]:
    """A regression: its training loss, and the step of the last of its evaluations, if any."""
    scalars: tuple[Series, ...] = ()
    if steps:
        at = np.linspace(10, steps, 5).astype(np.int64)
        scalars = (curve(flat(5), "evaluation_loss_vs_iterations", "validation", steps=at),)
    network = dense_model(1, more.get("output", "linear"), kind)
    optimizer = compiled(more.get("rate", 1e-3), name)
    return {
        "model": network,
        "optimizer": optimizer,
        "train_loss": epochs(loss),
        "scalars": scalars,
    }


SPEAKS: Cases = {
    "house prices in thousands": case(falling(120, 58_000, 990), steps=1200),
    "an absolute error": case(falling(50, 240, 40), steps=500, kind="mean_absolute_error"),
    "targets beyond any number of steps": case(flat(826, 1.1e15)),
}
SILENT: Cases = {
    "standardised targets": case(falling(120, 1.0, 0.2), steps=1200),
    "enough steps": case(falling(120, 400, 30), steps=50_000),
    "it got there all the same": case(falling(120, 58_000, 3), steps=1200),
    "SGD steps grow with the error": case(falling(120, 58_000, 990), steps=1200, name="sgd"),
    "a bounded output is another fault": case(flat(20, 5e4), steps=200, output="sigmoid"),
    "a loss of one's own": case(flat(20, 5e4), steps=200, kind="my_loss"),
    "the number of steps is not known, and the size is moderate": case(falling(20, 900, 300)),
}


@pytest.mark.parametrize("name", SPEAKS)
def test_it_speaks(name: str) -> None:
    speaks("unscaled-targets", **made(SPEAKS[name]))


@pytest.mark.parametrize("name", SILENT)
def test_it_is_silent(name: str) -> None:
    silent("unscaled-targets", **made(SILENT[name]))


def test_it_names_the_size_of_the_targets_and_the_reach_of_the_steps() -> None:
    (evidence,) = speaks("unscaled-targets", **case(falling(120, 10_000, 990), steps=1200))
    assert "1,200 steps of 0.001 move a weight by 1.2 at most" in evidence.says
    assert evidence.measured == pytest.approx(100, rel=0.05)
    assert evidence.steps == (0, 119)
