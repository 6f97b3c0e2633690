"""Labels that contradict, against a network that is still learning."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, classes, made, silent, speaks
from tests.layered import vitals

TEN = {"chance": classes(10)}  # ln 10 is 2.3


def losses(middle: object, tail: object, n: int = 40) -> dict[str, object]:
    columns = {"loss_q50": np.full(n, middle)[:, None], "loss_q90": np.full(n, tail)[:, None]}
    return {"step_vitals": vitals("step", ("step",), columns, n=n)}


def confident(noise: float, classes: int, n: int = 4000) -> tuple[float, float]:
    """Median and 90th percentile of the loss of a calibrated network under label noise."""
    wrong = np.random.default_rng(0).random(n) < noise
    loss = np.where(wrong, -np.log(noise / (classes - 1)), -np.log(1 - noise))
    return float(np.median(loss)), float(np.quantile(loss, 0.9))


SPEAKS: Cases = {
    "a third of the labels wrong": {**losses(*confident(0.3, 10)), **TEN},
    "surely contradicted": {**losses(0.05, 7.0), **TEN},
}

SILENT: Cases = {
    "nothing is learned yet": {**losses(2.2, 2.6), **TEN},
    "nine examples of ten are right": {**losses(0.05, 1.0), **TEN},
    "the tail is still falling": {**losses(0.05, np.geomspace(20, 3, 40)), **TEN},
    "few steps": {**losses(0.05, 7.0, n=7), **TEN},
    "squared errors": {**losses(0.05, 7.0), "chance": classes(2, cross_entropy=False)},
    "not measured": {**losses(np.nan, np.nan), **TEN},
    "how many classes there are is not known": losses(0.05, 7.0),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("noisy-labels", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("noisy-labels", **made(SILENT[case]))


def test_hard_examples_look_the_same_up_to_twice_guessing() -> None:
    (mild,) = speaks("noisy-labels", **made(SPEAKS["a third of the labels wrong"]))
    (severe,) = speaks("noisy-labels", **made(SPEAKS["surely contradicted"]))
    assert (mild.severity, severe.severity) == (Severity.INFO, None)
    assert severe.steps == (1500, 1950)
    assert severe.comparison.value == pytest.approx(7 / np.log(10))
