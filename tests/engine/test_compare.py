"""Which curve runs are ranked by, which runs failed, and what is left of a run to compare."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.engine.compare import RunSummary, final_metrics
from tb_diagnose.roles.resolve import RoleMap, resolve_roles
from tests.cases import Floats, compiled, curve, epochs, falling, flat, run, straight, summary


def roles(**values: object) -> RoleMap:
    return RoleMap(values, (), "")


def trained(values: Floats) -> RoleMap:
    return roles(train_loss=epochs(values))


def seen(runs: dict[str, RoleMap]) -> dict[str, RunSummary]:
    return {name: summary(name, each) for name, each in runs.items()}


def test_runs_are_ranked_by_the_first_curve_that_two_of_them_have() -> None:
    one = roles(train_loss=epochs(falling(9)), val_score=epochs(straight(9, 0.1, 0.9), "acc"))
    two = roles(train_loss=epochs(falling(9, end=0.1)), val_score=None)
    three = roles(train_loss=epochs(falling(9)), val_score=epochs(straight(9, 0.1, 0.7), "acc"))
    assert list(final_metrics(seen({"b": one, "a": three, "c": two}))) == ["a", "b"]
    ranked = final_metrics(seen({"a": one, "b": two}))
    assert [each.better for each in ranked.values()] == [-1, -1]
    assert ranked["b"].end < ranked["a"].end
    assert final_metrics(seen({"a": one})) == {}


@pytest.mark.parametrize("better", (-1, 1))
def test_a_standing_is_in_the_unit_of_its_curve(better: int) -> None:
    logged = epochs(-better * falling(60, noise=0.1))
    one = summary("a", roles(**{"val_loss" if better < 0 else "val_score": logged}))
    (standing,) = one.final_metrics.values()
    assert standing.better == better
    described = Curve(logged, better)
    assert described.start_level is not None
    assert described.end_level is not None
    assert (standing.start, standing.end) == (
        described.start_level.value,
        described.end_level.value,
    )
    assert standing.noise == described.noise


def test_a_run_that_ended_in_nan_is_not_ranked() -> None:
    dead = trained(np.r_[falling(9), np.nan])
    assert final_metrics(seen({"a": dead, "b": trained(falling(9))})) == {}


def failed(those: RoleMap) -> bool | None:
    return summary("a", those).failed


def test_what_failed() -> None:
    assert failed(trained(np.r_[falling(9), np.inf])) is True
    assert failed(trained(flat(9))) is True
    assert failed(trained(straight(9, 1, 5))) is True
    assert failed(trained(falling(9))) is False
    assert failed(roles(reward=curve(straight(9, 0, 5)))) is False
    assert failed(roles(train_loss=None)) is None


def test_a_glance_is_small_however_long_the_run() -> None:
    curves = (epochs(falling(n)) for n in (100, 100_000))
    short, long = (len(pickle.dumps(summary("a", resolve_roles(run(each), {})))) for each in curves)
    assert long < short + 100


def test_a_glance_knows_what_runs_differ_in() -> None:
    one = summary("a", roles(hparams={"width": 64}, optimizer=compiled(0.1)))
    assert (one.run, one.hparams, one.rate) == ("a", {"width": 64}, 0.1)
    assert (one.final_metrics, one.fingerprints, one.failed) == ({}, {}, None)
