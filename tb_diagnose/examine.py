"""Runs × diagnoses → outcomes: the only caller of a diagnosis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tb_diagnose.diagnosis import Diagnosis, registered, registry
from tb_diagnose.enable import ENABLE
from tb_diagnose.findings import NotApplicable, Outcome, Severity, Verdict
from tb_diagnose.measure.levels import distinct
from tb_diagnose.roles import Roles, assign
from tb_diagnose.runs import Histograms, Run, Series, Vitals
from tb_diagnose.settings import Settings


@dataclass(frozen=True, eq=False)
class Examination:
    """One run, what its curves were taken for, and what every diagnosis came to."""

    run: Run
    roles: Roles
    outcomes: tuple[Outcome, ...]


def examine(run: Run, settings: Settings) -> Examination:
    """Put every selected diagnosis of a single run to ``run``."""
    roles = assign(run, settings.roles)
    outcomes = [judge(each, roles.values, settings) for each in selected(settings)]
    dated = [_dated(outcome, run, settings) for outcome in outcomes]
    return Examination(run, roles, grouped(dated, run))


def compare(examinations: Sequence[Examination], settings: Settings) -> tuple[Outcome, ...]:
    """Put every selected comparison to several runs together."""
    runs = {each.run.name: each.roles for each in examinations}
    roles = {"runs": runs, "baseline": settings.baseline or None}
    chosen = selected(settings, several=True)
    return tuple(judge(each, roles, settings) for each in chosen)


def glance(examination: Examination) -> Examination:
    """What a comparison needs of a run: its name and single curves, not all that was logged.

    A thousand runs are compared in the memory of their main curves.
    """
    heavy = ("facts", "scalars", "histograms", "weights", "gradients", "activations")
    roles = examination.roles
    kept = {role: value for role, value in roles.values.items() if role not in heavy}
    bare = Run(examination.run.name, examination.run.path)
    return Examination(bare, replace(roles, values=kept), ())


def as_of(run: Run, step: int, settings: Settings) -> Run:
    """The run as it stood when its main curve had come to ``step``; empty before its first one.

    The main curve is the training loss, else the reward, else the curve with the most points.
    """
    values = assign(run, settings.roles).values
    longest = max(run.scalars, key=len, default=None)
    known = (values.get("train_loss"), values.get("reward"), longest)
    curve = next((each for each in known if each is not None), None)
    if curve is None:
        return run
    reached = curve.steps <= step
    if reached.all():
        return run
    return run.until(float(np.max(curve.wall[reached], initial=-math.inf)))


def selected(settings: Settings, *, several: bool = False) -> list[Diagnosis]:
    """The diagnoses that the settings ask for, in the registry's order."""
    return [
        each
        for each in registry().values()
        if each.several == several
        and (not settings.select or {each.id, each.family} & set(settings.select))
        and not {each.id, each.family} & set(settings.ignore)
    ]


def judge(diagnosis: Diagnosis, roles: Mapping[str, Any], settings: Settings) -> Outcome:
    """Put one diagnosis to one set of roles. Never raises: a broken one comes out *failed*."""

    def outcome(verdict: Verdict, **more: Any) -> Outcome:
        severity = more.pop("severity", diagnosis.severity)
        return Outcome(diagnosis.id, diagnosis.family, verdict, severity, **more)

    if missing := _missing(diagnosis, roles):
        return outcome(
            Verdict.NOT_APPLICABLE,
            reason=f"no {_words(missing)} in this run",
            enable=ENABLE.get(missing, ""),
        )
    arguments = {need.role: roles.get(need.role) for need in diagnosis.needs}
    if diagnosis.limits is not None:
        arguments["limits"] = diagnosis.limits(**settings.limits.get(diagnosis.id, {}))
    try:
        # Statistics on NaN and on one point divide by nothing; a diagnosis looks at the result.
        with np.errstate(all="ignore"):
            evidence = tuple(diagnosis.judge(**arguments))
    except NotApplicable as why:
        return outcome(Verdict.NOT_APPLICABLE, reason=why.reason, enable=why.enable)
    except Exception as error:  # noqa: BLE001 - one broken diagnosis must not hide the others
        return outcome(Verdict.FAILED, reason=f"{type(error).__name__}: {error}")
    if not evidence:
        return outcome(Verdict.CLEAR)
    severities = [each.severity or diagnosis.severity for each in evidence]
    worst = min(severities, key=lambda severity: severity.rank)
    return outcome(Verdict.FOUND, severity=worst, evidence=evidence)


def _missing(diagnosis: Diagnosis, roles: Mapping[str, Any]) -> str:
    """The first role that the diagnosis cannot do without and the run does not have."""
    for need in diagnosis.needs:
        given = roles.get(need.role)
        if not need.optional and (given is None or (given == () and need.role != "facts")):
            return need.role
    return ""


def _words(role: str) -> str:
    spoken = {
        "val_loss": "validation loss",
        "val_score": "validation score",
        "train_loss": "training loss",
        "train_score": "training score",
        "pairs": "quantity logged on both training and validation data",
        "chance": "known number of classes",
        "model": "Keras model configuration",
    }
    return spoken.get(role, role.replace("_", " "))


def _dated(outcome: Outcome, run: Run, settings: Settings) -> Outcome:
    """Add from which moment on the log proved a finding, by replaying the run.

    The run is cut off at the moments of the curve that shows the finding and judged again; the
    first cut at which it is found is searched by bisection.
    """
    if outcome.verdict is not Verdict.FOUND:
        return outcome
    curve = logged(run, outcome.evidence[0].tag)
    if curve is None or len(curve) == 0 or not np.isfinite(curve.wall).all():
        return outcome
    moments = distinct(curve.wall)
    diagnosis = registry()[outcome.id]
    low, high = 0, len(moments) - 1
    while low < high:
        middle = (low + high) // 2
        cut = assign(run.until(float(moments[middle])), settings.roles)
        if judge(diagnosis, cut.values, settings).verdict is Verdict.FOUND:
            high = middle
        else:
            low = middle + 1
    at = int(np.flatnonzero(curve.wall <= moments[high])[-1])
    return replace(outcome, known=float(moments[high]), onset=int(curve.steps[at]))


def curve_named(run: Run, name: str) -> Series | None:
    """The scalar curve of a run by ``Series.name``; of a sum of curves, its first part."""
    first = name.split(" + ", maxsplit=1)[0]
    return next((series for series in run.scalars if series.name == first), None)


def logged(run: Run, name: str) -> Series | Histograms | Vitals | None:
    """Whatever a run logged under that name, be it a curve, histograms or vitals."""
    others: tuple[Histograms | Vitals, ...] = (*run.histograms, *run.vitals)
    return curve_named(run, name) or next((each for each in others if each.name == name), None)


def grouped(outcomes: Iterable[Outcome], run: Run) -> tuple[Outcome, ...]:
    """Put each finding under the finding that led to it and did not begin later, if any."""
    every = list(outcomes)
    found = {each.id: each for each in every if each.verdict is Verdict.FOUND}
    begins = {identity: _begin(each, run) for identity, each in found.items()}

    def under(outcome: Outcome) -> str | None:
        causes = [
            cause
            for cause in found
            if cause != outcome.id
            and outcome.id in _consequences(cause)
            and begins[cause] <= begins[outcome.id]
        ]
        # The root of a chain is the cause that leads to the most of the others.
        reach = {cause: len(_consequences(cause) & found.keys()) for cause in causes}
        return max(causes, key=lambda c: (reach[c], -found[c].severity.rank), default=None)

    parents = {identity: under(each) for identity, each in found.items()}
    roots = {identity: _root(identity, parents) for identity in found}
    return tuple(
        replace(each, under=roots[each.id]) if roots.get(each.id) else each for each in every
    )


def _root(identity: str, parents: Mapping[str, str | None]) -> str | None:
    """Follow the causes upwards to the one that has no cause itself."""
    seen = {identity}
    parent = parents.get(identity)
    while parent is not None and (above := parents.get(parent)) is not None and above not in seen:
        seen.add(parent)
        parent = above
    return parent


def _consequences(identity: str) -> set[str]:
    """All that a diagnosis leads to, directly or by way of others."""
    reached: set[str] = set()
    ahead = [identity]
    while ahead:
        known = registered(ahead.pop())
        fresh = set(known.leads_to if known else ()) - reached
        reached |= fresh
        ahead.extend(fresh)
    return reached - {identity}


def _begin(outcome: Outcome, run: Run) -> float:
    """Moment at which a finding begins to show; before everything for one that needs no curve."""
    first = outcome.evidence[0]
    curve = logged(run, first.tag)
    if curve is None or not first.steps:
        return -math.inf
    at = np.flatnonzero(curve.steps == first.steps[0])
    return float(curve.wall[at[0]]) if len(at) else -math.inf


def worst(outcomes: Iterable[Outcome]) -> Severity | None:
    """The gravest severity among findings, or None where nothing was found."""
    found = [each.severity for each in outcomes if each.verdict is Verdict.FOUND]
    return min(found, key=lambda severity: severity.rank, default=None)
