"""Why a run is sick: likely causes with calibrated probabilities.

A multinomial logistic model over features that a person can read: which findings there are, and a
few numbers of the run's analysis. ``causes.json`` holds its weights; ``evaluation/fit_causes.py``
fits them on trainings with known faults.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.finding import Outcome, Severity
from tb_diagnose.engine.cause_features import Feature, features, is_clear, weight

#: Causes that are named at most, and the least probability of one that is.
MOST, LEAST = 3, 0.05
#: Below that, the likeliest is hardly ever the right one.
_STANDS_OUT = 0.2
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


def likely_causes(analysis: RunAnalysis, outcomes: Sequence[Outcome]) -> tuple[Cause, ...]:
    """Up to three causes of a sick run, the likeliest first; none where none stands out.

    None either where a reward is learned: the trainings that the model knows have losses.
    """
    rewarded = analysis.role("reward") is not None
    if rewarded or not any(weight(outcome) == 1 for outcome in outcomes):
        return ()
    found = features(analysis, outcomes)
    model = _possible(analysis)
    odds = probabilities({name: feature.value for name, feature in found.items()}, model, outcomes)
    ranked = sorted(odds.items(), key=lambda item: -item[1])[:MOST]
    if not ranked or ranked[0][1] < _STANDS_OUT:
        return ()
    causes = (_cause(name, odds, found, outcomes) for name, odds in ranked if odds >= LEAST)
    return tuple(cause for cause in causes if cause.evidence_for)


def _possible(analysis: RunAnalysis) -> Mapping[str, Any]:
    """The model without the causes that cannot be: Keras resets the gradients, a rate that was
    logged and never changes has no schedule, without validation nothing differs from training, and
    numbers of words have no scale.
    """
    model, framework = _model(), analysis.framework.name
    rate = analysis.role("learning_rate")
    impossible = set()
    if rate is not None and rate.constant:
        impossible.add("learning-rate-schedule")
    if not any(analysis.role(role) for role in ("val_loss", "val_score", "errors")):
        impossible |= {"validation-data", "evaluation-mode"}
    layers = analysis.run.model.layers[:2] if analysis.run.model is not None else ()
    if any("Embedding" in layer.kind for layer in layers):
        impossible.add("inputs")
    causes = {
        name: cause
        for name, cause in model["causes"].items()
        if framework in cause.get("frameworks", (framework,)) and name not in impossible
    }
    return {**model, "causes": causes}


def names(named_by: Sequence[str], outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """How far diagnoses name a cause, up to 2, and whether all that would are clear.

    What is itself a consequence of another finding names nothing.
    """
    own = [outcome for outcome in outcomes if outcome.id in named_by]
    named = [
        weight(outcome) * (2 if outcome.severity is Severity.CRITICAL else 1)
        for outcome in own
        if outcome.caused_by is None
    ]
    return max(named, default=0.0), float(bool(own) and all(map(is_clear, own)))


def probabilities(
    values: Mapping[str, float], model: Mapping[str, Any], outcomes: Sequence[Outcome]
) -> dict[str, float]:
    """Cause → probability, by the softmax of the model's sums, and some doubt in all of it."""
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
    total, doubt = sum(powers.values()), model["doubt"]
    return {
        cause: (1 - doubt) * power / total + doubt / len(powers) for cause, power in powers.items()
    }


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
