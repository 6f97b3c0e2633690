"""What the model of causes looks at: the findings, and numbers of the run and its curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tb_diagnose.analysis.guessing import share_learned
from tb_diagnose.analysis.learning_state import Learned
from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.format import number, percent
from tb_diagnose.roles.optimizer import highest_rate, usual_rates

#: Curves whose numbers count.
_CURVES = ("train_loss", "val_loss", "train_score", "val_score")
#: Decades that count as 1, and the share of its level that noise counts as 1 at.
_DECADES, _NOISE = 3.0, 0.1


class Feature(NamedTuple):
    """A number between -1 and 1 of a run, and the clause that says it; ``""`` where it is 0."""

    value: float
    clause: str


def features(analysis: RunAnalysis, outcomes: Sequence[Outcome]) -> dict[str, Feature]:
    """Everything that the model looks at, by name; what is 0 is left out."""
    found = {
        outcome.id: Feature(weight(outcome), f"{outcome.id} was found")
        for outcome in outcomes
        if weight(outcome)
    }
    measured = {name: measure(analysis) for name, measure in _RUN.items()}
    for role in _CURVES:
        curve = analysis.role(role)
        if curve is not None and curve.start_level and curve.end_level and _known_scale(curve):
            measured |= {f"{role}: {name}": of(curve) for name, of in _CURVE.items()}
    return found | {name: feature for name, feature in measured.items() if feature.value}


def weight(outcome: Outcome) -> float:
    """1 for a warning, half for a note, 0 for what was not found or judges the log alone."""
    if outcome.verdict is not Verdict.FOUND or outcome.family == "comparison":
        return 0.0
    return 0.5 if outcome.severity is Severity.INFO or outcome.family == "logging" else 1.0


def is_clear(outcome: Outcome) -> bool:
    """Whether the surest method that a diagnosis has found nothing."""
    return outcome.verdict is Verdict.CLEAR and not outcome.surer


def _known_scale(curve: Curve) -> bool:
    """Whether it is a loss, or a score of which it is known what is good; not so for BLEU."""
    return curve.info.kind != "score" or share_learned(curve, None) is not None


def _clipped(value: float) -> float:
    return 0.0 if math.isnan(value) else max(-1.0, min(1.0, value))


def _decades(value: float) -> float:
    return _clipped(math.log10(value) / _DECADES) if 0 < value < math.inf else 0.0


# Of the run.


def _rate(analysis: RunAnalysis) -> Feature:
    """Decades above the usual rate by default."""
    optimizer, logged = analysis.role("optimizer"), analysis.role("learning_rate")
    rate = highest_rate(optimizer, logged.series if logged else None)
    if rate is None or optimizer is None:
        return Feature(0.0, "")
    times = rate / usual_rates(optimizer, analysis.framework).default
    return Feature(
        _decades(times), f"the learning rate of {rate:g} is {number(times)} times the default"
    )


def _first_loss(analysis: RunAnalysis) -> Feature:
    """Decades of the first loss above that of guessing."""
    loss, chance = analysis.role("train_loss"), analysis.role("chance")
    if loss is None or loss.start is None or chance is None or not chance.cross_entropy:
        return Feature(0.0, "")
    clause = f"the first loss is {number(loss.start.value)}, guessing gives {number(chance.loss)}"
    return Feature(_decades(loss.start.value / chance.loss), clause)


def _gap(analysis: RunAnalysis) -> Feature:
    """Decades of the last validation loss above the last training loss."""
    train, val = analysis.role("train_loss"), analysis.role("val_loss")
    if train is None or val is None or not (train.end and val.end) or train.end.value <= 0:
        return Feature(0.0, "")
    clause = f"{val.name} ends at {number(val.end.value)} and {train.name} at "
    return Feature(_decades(val.end.value / train.end.value), clause + number(train.end.value))


def _share(analysis: RunAnalysis) -> Feature:
    share = analysis.learning.share
    clause = f"it came {percent(max(share or 0.0, 0.0))} of the way from guessing to perfect"
    return Feature(_clipped(share or 0.0), clause)


def _unscored(analysis: RunAnalysis) -> Feature:
    scored = bool(analysis.scores)
    return Feature(0.0 if scored or analysis.role("chance") else 1.0, "no classes are known")


def _state(state: Learned) -> Callable[[RunAnalysis], Feature]:
    def measure(analysis: RunAnalysis) -> Feature:
        is_so = analysis.learning.state is state
        clause = analysis.learning.sentence or f"by its curves the run has {state.value}"
        return Feature(1.0 if is_so else 0.0, clause)

    return measure


_RUN: Mapping[str, Callable[[RunAnalysis], Feature]] = {
    "rate": _rate,
    "first loss": _first_loss,
    "gap": _gap,
    "share": _share,
    "unscored": _unscored,
    **{state.value: _state(state) for state in Learned if state is not Learned.UNKNOWN},
}


# Of one curve. Levels of losses count in decades, of scores as they are.


def _level(curve: Curve, value: float) -> float:
    return _clipped(value) if curve.better > 0 else _decades(value)


def _start(curve: Curve) -> Feature:
    value = curve.start.value if curve.start else 0.0
    return Feature(_level(curve, value), f"{curve.name} begins at {number(value)}")


def _end(curve: Curve) -> Feature:
    value = curve.end_level.value if curve.end_level else 0.0
    return Feature(_level(curve, value), f"{curve.name} ends around {number(value)}")


def _fall(curve: Curve) -> Feature:
    """Decades by which it fell; negative where it rose."""
    start, end = curve.start_level, curve.end_level
    if start is None or end is None or min(start.value, end.value) <= 0:
        return Feature(0.0, "")
    clause = f"{curve.name} went from {number(start.value)} to {number(end.value)}"
    return Feature(_decades(start.value / end.value), clause)


def _late(curve: Curve) -> Feature:
    share = curve.late_share or 0.0
    return Feature(share, f"{percent(share)} of what {curve.name} gained is in the second half")


def _reach(curve: Curve) -> Feature:
    """Where in the run it had nine tenths of its gain, of 1."""
    reached = curve.reached(0.9)
    share = reached.index / max(len(curve) - 1, 1) if reached is not None else 0.0
    return Feature(share, f"{curve.name} takes {percent(share)} of the run for most of its gain")


def _lost(curve: Curve) -> Feature:
    share = min((curve.rise.share or 0.0) if curve.rise else 0.0, 1.0)
    return Feature(share, f"{curve.name} lost {percent(share)} of its gain again")


def _held(curve: Curve) -> Feature:
    share = curve.held / len(curve)
    return Feature(share, f"{curve.name} is the same in its last {curve.held} values")


def _rough(curve: Curve) -> Feature:
    level = abs(curve.end_level.value) if curve.end_level else 0.0
    share = (curve.noise or 0.0) / level if level else 0.0
    return Feature(
        _clipped(share / _NOISE), f"{curve.name} moves by {percent(share)} at each point"
    )


def _heading(curve: Curve) -> Feature:
    direction = curve.outlook.direction if curve.outlook else 0
    where = "better" if direction > 0 else "worse"
    return Feature(float(direction), f"{curve.name} gets {where} at its end")


_CURVE: Mapping[str, Callable[[Curve], Feature]] = {
    "start": _start,
    "end": _end,
    "fall": _fall,
    "late": _late,
    "reach": _reach,
    "lost": _lost,
    "held": _held,
    "rough": _rough,
    "heading": _heading,
}
