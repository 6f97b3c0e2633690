"""Why a run is sick: likely causes with calibrated probabilities.

A multinomial logistic model over features that a person can read: which findings there are, and a
few numbers of the run's analysis. ``causes.json`` holds its weights; ``evaluation/fit_causes.py``
fits them on trainings with known faults.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from tb_diagnose.analysis.learning_state import Learned
from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.format import number
from tb_diagnose.roles.frameworks import Framework
from tb_diagnose.roles.optimizer import highest_rate, usual_rates

#: Causes that are named at most, and the least probability of one that is.
MOST, LEAST = 3, 0.05
#: Contributions to the logarithm of the odds that are worth a sentence.
_WORTH = 0.3


class Cause(NamedTuple):
    """One likely cause.

    Attributes:
        id: its name in ``causes.json``.
        title: as people say it.
        probability: that it is the cause, from 0 to 1.
        evidence_for, evidence_against: what makes it likelier and less likely, strongest first.
        change: what to do about it.
        findings: ids of the findings that speak for it.
    """

    id: str
    title: str
    probability: float
    evidence_for: tuple[str, ...]
    evidence_against: tuple[str, ...]
    change: str
    findings: tuple[str, ...]


class Feature(NamedTuple):
    """A number between -1 and 1 of a run, and the clause that says it; ``""`` where it is 0."""

    value: float
    clause: str


def likely_causes(analysis: RunAnalysis, outcomes: Sequence[Outcome]) -> tuple[Cause, ...]:
    """Up to three causes of a sick run, the likeliest first; none where none stands out."""
    if not any(_weight(outcome) == 1 for outcome in outcomes):
        return ()
    found = features(analysis, outcomes)
    model = _possible(analysis.framework)
    odds = probabilities({name: feature.value for name, feature in found.items()}, model, outcomes)
    ranked = sorted(odds.items(), key=lambda item: -item[1])[:MOST]
    return tuple(
        _cause(name, probability, found, outcomes)
        for name, probability in ranked
        if probability >= LEAST and name != "other"
    )


def _possible(framework: Framework) -> Mapping[str, Any]:
    """The model without the causes that cannot be in a framework: Keras resets the gradients."""
    model = _model()
    causes = {
        name: cause
        for name, cause in model["causes"].items()
        if framework.name in cause.get("frameworks", (framework.name,))
    }
    return {**model, "causes": causes}


def features(analysis: RunAnalysis, outcomes: Sequence[Outcome]) -> dict[str, Feature]:
    """Everything that the model looks at: each finding, and numbers of the analysis."""
    found = {
        outcome.id: Feature(_weight(outcome), f"{outcome.id} was found")
        for outcome in outcomes
        if _weight(outcome)
    }
    measured = {name: measure(analysis) for name, measure in _MEASURES.items()}
    return found | {name: feature for name, feature in measured.items() if feature.value}


def names(named_by: Sequence[str], outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """How far diagnoses name a cause, and whether those that would are clear, each 0 to 1."""
    own = [outcome for outcome in outcomes if outcome.id in named_by]
    named = max(map(_weight, own), default=0.0)
    judged = [outcome for outcome in own if outcome.verdict is Verdict.CLEAR and not outcome.surer]
    return named, float(bool(own) and len(judged) == len(own))


def probabilities(
    values: Mapping[str, float], model: Mapping[str, Any], outcomes: Sequence[Outcome]
) -> dict[str, float]:
    """Cause → probability, by the softmax of the model's sums."""
    shared = {cause: names(one["named_by"], outcomes) for cause, one in model["causes"].items()}
    sums = {
        cause: one["bias"]
        + sum(one["weights"].get(name, 0) * value for name, value in values.items())
        + model["named"] * shared[cause][0]
        + model["cleared"] * shared[cause][1]
        for cause, one in model["causes"].items()
    }
    top = max(sums.values(), default=0.0)
    powers = {
        cause: math.exp((total - top) / model["temperature"]) for cause, total in sums.items()
    }
    total = sum(powers.values())
    return {cause: power / total for cause, power in powers.items()}


def _weight(outcome: Outcome) -> float:
    """1 for a warning, half for a note, 0 for what was not found or judges the log alone."""
    if outcome.verdict is not Verdict.FOUND or outcome.family == "comparison":
        return 0.0
    return 0.5 if outcome.severity is Severity.INFO or outcome.family == "logging" else 1.0


def _cause(
    name: str, probability: float, found: Mapping[str, Feature], outcomes: Sequence[Outcome]
) -> Cause:
    """A cause with its reasons; the change is that of a finding that names it, if there is one."""
    one, named = _model()["causes"][name], _model()["named"]
    parts = {
        key: (one["weights"].get(key, 0.0) + named * (key in one["named_by"])) * feature.value
        for key, feature in found.items()
    }
    naming = (outcome for outcome in outcomes if outcome.id in one["named_by"] and outcome.evidence)
    change = next((outcome.evidence[0].suggestion for outcome in naming), one["change"])
    ranked = sorted(parts, key=lambda key: -abs(parts[key]))
    speaking = [key for key in ranked if abs(parts[key]) >= _WORTH]
    return Cause(
        name,
        one["title"],
        probability,
        tuple(found[key].clause for key in speaking if parts[key] > 0)[:MOST],
        tuple(found[key].clause for key in speaking if parts[key] < 0)[:MOST],
        change,
        tuple(key for key in speaking if parts[key] > 0 and found[key].clause.endswith("found")),
    )


@cache
def _model() -> Mapping[str, Any]:
    text = files("tb_diagnose.engine").joinpath("causes.json").read_text(encoding="utf-8")
    model: Mapping[str, Any] = json.loads(text)
    return model


# What is measured of a run.


def _clipped(value: float) -> float:
    return 0.0 if math.isnan(value) else max(-1.0, min(1.0, value))


def _rate(analysis: RunAnalysis) -> Feature:
    """Decades above the usual rate by default, three of them as 1."""
    optimizer, logged = analysis.role("optimizer"), analysis.role("learning_rate")
    rate = highest_rate(optimizer, logged.series if logged else None)
    if rate is None or optimizer is None:
        return Feature(0.0, "")
    times = rate / usual_rates(optimizer).default
    return Feature(
        _clipped(math.log10(times) / 3),
        f"the learning rate of {rate:g} is {number(times)} times the default",
    )


def _first_loss(analysis: RunAnalysis) -> Feature:
    """Decades of the first loss above that of guessing, three as 1."""
    loss, chance = analysis.role("train_loss"), analysis.role("chance")
    if loss is None or loss.start is None or not loss.start.value > 0:
        return Feature(0.0, "")
    guess = chance.loss if chance is not None and chance.cross_entropy else 1.0
    clause = f"the first loss is {number(loss.start.value)}"
    return Feature(_clipped(math.log10(loss.start.value / guess) / 3), clause)


def _fell(analysis: RunAnalysis) -> Feature:
    """Decades by which the training loss fell, three as 1; negative where it rose."""
    loss = analysis.role("train_loss")
    if loss is None or loss.start is None or loss.end is None:
        return Feature(0.0, "")
    if min(loss.start.value, loss.end.value) <= 0:
        return Feature(0.0, "")
    fall = math.log10(loss.start.value / loss.end.value)
    clause = f"{loss.name} went from {number(loss.start.value)} to {number(loss.end.value)}"
    return Feature(_clipped(fall / 3), clause)


def _gap(analysis: RunAnalysis) -> Feature:
    """Decades of the last validation loss above the last training loss, three as 1."""
    train, val = analysis.role("train_loss"), analysis.role("val_loss")
    if train is None or val is None or not (train.end and val.end):
        return Feature(0.0, "")
    if min(train.end.value, val.end.value) <= 0:
        return Feature(0.0, "")
    clause = f"{val.name} ends at {number(val.end.value)} and {train.name} at "
    gap = math.log10(val.end.value / train.end.value)
    return Feature(_clipped(gap / 3), clause + number(train.end.value))


def _improving(analysis: RunAnalysis) -> Feature:
    loss = analysis.role("train_loss")
    improving = loss is not None and loss.still_improving
    return Feature(1.0 if improving else 0.0, "the training loss still falls at the end")


def _straight(analysis: RunAnalysis) -> Feature:
    """How much of the fall is in the second half: 1 for a straight line, 0 for a fast start."""
    loss = analysis.role("train_loss")
    share = loss.late_share if loss is not None else None
    clause = f"{number(100 * (share or 0))} % of the fall is in the second half"
    return Feature(_clipped(2 * (share or 0.0)), clause)


def _rough(analysis: RunAnalysis) -> Feature:
    """The noise of the training loss as a share of its level, 10 % as 1."""
    loss = analysis.role("train_loss")
    if loss is None or loss.noise is None or loss.end_level is None or not loss.end_level.value:
        return Feature(0.0, "")
    share = loss.noise / abs(loss.end_level.value)
    return Feature(_clipped(10 * share), f"the loss moves by {number(100 * share)} % at each point")


def _state(state: Learned) -> Callable[[RunAnalysis], Feature]:
    def measure(analysis: RunAnalysis) -> Feature:
        is_so = analysis.learning.state is state
        clause = analysis.learning.sentence or f"by its curves the run has {state.value}"
        return Feature(1.0 if is_so else 0.0, clause)

    return measure


def _regression(analysis: RunAnalysis) -> Feature:
    scored = bool(analysis.scores)
    return Feature(0.0 if scored or analysis.role("chance") else 1.0, "no classes are known")


_MEASURES: Mapping[str, Callable[[RunAnalysis], Feature]] = {
    "rate": _rate,
    "first loss": _first_loss,
    "fall": _fell,
    "gap": _gap,
    "improving": _improving,
    "straight": _straight,
    "rough": _rough,
    "regression": _regression,
    **{state.value: _state(state) for state in Learned if state is not Learned.UNKNOWN},
}
