"""What every diagnosis keeps to on whole runs: when it is quiet, and what must not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.run import Run, Series
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import examine
from tb_diagnose.engine.onset import curve_named
from tb_diagnose.roles.tags import parse_tag
from tests.cases import curve, epochs, run
from tests.healthy import STYLES, healthy
from tests.sick import REGRESSIONS, SICK

HEALTHY_RUNS = 1000

every_sick_run = pytest.mark.parametrize("name", SICK)


# What healthy runs hear: nothing.


def test_healthy_runs_stay_quiet() -> None:
    """At most one in a hundred is alarmed, over all diagnoses together."""
    alarms = Counter(dict.fromkeys(registry(), 0))
    alarmed = 0
    for seed in range(HEALTHY_RUNS):
        loud = [each.id for each in outcomes(healthy(seed)) if is_alarm(each)]
        alarms.update(loud)
        alarmed += bool(loud)
    assert alarmed <= HEALTHY_RUNS / 100, alarms.most_common(5)


def is_alarm(each: Outcome) -> bool:
    assert each.verdict is not Verdict.FAILED, each
    return each.verdict is Verdict.FOUND and each.severity is not Severity.INFO


# What must make no difference.


def relabelled(one: Run) -> Run:
    """Epoch 0, 1, 2 … as optimizer steps 0, 391, 782 …"""
    return with_curves(one, lambda c: replace(c, steps=c.steps[:1] + 391 * (c.steps - c.steps[:1])))


def later(one: Run) -> Run:
    """The same training a year later, on a machine that takes three times as long."""
    return with_curves(one, lambda c: replace(c, wall=1.73e9 + 3 * (c.wall - 1.7e9)))


def with_more_tags(one: Run) -> Run:
    """Curves that play no part: memory, speed, something that nobody knows."""
    n = max(map(len, one.scalars))
    noise = np.random.default_rng(0).normal(50, 20, n)
    names = ("memory/allocated", "epoch_steps_per_second", "custom/thing", "epoch")
    return replace(one, scalars=one.scalars + tuple(curve(noise, name, "") for name in names))


def renamed(one: Run) -> Run:
    return replace(one, name="another name", path="elsewhere")


@pytest.mark.parametrize("change", (relabelled, later, with_more_tags, renamed))
@pytest.mark.parametrize("name", (*SICK, *range(2 * len(STYLES))))
def test_what_must_not_matter_does_not(change: Callable[[Run], Run], name: str | int) -> None:
    one = SICK[name] if isinstance(name, str) else healthy(name)
    assert verdicts(change(one)) == verdicts(one)


@pytest.mark.parametrize("factor", (1000.0, 0.001))
@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_loss_without_a_unit_may_have_any_scale(factor: float, name: str) -> None:
    one = REGRESSIONS[name]
    assert verdicts(with_curves(one, lambda c: scaled(c, factor))) == verdicts(one)


def test_the_order_of_runs_does_not_matter() -> None:
    forwards = {name: outcomes(one) for name, one in SICK.items()}
    backwards = {name: outcomes(SICK[name]) for name in reversed(SICK)}
    assert repr(forwards) == repr({name: backwards[name] for name in forwards})


@pytest.mark.parametrize("name", (*SICK, *range(len(STYLES))))
def test_the_same_input_comes_to_the_same_outcome(name: str | int) -> None:
    one = SICK[name] if isinstance(name, str) else healthy(name)
    before = [(each.values.tobytes(), each.steps.tobytes()) for each in one.scalars]
    assert repr(outcomes(one)) == repr(outcomes(one))
    assert before == [(each.values.tobytes(), each.steps.tobytes()) for each in one.scalars]


# What it must survive.

anything = arrays(
    np.float32,
    st.integers(0, 40),
    elements=st.floats(-10, 10, width=32)
    | st.sampled_from([0.0, 1e30, -1e30, np.nan, np.inf, -np.inf]),
)


@settings(max_examples=60, deadline=None)
@given(anything, anything, anything, anything, st.sampled_from(list(SICK)))
def test_no_values_break_a_diagnosis(
    train: np.ndarray, val: np.ndarray, score: np.ndarray, rate: np.ndarray, model: str
) -> None:
    curves = (
        epochs(train), epochs(val, folder="validation"), epochs(score, "epoch_accuracy"),
        epochs(rate, "epoch_learning_rate"), curve(train, "batch_loss"), curve(val, "grad_norm"),
    )  # fmt: skip
    survives(run(*curves, model=SICK[model].model))


@settings(max_examples=20, deadline=None)
@given(anything, anything)
def test_no_values_break_a_diagnosis_of_reinforcement_learning(
    reward: np.ndarray, loss: np.ndarray
) -> None:
    survives(run(curve(reward, "rollout/ep_rew_mean", ""), curve(loss, "train/value_loss", "")))


@every_sick_run
@pytest.mark.parametrize("points", (0, 1, 2, 3))
def test_hardly_any_points_break_no_diagnosis(name: str, points: int) -> None:
    survives(with_curves(SICK[name], lambda c: c.at(slice(points))))


def test_an_empty_run_breaks_no_diagnosis() -> None:
    survives(Run("empty", "logs/empty"))


def survives(one: Run) -> None:
    assert [each for each in outcomes(one) if each.verdict is Verdict.FAILED] == []


# What evidence owes its reader.


@every_sick_run
def test_evidence_says_what_it_saw_where_and_what_to_do(name: str) -> None:
    one = SICK[name]
    found = [each for each in outcomes(one) if each.verdict is Verdict.FOUND]
    assert found
    for evidence in (every for each in found for every in each.evidence):
        assert evidence.message.endswith(".")
        assert evidence.suggestion
        assert "nan" not in (evidence.message + evidence.suggestion).replace("NaN", "").split()
        if evidence.steps:
            shown = curve_named(one, evidence.tag)
            assert shown is not None, evidence
            assert set(evidence.steps) <= set(shown.steps.tolist())
        if evidence.comparison is not None:
            assert evidence.comparison.unit
            assert evidence.comparison.holds


@every_sick_run
def test_a_finding_has_an_onset_on_its_curve(name: str) -> None:
    one = SICK[name]
    for each in outcomes(one):
        if each.detected_step is not None:
            shown = curve_named(one, each.evidence[0].tag)
            assert shown is not None
            assert each.detected_step in shown.steps
            assert each.detected_at in shown.wall
            begins = min(each.evidence[0].steps[:1], default=-1)
            assert shown.steps[-1] == begins or each.detected_step >= begins


# The small print.


def outcomes(one: Run) -> tuple[Outcome, ...]:
    return examine(one, Settings()).outcomes


def verdicts(one: Run) -> dict[str, tuple[Verdict, Severity, str | None]]:
    return {each.id: (each.verdict, each.severity, each.caused_by) for each in outcomes(one)}


def with_curves(one: Run, change: Callable[[Series], Series]) -> Run:
    return replace(one, scalars=tuple(change(each) for each in one.scalars))


def scaled(one: Series, factor: float) -> Series:
    kind = parse_tag(one.folder, one.tag).kind
    return replace(one, values=one.values * np.float32(factor)) if kind == "loss" else one
