"""Vitals come back under the names of their layout, and only where it can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.run import Vitals
from tb_diagnose.read import clusters, load
from tests.events import Log

LAYOUT: dict[str, Any] = {
    "v": 1, "kind": "layers", "rows": ["dense", "dense_1"], "columns": ["mean", "std", "dead"],
    "window": 20, "activations": {"dense": "relu"},
}  # fmt: skip
TABLES = np.arange(24, dtype=np.float32).reshape(4, 2, 3)


def logged(folder: Path) -> tuple[Vitals, ...]:
    (run,) = (run for cluster in clusters([folder]) for run in load(cluster))
    return run.vitals


def write(folder: Path, layout: dict[str, Any], tables: np.ndarray, **log: Any) -> None:
    with Log(folder, **log) as file:
        for step, table in enumerate(tables):
            file.vitals("diagnose/layers", table, 10 * step, None if step else layout)


def test_values_come_back_by_row_and_column(tmp_path: Path) -> None:
    write(tmp_path / "train", LAYOUT, TABLES)
    (found,) = logged(tmp_path)
    assert found.name == "train/diagnose/layers"
    assert (found.rows, found.columns) == (("dense", "dense_1"), ("mean", "std", "dead"))
    assert found.steps.tolist() == [0, 10, 20, 30]
    np.testing.assert_array_equal(found.values, TABLES)
    np.testing.assert_array_equal(found.column("dead"), TABLES[:, :, 2])
    assert np.isnan(found.column("saturated")).all()
    assert found.layout["window"] == 20


def test_a_run_is_cut_off_with_its_vitals(tmp_path: Path) -> None:
    write(tmp_path / "train", LAYOUT, TABLES)
    (run,) = (run for cluster in clusters([tmp_path]) for run in load(cluster))
    assert len(run.until(run.vitals[0].wall[1]).vitals[0]) == 2
    assert run.until(0.0).vitals == ()


def test_a_resumed_training_may_have_been_sampled_more_often(tmp_path: Path) -> None:
    write(tmp_path, {**LAYOUT, "every": 50}, TABLES)
    with Log(tmp_path, start=1_700_000_900.0) as file:
        file.vitals("diagnose/layers", TABLES[0], 40, {**LAYOUT, "every": 10})
    (found,) = logged(tmp_path)
    assert found.steps.tolist() == [0, 10, 20, 30, 40]
    assert found.layout["every"] == 10


def test_what_comes_before_another_layout_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, LAYOUT, TABLES)
    other = {**LAYOUT, "rows": ["conv", "dense"]}
    with Log(tmp_path, start=1_700_000_900.0) as file:
        file.vitals("diagnose/layers", TABLES[0], 40, other)
    (found,) = logged(tmp_path)
    assert found.rows == ("conv", "dense")
    assert found.steps.tolist() == [40]


@pytest.mark.parametrize(
    "layout",
    ({}, {**LAYOUT, "v": 2}, {**LAYOUT, "rows": "dense"}, {**LAYOUT, "columns": ["mean"]}),
    ids=("none", "a later version", "rows that are no list", "too few columns"),
)
def test_a_layout_that_cannot_be_relied_on_gives_nothing(
    layout: dict[str, Any], tmp_path: Path
) -> None:
    write(tmp_path, layout, TABLES)
    with Log(tmp_path, start=1_700_000_100.0) as file:
        file.scalars("loss", [1.0, 0.5])
    assert logged(tmp_path) == ()


def test_a_table_of_another_size_is_left_out(tmp_path: Path) -> None:
    with Log(tmp_path) as file:
        file.vitals("diagnose/layers", TABLES[0], 0, LAYOUT)
        file.vitals("diagnose/layers", TABLES[0, 0], 1)
        file.vitals("diagnose/layers", TABLES[1], 2)
    (found,) = logged(tmp_path)
    assert found.steps.tolist() == [0, 2]
