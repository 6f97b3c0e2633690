"""A KL term that goes to nothing, against codes that carry something."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, clear, curve, falling, made, not_applicable, speaks, straight

RECONSTRUCTION = (curve(falling(50, 0.2, 0.07), "loss/reconstruction"),)


def logged(values: object) -> dict[str, object]:
    return {"kl_term": curve(values, "loss/kl"), "scalars": RECONSTRUCTION}


SPEAKS: Cases = {
    "down to nothing": logged(falling(50, 0.12, 2e-4)),
    "within ten epochs": logged(np.geomspace(0.02, 4e-7, 10)),
}

CLEAR: Cases = {
    "a code that fills": logged(straight(50, 0.12, 9.0)),
    "a weight that is annealed": logged(falling(50, 40.0, 3.0)),
    "a term that is small by its unit": logged(falling(50, 0.02, 0.008)),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("posterior-collapse", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("posterior-collapse", **made(CLEAR[case]))


def test_distillation_is_no_autoencoder() -> None:
    student = {"kl_term": curve(falling(50, 0.12, 2e-4), "kl_loss"), "scalars": ()}
    not_applicable("posterior-collapse", "no variational autoencoder", **student)


def test_it_names_raw_values_and_where_it_was_gone() -> None:
    (evidence,) = speaks("posterior-collapse", **logged([0.5, 0.4, 0.001, 0.0005, 0.0004, 0.0003]))
    assert "from 0.5 nats at step 0 to 3e-4 at the end" in evidence.message
    assert evidence.steps == (2, 5)
