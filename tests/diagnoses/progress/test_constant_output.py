"""Outputs that are one number, against those that differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.cases import Cases, distribution, made, silent, speaks
from tests.layered import dense, stack, vitals

NET = stack(dense("a", 9, 9), dense("out", 9, 1, "linear"))
FLAT = replace(distribution([0.0] * 5, "activations/out"), low=np.ones(5), high=np.ones(5))


def outputs(std: object, mean: float = 1.0) -> dict[str, object]:
    table = np.stack([np.full(10, 0.7), np.full(10, std)], axis=1)
    return {
        "layer_vitals": vitals("layers", ("a", "out"), {"mean": [0.4, mean], "std": table}),
        "model": NET,
    }


SPEAKS: Cases = {
    "always 1": outputs(0.0),
    "always 0": outputs(0.0, mean=0.0),
    "from the sixth step on": outputs([0.3] * 6 + [0.0] * 4),
    "a histogram of one value": {"activations": (FLAT,), "model": NET},
}

SILENT: Cases = {
    "outputs that differ": outputs(0.3),
    "outputs that hardly differ": outputs(1e-4),
    "the same for a while": outputs([0.0] * 9 + [0.3]),
    "a hidden layer of one value": {
        "activations": (replace(FLAT, tag="activations/a"),), "model": NET
    },
    "not measured": outputs(np.nan),
    "nothing logged": {},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("constant-output", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("constant-output", **made(SILENT[case]))


def test_it_names_the_value() -> None:
    (evidence,) = speaks("constant-output", **outputs(0.0))
    assert "is 1 for every example" in evidence.message
    assert evidence.steps == (350, 400, 450)
