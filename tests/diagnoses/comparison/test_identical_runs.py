"""Runs that are one, and runs that only resemble one another."""

from __future__ import annotations

import numpy as np

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.run import Series
from tb_diagnose.roles.resolve import RoleMap
from tests.cases import epochs, falling, flat, silent, speaks


def roles(**curves: Series) -> RoleMap:
    return RoleMap(curves, (), "")


def trained(seed: int, hparams: dict[str, object] | None = None, **more: Series) -> RoleMap:
    return RoleMap(
        {"train_loss": epochs(falling(10, noise=0.01, seed=seed)), "hparams": hparams, **more},
        (),
        "",
    )


def test_two_of_three_are_copies_which_is_a_note() -> None:
    (evidence,) = speaks("identical-runs", runs={"a": trained(0), "b": trained(1), "c": trained(0)})
    assert evidence.message == "a and c are the same to the last bit, over 10 points."
    assert evidence.severity is Severity.INFO


def test_a_setting_that_has_no_effect_is_a_warning() -> None:
    runs = {"a": trained(0, {"dropout": 0.1}), "b": trained(0, {"dropout": 0.5})}
    (evidence,) = speaks("identical-runs", runs=runs)
    assert evidence.severity is None
    assert "though dropout differs" in evidence.message


def test_a_seed_that_has_no_effect_is_a_warning() -> None:
    (evidence,) = speaks("identical-runs", runs={"x/seed1": trained(0), "x/seed2": trained(0)})
    assert evidence.severity is None
    (evidence,) = speaks("identical-runs", runs={"x/seed1": trained(0), "y/seed1": trained(0)})
    assert evidence.severity is Severity.INFO


def test_it_is_silent() -> None:
    one = trained(0, val_loss=epochs(falling(10), folder="validation"))
    other = trained(0, val_loss=epochs(falling(10, end=0.5), folder="validation"))
    bit = epochs(np.nextafter(np.float32(falling(10, noise=0.01)), np.float32(9)))
    for runs in (
        {"a": trained(0), "b": trained(1)},
        {"a": one, "b": other},
        {"a": trained(0), "b": roles(train_loss=bit)},
        {"a": roles(train_loss=epochs(flat(9))), "b": roles(train_loss=epochs(flat(9)))},
        {"a": roles(train_loss=epochs([1, 2])), "b": roles(train_loss=epochs([1, 2]))},
        {"a": trained(0)},
    ):
        silent("identical-runs", runs=runs)
