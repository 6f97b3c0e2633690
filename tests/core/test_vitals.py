"""The schema of an attached training's tables."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.vitals import TABLES, UnknownColumn, check_column, kind_of
from tests.layered import vitals


def test_every_column_has_a_meaning_and_a_name_of_its_own() -> None:
    for kind, table in TABLES.items():
        assert len(set(table.names)) == len(table.names), kind
        assert all(column.meaning for column in table.columns)
        assert table.row


def test_a_later_layout_is_of_the_same_kind() -> None:
    assert kind_of("diagnose/layers@2") == kind_of("diagnose/layers") == "layers"
    check_column("diagnose/layers@2", "dead")


def test_an_unknown_column_raises_and_names_the_known_ones() -> None:
    table = vitals("layers", ("dense",), {"mean": 0.0})
    with pytest.raises(
        UnknownColumn, match=r"^diagnose/layers has no column 'deaf'; it has: mean,"
    ):
        table.column("deaf")
    with pytest.raises(KeyError):
        check_column("diagnose/elsewhere", "mean")


def test_a_column_that_was_not_logged_is_nan() -> None:
    table = vitals("step", ("step",), {"loss": 1.0}, n=3)
    assert table.column("loss").tolist() == [[1.0]] * 3
    missing = table.column("carried_gradient_norm")
    assert missing.shape == (3, 1)
    assert np.isnan(missing).all()
