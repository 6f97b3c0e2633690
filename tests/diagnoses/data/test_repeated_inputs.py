"""Batches that come again, against a few duplicates."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, made, silent, speaks
from tests.layered import vitals


def repeated(share: object) -> dict[str, object]:
    table = np.full(10, share)[:, None]
    return {"step_vitals": vitals("step", ("step",), {"repeated": table}, window=20)}


SPEAKS: Cases = {"one batch for ever": repeated(1.0), "a fifth": repeated(0.2)}

SILENT: Cases = {
    "none": repeated(0.0),
    "a few duplicates": repeated(0.03),
    "once": repeated([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    "not counted": repeated(np.nan),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("repeated-inputs", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("repeated-inputs", **made(SILENT[case]))


def test_from_half_on_it_is_a_warning() -> None:
    assert speaks("repeated-inputs", **repeated(0.6))[0].severity is None
    assert speaks("repeated-inputs", **repeated(0.2))[0].severity is Severity.INFO


def test_it_points_to_where_it_begins() -> None:
    (evidence,) = speaks("repeated-inputs", **repeated([0, 0, *[0.9] * 8]))
    assert evidence.steps == (100, 450)
    assert "90 % of the examples of 20 batches" in evidence.message
