"""Steps that are too large or too small, against the usual thousandth."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, compiled, curve, epochs, falling, flat, made, silent, speaks
from tests.layered import moving, of, vitals, weights

STUCK = {"train_loss": epochs(flat(10))}
LEARNS = {"train_loss": epochs(falling(10))}
ROWS = ("dense/kernel", "dense/bias", "dense_1/kernel")
STEPS = (curve([0.7] * 10, "evaluation_loss_vs_iterations", "validation", 4 * np.arange(1, 11)),)
DOUBLING = of(weights("dense", 2.0 ** np.arange(10)), weights("dense_1", 2.0 ** np.arange(10)))


def measured(ratio: float | list[float]) -> dict[str, object]:
    return {"weight_vitals": vitals("weights", ROWS, {"update_ratio": ratio})}


SPEAKS: Cases = {
    "half of the weights each step": {**measured(0.5), **STUCK},
    "a millionth": {**measured(1e-6), **STUCK},
    "all of the weights at once, while the loss falls": {**measured(3.0), **LEARNS},
    "weights that double within four steps": {"kernels": DOUBLING, "scalars": STEPS, **STUCK},
}

SILENT: Cases = {
    "a thousandth": {**measured(1e-3), **STUCK},
    "a millionth, while the loss falls": {**measured(1e-6), **LEARNS},
    "a third, while the loss falls": {**measured(0.3), **LEARNS},
    "a bias that begins at 0": {**measured([1e-3, 50.0, 1e-3]), **STUCK},
    "large steps in the first tenth only": {
        "weight_vitals": vitals(
            "weights", ROWS, {"update_ratio": [[0.9] * 3, *[[1e-3] * 3] * 9]}
        ),
        **STUCK,
    },
    "histograms that hardly differ: small steps cannot be proven": {
        "kernels": of(moving("dense", 1e-9)), "scalars": STEPS, **STUCK,
    },
    "histograms at unknown steps": {"kernels": DOUBLING, "scalars": (), **STUCK},
    "no gradient at all": {**measured(0.0), **STUCK},
    "not measured": {**measured(np.nan), **STUCK},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("update-ratio", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("update-ratio", **made(SILENT[case]))


def test_the_fix_brings_the_rate_to_a_thousandth() -> None:
    roles = {**measured(0.5), **STUCK, "optimizer": compiled(0.1)}
    assert (
        speaks("update-ratio", **roles)[0].suggestion
        == "Adam(learning_rate=0.1) → Adam(learning_rate=0.0002)."
    )


def test_the_bound_is_per_step() -> None:
    case = made(SPEAKS["weights that double within four steps"])
    (evidence,) = speaks("update-ratio", **case)
    assert evidence.comparison.value == pytest.approx(0.25)
    assert "at least 0.25" in evidence.message
