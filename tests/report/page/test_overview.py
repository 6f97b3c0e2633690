"""A run in one line of a list."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tb_diagnose.report.document.curves import curve
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import CurvePart
from tb_diagnose.report.page.overview import line, spark
from tests.fakes import healthy, series, sick


def drawn(values: list[float], role: str | None = "train_loss") -> CurvePart:
    return curve(series(values), role, 120)


def test_a_line_names_what_was_found_and_what_runs_differ_in() -> None:
    part: Any = run_part(sick(), 120)  # type: ignore[arg-type]
    shown = line(part, {"batch_size": 32, "amp": True, "notes": "x" * 99, "betas": (0.9, 0.99)})
    assert shown["findings"][0]["id"] == "learning-rate-too-high"
    assert shown["findings"][0]["caused_by"] is None
    assert (shown["name"], shown["verdict"]) == (part["name"], "critical")
    assert shown["parameters"]["learning_rate"] == part["model"]["learning_rate"]
    assert (shown["parameters"]["batch_size"], shown["parameters"]["amp"]) == (32, "True")
    assert not {"notes", "betas"} & shown["parameters"].keys()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("sweep/lr=0.1_seed=3", {"lr": 0.1, "seed": 3.0}),
        ("a/opt=sgd,wd=1e-4/width=64", {"opt": "sgd", "wd": 1e-4, "width": 64.0}),
        ("plain/name_1", {}),
    ],
)
def test_what_a_name_says_is_a_hyper_parameter(name: str, parameters: dict[str, Any]) -> None:
    part: Any = {**run_part(healthy(), 120), "name": name, "model": None}  # type: ignore[arg-type]
    assert line(part, {})["parameters"] == parameters


def test_the_learning_rate_is_known_from_its_curve() -> None:
    part: Any = {**run_part(healthy(), 120), "model": None}  # type: ignore[arg-type]
    part["curves"] = [drawn([0.25, 0.5, 0.125], "learning_rate")]
    assert line(part, {})["parameters"]["learning_rate"] == 0.5


def test_a_line_tells_the_last_value_even_where_it_is_not_finite() -> None:
    part: Any = run_part(healthy(), 120)  # type: ignore[arg-type]
    part = {**part, "curves": [drawn([3.0, 2.0]), drawn([1.0, math.nan], "val_loss")]}
    assert line(part, {})["final"] == {"train_loss": 2.0, "val_loss": "NaN"}


def test_a_healthy_run_has_no_worst() -> None:
    part: Any = run_part(healthy(), 120)  # type: ignore[arg-type]
    assert line(part, {})["findings"] == []


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([3.0, 2.0, 1.0], [3, 2, 1]),
        ([3.0], [3]),
        ([3.0, math.nan, 1.0], [3, None, 1]),
        ([math.nan, math.nan], [None, None]),
        ([], []),
    ],
)
def test_short_curves_are_shown_as_they_are(values: list[float], shown: list[Any]) -> None:
    assert spark([drawn(values)]) == shown


def test_long_curves_keep_their_peak() -> None:
    values = [1.0] * 5_000
    values[1_234] = 99.0
    shown = spark([drawn(values)])
    assert len(shown) <= 40
    assert max(each for each in shown if each is not None) == 99


def test_pieces_are_of_one_width() -> None:
    loss = series([1.0, 2.0, math.nan, math.nan, 5.0])
    steps = np.array([0, 1, 6, 8, 9], np.int64)
    sparse = curve(replace(loss, steps=steps), "train_loss", 120)
    assert spark([sparse]) == [2, 2, 2, None, 5]


def test_the_training_loss_comes_before_what_stands_before_it() -> None:
    assert spark([drawn([7, 8], None), drawn([5, 6], "val_loss"), drawn([3, 2])]) == [3, 2]
    assert spark([drawn([7, 8], None)]) == [7, 8]
    assert spark([]) == []
