"""Which curve runs are ranked by, and which runs failed."""

from __future__ import annotations

import numpy as np

from tb_diagnose.roles import Roles
from tb_diagnose.standings import failed, standings
from tests.cases import Floats, curve, epochs, falling, flat, straight


def roles(**values: object) -> Roles:
    return Roles(values, (), "")


def trained(values: Floats) -> Roles:
    return roles(train_loss=epochs(values))


def test_runs_are_ranked_by_the_first_curve_that_two_of_them_have() -> None:
    one = roles(train_loss=epochs(falling(9)), val_score=epochs(straight(9, 0.1, 0.9), "acc"))
    two = roles(train_loss=epochs(falling(9, end=0.1)), val_score=None)
    three = roles(train_loss=epochs(falling(9)), val_score=epochs(straight(9, 0.1, 0.7), "acc"))
    assert [each.run for each in standings({"b": one, "a": three, "c": two})] == ["a", "b"]
    ranked = standings({"a": one, "b": two})
    assert [each.better for each in ranked] == [-1, -1]
    assert ranked[1].end < ranked[0].end
    assert standings({"a": one}) == ()


def test_a_run_that_ended_in_nan_is_not_ranked() -> None:
    dead = trained(np.r_[falling(9), np.nan])
    assert standings({"a": dead, "b": trained(falling(9))}) == ()


def test_what_failed() -> None:
    assert failed(trained(np.r_[falling(9), np.inf])) is True
    assert failed(trained(flat(9))) is True
    assert failed(trained(straight(9, 1, 5))) is True
    assert failed(trained(falling(9))) is False
    assert failed(roles(reward=curve(straight(9, 0, 5)))) is False
    assert failed(roles(train_loss=None)) is None
