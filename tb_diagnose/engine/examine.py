"""Runs × diagnoses → outcomes: the only caller of a diagnosis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np

from tb_diagnose.core.finding import NotApplicable, Outcome, Severity, Verdict
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import Glance, ranked
from tb_diagnose.engine.contract import Diagnosis, registered, registry
from tb_diagnose.engine.onset import Replay, logged
from tb_diagnose.measure.course import prepare
from tb_diagnose.roles.requirements import lack
from tb_diagnose.roles.resolve import Roles, assign


@dataclass(frozen=True, eq=False)
class Examination:
    """One run, what its curves were taken for, and what every diagnosis came to."""

    run: Run
    roles: Roles
    outcomes: tuple[Outcome, ...]


def examine(run: Run, settings: Settings) -> Examination:
    """Put every selected diagnosis of a single run to ``run``."""
    return examine_all([run], settings)[0]


def examine_all(runs: Sequence[Run], settings: Settings) -> list[Examination]:
    """Put every selected diagnosis of a single run to each of the runs.

    Each diagnosis is put to all of them before the next one is: what a processor has in its caches
    of a diagnosis serves for the next run, which makes 16 small runs a sixth faster.
    """
    chosen = selected(settings)
    outcomes: list[list[Outcome]] = [[] for _ in runs]
    with _quiet():
        roles = [assign(run, settings.roles) for run in runs]
        lacks = [_lacking(chosen, _known(own.values)) for own in roles]
        prepare((curve.values, -better) for own in roles for _, curve, better in ranked(own))
        for at, each in enumerate(chosen):
            for own, lack, found in zip(roles, lacks, outcomes, strict=True):
                found.append(lack[at] or _ask(each, own.values, settings))
        return [
            Examination(run, own, grouped(_all_dated(found, chosen, run, settings), run))
            for run, own, found in zip(runs, roles, outcomes, strict=True)
        ]


def compare(glances: Sequence[Glance], settings: Settings) -> tuple[Outcome, ...]:
    """Put every selected comparison to several runs together."""
    runs = {each.run: each for each in glances}
    roles = {"runs": runs, "baseline": settings.baseline or None}
    chosen = selected(settings, several=True)
    with _quiet():
        return tuple(_put(each, roles, settings) for each in chosen)


def _quiet() -> np.errstate:
    """Statistics on NaN and on one point divide by nothing; a diagnosis looks at the result."""
    return np.errstate(all="ignore")


def selected(settings: Settings, *, several: bool = False) -> tuple[Diagnosis, ...]:
    """The diagnoses that the settings ask for, in the registry's order."""
    every = tuple(registry().values())
    return _selected(every, frozenset(settings.select), frozenset(settings.ignore), several)


@lru_cache(maxsize=16)
def _selected(
    every: tuple[Diagnosis, ...],
    wanted: frozenset[str],
    unwanted: frozenset[str],
    several: bool,  # noqa: FBT001 (passed on)
) -> tuple[Diagnosis, ...]:
    return tuple(
        each
        for each in every
        if each.several == several
        and (not wanted or each.id in wanted or each.family in wanted)
        and not (each.id in unwanted or each.family in unwanted)
    )


def judge(diagnosis: Diagnosis, roles: Mapping[str, Any], settings: Settings) -> Outcome:
    """Put one diagnosis to one set of roles. Never raises: a broken one comes out *failed*."""
    with _quiet():
        return _put(diagnosis, roles, settings)


def _put(diagnosis: Diagnosis, roles: Mapping[str, Any], settings: Settings) -> Outcome:
    return _lack(diagnosis, partial(_has, roles)) or _ask(diagnosis, roles, settings)


def _has(roles: Mapping[str, Any], role: str) -> bool:
    """Whether the run has that role; that nothing is to be said of its log is a fact, too."""
    given = roles.get(role)
    return given is not None and (given != () or role == "facts")


def _known(roles: Mapping[str, Any]) -> frozenset[str]:
    """The roles that a run has."""
    return frozenset([role for role in roles if _has(roles, role)])


@lru_cache(maxsize=64)
def _lacking(diagnoses: tuple[Diagnosis, ...], known: frozenset[str]) -> tuple[Outcome | None, ...]:
    """The outcome of each diagnosis that needs a role that is not ``known``, None of the others.

    Runs with the same roles, as those of a search are, have it in common.
    """
    return tuple(_lack(each, known.__contains__) for each in diagnoses)


def _lack(diagnosis: Diagnosis, has: Callable[[str], bool]) -> Outcome | None:
    """The outcome for want of the first role that a diagnosis needs and a run does not have."""
    missed = next((role for role in diagnosis.required if not has(role)), None)
    return None if missed is None else _without(diagnosis, missed)


def _ask(diagnosis: Diagnosis, roles: Mapping[str, Any], settings: Settings) -> Outcome:
    """What a diagnosis says of roles that hold all that it needs."""
    arguments = {role: roles.get(role) for role in diagnosis.roles}
    if diagnosis.limits is not None:
        named = settings.limits.get(diagnosis.id)
        arguments["limits"] = diagnosis.limits(**named) if named else diagnosis.defaults
    try:
        evidence = tuple(diagnosis.judge(**arguments))
    except NotApplicable as why:
        return _unjudged(diagnosis, why.reason, why.how_to_enable)
    except Exception as error:  # noqa: BLE001 - one broken diagnosis must not hide the others
        return _outcome(diagnosis, Verdict.FAILED, reason=f"{type(error).__name__}: {error}")
    if not evidence:
        return _clear(diagnosis)
    severities = [each.severity or diagnosis.severity for each in evidence]
    worst = min(severities, key=lambda severity: severity.rank)
    return replace(_clear(diagnosis), verdict=Verdict.FOUND, severity=worst, evidence=evidence)


def _outcome(diagnosis: Diagnosis, verdict: Verdict, reason: str = "", enable: str = "") -> Outcome:
    return Outcome(
        diagnosis.id,
        diagnosis.family,
        verdict,
        diagnosis.severity,
        reason=reason,
        how_to_enable=enable,
    )


@cache
def _clear(diagnosis: Diagnosis) -> Outcome:
    """That nothing was found: the same on every run, like the next."""
    return _outcome(diagnosis, Verdict.CLEAR)


@lru_cache(maxsize=1024)
def _unjudged(diagnosis: Diagnosis, reason: str, enable: str) -> Outcome:
    """That a run cannot be judged: many share the reason."""
    return _outcome(diagnosis, Verdict.NOT_APPLICABLE, reason, enable)


@cache
def _without(diagnosis: Diagnosis, role: str) -> Outcome:
    """That a run lacks a role that the diagnosis cannot do without."""
    return _unjudged(diagnosis, *lack(role))


def _all_dated(
    outcomes: Iterable[Outcome], diagnoses: Iterable[Diagnosis], run: Run, settings: Settings
) -> Iterator[Outcome]:
    """The same outcomes, what was found with its date."""
    replay = Replay(run, settings)
    for outcome, diagnosis in zip(outcomes, diagnoses, strict=True):
        found = outcome.verdict is Verdict.FOUND
        yield _dated(outcome, diagnosis, replay, settings) if found else outcome


def _dated(outcome: Outcome, diagnosis: Diagnosis, replay: Replay, settings: Settings) -> Outcome:
    """Add from which moment on the log proved a finding."""

    def found(roles: Mapping[str, Any]) -> bool:
        return _put(diagnosis, roles, settings).verdict is Verdict.FOUND

    since = replay.since(outcome.evidence[0].tag, found)
    return replace(outcome, detected_at=since[0], detected_step=since[1]) if since else outcome


def grouped(outcomes: Iterable[Outcome], run: Run) -> tuple[Outcome, ...]:
    """Put each finding under the finding that led to it and need not have begun later, if any.

    What a curve shows from a point on began behind the point before: what is logged once an epoch,
    as histograms are, is known later than the loss of the same epoch, and may yet be its cause.
    """
    every = list(outcomes)
    found = {each.id: each for each in every if each.verdict is Verdict.FOUND}
    if not found:
        return tuple(every)
    begins = {identity: _begin(each, run) for identity, each in found.items()}

    def under(outcome: Outcome) -> str | None:
        causes = [
            cause
            for cause in found
            if cause != outcome.id
            and outcome.id in _consequences(cause)
            and _not_later(begins[cause], begins[outcome.id])
        ]
        # The root of a chain is the cause that leads to the most of the others.
        reach = {cause: len(_consequences(cause) & found.keys()) for cause in causes}
        return max(causes, key=lambda c: (reach[c], -found[c].severity.rank), default=None)

    parents = {identity: under(each) for identity, each in found.items()}
    roots = {identity: _root(identity, parents) for identity in found}
    return tuple(
        replace(each, caused_by=roots[each.id]) if roots.get(each.id) else each for each in every
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


def _not_later(cause: tuple[float, float], effect: tuple[float, float]) -> bool:
    """Whether what began between two moments need not have begun behind something else."""
    return cause[1] <= effect[1] or cause[0] < effect[1]


def _begin(outcome: Outcome, run: Run) -> tuple[float, float]:
    """Between which moments a finding begins; before everything where that shows in no curve."""
    first = outcome.evidence[0]
    curve = logged(run, first.tag)
    if curve is None or not first.steps:
        return -math.inf, -math.inf
    at = np.flatnonzero(curve.steps == first.steps[0])
    if not len(at):
        return -math.inf, -math.inf
    shown = int(at[0])
    return float(curve.wall[shown - 1]) if shown else -math.inf, float(curve.wall[shown])


def worst(outcomes: Iterable[Outcome]) -> Severity | None:
    """The gravest severity among findings, or None where nothing was found."""
    found = [each.severity for each in outcomes if each.verdict is Verdict.FOUND]
    return min(found, key=lambda severity: severity.rank, default=None)
