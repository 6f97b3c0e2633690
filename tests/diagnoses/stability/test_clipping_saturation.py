"""Norms at the ceiling, against clipping of bursts."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.model import Optimizer
from tests.cases import Cases, curve, epochs, falling, flat, made, noisy, silent, speaks
from tests.layered import vitals

LARGE = 5.0 * noisy(200, 0.5)
CLIP = {"optimizer": Optimizer("adam", 1e-3, None, {"global_clipnorm": 1.0})}
NAMELESS = {"optimizer": Optimizer("adam", 1e-3, None, {})}


def norm(values: np.ndarray) -> dict[str, object]:
    return {"gradient_norm": curve(values, "grad_norm", "")}


SPEAKS: Cases = {
    "norms before clipping, five times the clip value": {**norm(LARGE), **CLIP},
    "norms after clipping, all but a few at the ceiling": {
        **norm(np.minimum(LARGE, 2.0)),
        **NAMELESS,
    },
    "what an attached training measured after clipping": {
        "step_vitals": vitals(
            "step", ("step",), {"gradient_norm_clipped": np.minimum(LARGE, 2.0)[:, None]}, n=200
        )
    },
}

SILENT: Cases = {
    "norms below the clip value": {**norm(0.1 * LARGE), **CLIP},
    "bursts alone are clipped": {**norm(np.minimum(0.3 * LARGE, 2.5)), **NAMELESS},
    "norms without a ceiling": {**norm(LARGE), **NAMELESS},
    "a norm that is always the same": {**norm(np.ones(100)), **NAMELESS},
    "nineteen norms": {**norm(LARGE[:19]), **CLIP},
    "no gradient at all": {**norm(np.zeros(100)), **NAMELESS},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("clipping-saturation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("clipping-saturation", **made(SILENT[case]))


def test_the_fix_is_the_90th_percentile() -> None:
    (evidence,) = speaks("clipping-saturation", **norm(np.linspace(2, 10, 101)), **CLIP)
    assert "to 9.2, the 90th percentile" in evidence.suggestion
    assert evidence.comparison is not None
    assert evidence.comparison.value == 1.0
    assert evidence.steps == (0,)


def test_it_is_a_note_unless_nothing_is_learned() -> None:
    for loss, severity in ((falling(10), None), (flat(10), Severity.WARNING)):
        (evidence,) = speaks("clipping-saturation", **norm(LARGE), **CLIP, train_loss=epochs(loss))
        assert evidence.severity is severity
