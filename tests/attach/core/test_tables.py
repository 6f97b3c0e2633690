"""From a step's numbers to what is written."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.step_layout import Input, Layer, Sample, StepLayout
from tb_diagnose.attach.core.table_writer import Array, Table, TableWriter
from tb_diagnose.attach.core.tables import Clipping, tables, unique
from tb_diagnose.core.vitals import TABLES

PLAN = StepLayout(
    segments=(),
    layers=(Layer("dense", "Dense", "relu"), Layer("out", "Dense", "")),
    variables=("w", "w", "b"),
    inputs=(Input("input", (4, 2), 2, "float32"),),
    classes=3,
)
NUMBERS = {
    "activity/dense": [1, 2, 0.5, 0],
    "activity/out": [3, 4, 0, 7],
    "alive/dense": [1, 0, 0, 0],
    "gradients/0": [9, 16, np.nan],
    "wrong/0": [0, 0, np.nan],
    "sizes/0": [100, 4, 0],
    "changes/0": [1, 4, 0],
    "input/input/mean": [1, 2],
    "input/input/std": [3, 4],
    "input/input/low": [5, 6],
    "input/input/high": [7, 8],
    "input/input/wrong": [0, 9],
    "labels": [5, 6, 7],
    "loss": [0.25],
    "batch": [32],
    "quantiles": [0, 1, 2, 3, 4, 5],
    "wrong losses": [2],
}


def made(
    clipping: Clipping | None = None, *, accumulates: bool = False, **more: list[float]
) -> dict[str, Table]:
    numbers = {name: np.array(v, np.float32) for name, v in (NUMBERS | more).items()}
    sample = Sample(StepLayout(**{**vars(PLAN), "segments": (None,)}), numbers)  # type: ignore[arg-type]
    rolling = RollingStats()
    rolling.add(sample)
    return {each.kind: each for each in tables(sample, rolling, clipping, accumulates=accumulates)}


def test_every_table_has_its_columns() -> None:
    found = made()
    assert set(found) == {"layers", "weights", "step", "inputs", "labels"}
    for kind, table in found.items():
        assert set(table.columns) <= set(TABLES[kind].names)
        assert table.values.shape == (len(table.rows), len(table.columns))
        assert table.values.dtype == np.float32


def test_layers_and_weights() -> None:
    found = made()
    expected = [[1, 2, 0.5, 0.75, np.nan, 0], [3, 4, 0, np.nan, np.nan, 7]]
    np.testing.assert_array_equal(found["layers"].values, expected)
    assert found["layers"].extra["activations"] == {"dense": "relu"}
    assert found["weights"].rows == ("w", "w#1", "b")
    expected = [[3, 10, 1, 0.1, 0], [4, 2, 2, 1, 0], [np.nan, 0, 0, np.nan, np.nan]]
    np.testing.assert_allclose(found["weights"].values, expected, rtol=1e-6)


def test_a_step_that_only_accumulates_has_no_update() -> None:
    still = made(accumulates=True, **{"changes/0": [0, 0, 0]})["weights"].values
    assert np.isnan(still[:, 2:4]).all()
    assert not np.isnan(made(accumulates=True)["weights"].values[0, 2])


@pytest.mark.parametrize(
    ("clipping", "norm"),
    (
        (Clipping(), 5.0),
        (Clipping(global_clipnorm=1.5), 1.5),
        (Clipping(clipnorm=3.5), np.hypot(3, 3.5)),
        (Clipping(clipvalue=1.0), np.sqrt(6)),
        (None, np.nan),
    ),
)
def test_the_gradient_norm_before_and_after_clipping(
    clipping: Clipping | None, norm: float
) -> None:
    values = made(clipping, **{"cut/0": [2, 4, np.nan]})["step"].values[0]
    assert values[1] == 5.0
    np.testing.assert_allclose(values[2], norm, rtol=1e-6)


def test_a_gradient_that_is_nan_is_no_missing_gradient() -> None:
    step = made(**{"gradients/0": [9, np.nan, np.nan], "wrong/0": [0, 3, np.nan]})["step"]
    row = dict(zip(step.columns, step.values[0], strict=True))
    assert np.isnan(row["gradient_norm"])
    assert row["nonfinite"] == 5


def test_inputs_and_labels() -> None:
    found = made()
    assert found["inputs"].rows == ("input[0]", "input[1]")
    np.testing.assert_array_equal(found["inputs"].values, [[1, 3, 5, 7, 0], [2, 4, 6, 8, 9]])
    assert found["inputs"].extra["shapes"] == {"input": [4, 2]}
    assert found["labels"].values[:, 0].tolist() == [5, 6, 7]


def test_equal_names_become_unique() -> None:
    assert unique(("a", "b", "a", "a")) == ("a", "b", "a#1", "a#2")


class Kept:
    def __init__(self) -> None:
        self.written: list[tuple[str, int, bytes]] = []

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        assert values.dtype == np.dtype("<f4")
        self.written.append((tag, step, content))

    def flush(self) -> None:
        pass


def test_the_layout_is_written_once_and_a_changed_one_gets_a_new_tag() -> None:
    kept = Kept()
    table_writer = TableWriter(kept)
    one = Table("layers", ("a",), ("mean",), np.zeros((1, 1), np.float32))
    two = Table("layers", ("a", "b"), ("mean",), np.zeros((2, 1), np.float32))
    for step, table in enumerate((one, one, two, one, two)):
        table_writer.write([table], step, {"every": 10 * step})
    tags = [tag for tag, _, _ in kept.written]
    assert tags == [
        "diagnose/layers",
        "diagnose/layers",
        "diagnose/layers@2",
        "diagnose/layers",
        "diagnose/layers@2",
    ]
    contents = [content for _, _, content in kept.written]
    assert [bool(content) for content in contents] == [True, False, True, False, False]
    first = json.loads(contents[0])
    assert first == {"v": 1, "kind": "layers", "rows": ["a"], "columns": ["mean"], "every": 0}
