"""Rare classes, against the differences of random draws."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, made, silent, speaks
from tests.layered import vitals


def labels(*counts: float) -> dict[str, object]:
    rows = tuple(map(str, range(len(counts))))
    return {"label_vitals": vitals("labels", rows, {"count": counts})}


SPEAKS: Cases = {
    "one in a hundred": labels(990, 10),
    "one in twenty": labels(950, 50),
    "a class that never comes": labels(500, 500, 0),
}

SILENT: Cases = {
    "even": labels(100, 103, 97),
    "one in five": labels(400, 100),
    "hardly any labels": labels(2.9, 0),
    "numbers": {"label_vitals": vitals("labels", ("value",), {"mean": 3.0, "std": 1.0})},
    "not counted": labels(np.nan, np.nan),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("class-imbalance", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("class-imbalance", **made(SILENT[case]))


@pytest.mark.parametrize(
    ("case", "severity", "message"),
    (
        ("one in twenty", Severity.INFO, "Class 0 makes up 95 % of 10,000 labels, class 1 5 %."),
        ("one in a hundred", Severity.INFO, "99 % of 10,000 labels"),
        ("a class that never comes", None, "2 never came."),
    ),
)
def test_how_grave_it_is(case: str, severity: Severity | None, message: str) -> None:
    (evidence,) = speaks("class-imbalance", **made(SPEAKS[case]))
    assert evidence.severity is severity
    assert message in evidence.message


def test_a_hundredfold_is_a_warning() -> None:
    assert speaks("class-imbalance", **labels(1000, 9))[0].severity is None
