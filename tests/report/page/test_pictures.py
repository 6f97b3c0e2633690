"""What the offline report draws of a run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tb_diagnose.core.run import Histograms, Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.page.pictures import Pictures, pictures, resolution
from tests.fakes import series


def histograms(tag: str) -> Histograms:
    """Four histograms whose numbers double from each to the next."""
    steps = np.arange(4, dtype=np.int64)
    scale = 2.0 ** steps.astype(np.float64)
    quantiles = np.linspace(-1, 1, 33)[None, :] * scale[:, None]
    zeros = np.zeros(4)
    return Histograms(
        tag,
        "train",
        steps,
        1e9 + zeros,
        zeros + 10,
        -scale,
        scale,
        zeros,
        scale,
        zeros,
        quantiles.astype(np.float32),
    )


def drawn(run: Run, points: int = 2_000) -> Pictures:
    done = examine(run, Settings())
    return pictures(run, done.roles, run_part(done, 120), points)


def test_a_long_curve_keeps_its_spike_and_its_gap() -> None:
    values = [float(np.exp(-i / 900)) for i in range(5_000)]
    values[1234], values[4321] = 77.0, float("nan")
    curve = drawn(Run("a", "a", (series(values),)), 200)["curves"]["train/epoch_loss"]
    assert curve["full"] == 5_000
    assert len(curve["steps"]) == len(curve["values"]) <= 210
    assert curve["values"][curve["steps"].index(1234)] == 77.0
    assert curve["values"][curve["steps"].index(4321)] is None
    assert curve["nonfinite"] == [{"step": 4321, "value": "NaN"}]


def test_weight_histograms_become_heat_maps() -> None:
    tags = ("model/dense/kernel/histogram", "model/dense_1/kernel/histogram")
    run = Run("a", "a", (series([3.0, 2.0, 1.0, 1.0]),), tuple(map(histograms, tags)))
    maps = {each["vital"]: each for each in drawn(run)["heats"]}
    spread = maps["weights/std"]
    assert spread["rows"] == ["train/model/dense/kernel/histogram", f"train/{tags[1]}"]
    assert spread["values"] == [1.0, 2.0, 4.0, 8.0] * 2
    assert len(maps["weights/movement"]["values"]) == 2 * len(maps["weights/movement"]["steps"])


def test_pictures_are_strict_json() -> None:
    run = Run("a", "a", (series([float("inf"), 1.0, float("nan")]),))
    json.dumps(drawn(run), allow_nan=False)


def test_many_runs_get_fewer_points_each() -> None:
    assert resolution(0) == resolution(1)
    assert resolution(100) * 100 == resolution(1)
    assert resolution(10_000) == resolution(100_000) > 0


@pytest.mark.parametrize("count", [1, 3, 8])
def test_the_curves_of_a_run_share_its_points(count: int) -> None:
    curves = tuple(
        series(np.random.default_rng(at).random(5_000).tolist(), f"loss_{at}", "")
        for at in range(count)
    )
    made = drawn(Run("a", "a", curves), 1_200)["curves"]
    assert len(made) >= min(count, 3)
    assert sum(len(curve["steps"]) for curve in made.values()) <= 1_200 + 60


def test_the_layers_of_a_run_share_its_cells() -> None:
    tags = tuple(f"model/dense_{at}/kernel/histogram" for at in range(40))
    run = Run("a", "a", (series([3.0, 2.0, 1.0, 1.0]),), tuple(map(histograms, tags)))
    for heat in drawn(run, 100)["heats"]:
        assert len(heat["values"]) == len(heat["rows"]) * len(heat["steps"])
        assert len(heat["steps"]) <= 20
