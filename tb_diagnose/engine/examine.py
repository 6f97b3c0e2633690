"""Runs × diagnoses → outcomes: the only caller of a diagnosis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.format import plural
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.causes import Cause, likely_causes
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.engine.contract import Diagnosis, Method, parameters_of, registered, registry
from tb_diagnose.engine.onset import Replay, logged
from tb_diagnose.engine.time_limit import UNLIMITED, TimeLimit, TookTooLong
from tb_diagnose.roles.catalog import ROLES, missing
from tb_diagnose.roles.frameworks import Framework, dialect
from tb_diagnose.roles.resolve import RoleMap, resolve_roles

#: What a diagnosis is put to: the value of a role by its name.
Resolve = Callable[[str], Any]


#: Why there is nothing to compare, by the role of several runs that is missing.
_SEVERAL = {
    "runs": ("there is only one run", ""),
    "baseline": ("no baseline was named", "tb-diagnose logs --baseline RUN"),
}


@dataclass(frozen=True, eq=False)
class Examination:
    """One run, what its curves were taken for, and what every diagnosis came to."""

    run: Run
    roles: RoleMap
    outcomes: tuple[Outcome, ...]
    analysis: RunAnalysis
    causes: tuple[Cause, ...] = ()


def examine(
    run: Run, settings: Settings, *, growing: bool = False, time_limit: TimeLimit = UNLIMITED
) -> Examination:
    """Put every selected diagnosis of a single run to ``run``.

    Of a run that is still ``growing``, nothing is said that only its end can show. A diagnosis that
    exceeds the time limit comes out *failed*.
    """
    time_limit.restart()
    with _quiet():
        roles = resolve_roles(run, settings.roles)
        analysis = RunAnalysis(run, roles, growing=growing)
        diagnoses = selected(settings)
        judged = [_judge_in_time(each, analysis, settings, time_limit) for each in diagnoses]
        dated = _all_dated(judged, diagnoses, run, settings, time_limit)
        outcomes = grouped(dated, run)
        return Examination(run, roles, outcomes, analysis, likely_causes(analysis, outcomes))


def compare(summaries: Sequence[RunSummary], settings: Settings) -> tuple[Outcome, ...]:
    """Put every selected comparison to several runs together."""
    runs = {summary.run: summary for summary in summaries}
    roles = {"runs": runs, "baseline": settings.baseline or None}
    chosen = selected(settings, several=True)
    with _quiet():
        return tuple(
            _judge(diagnosis, roles.get, Framework.UNKNOWN, settings) for diagnosis in chosen
        )


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
        diagnosis
        for diagnosis in every
        if diagnosis.several == several
        and (not wanted or diagnosis.id in wanted or diagnosis.family in wanted)
        and not (diagnosis.id in unwanted or diagnosis.family in unwanted)
    )


def judge(
    diagnosis: Diagnosis,
    resolve: Resolve,
    settings: Settings,
    writer: str = "",
) -> Outcome:
    """Put one diagnosis to the roles that ``resolve`` gives, of a log of that writer.

    Never raises: a broken diagnosis comes out *failed*.
    """
    with _quiet():
        return _judge(diagnosis, resolve, dialect(writer), settings)


def _judge_in_time(
    diagnosis: Diagnosis, analysis: RunAnalysis, settings: Settings, time_limit: TimeLimit
) -> Outcome:
    judged = partial(_judge, diagnosis, analysis.role, analysis.framework, settings)
    try:
        return time_limit.run(judged)
    except TookTooLong as late:
        return _outcome(diagnosis, Verdict.FAILED, reason=str(late))


def _judge(
    diagnosis: Diagnosis, resolve: Resolve, framework: Framework, settings: Settings
) -> Outcome:
    """What the surest method that the run allows comes to."""
    try:
        if diagnosis.concerns and (reason := _ask(diagnosis.concerns, resolve)):
            return _outcome(diagnosis, Verdict.NOT_APPLICABLE, reason=reason)
        skipped: list[tuple[str, str, str]] = []
        for method in diagnosis.methods:
            why = _obstacle(method, resolve, framework)
            if why is None:
                surer = _surer(skipped)
                return _apply(diagnosis, method, resolve, settings, surer)
            skipped.append((method.name, *why))
        return _not_logged(diagnosis, *_nearest(diagnosis, skipped, resolve))
    except Exception as error:  # noqa: BLE001 - one broken diagnosis must not hide the others
        return _outcome(diagnosis, Verdict.FAILED, reason=f"{type(error).__name__}: {error}")


def _nearest(
    diagnosis: Diagnosis, skipped: Sequence[tuple[str, str, str]], resolve: Resolve
) -> tuple[str, str]:
    """Why the method cannot judge that lacks the fewest roles, and what would enable it.

    Of several, the last: what it needs is logged the most easily.
    """
    if len(skipped) == 1:
        return skipped[0][1:]
    lacking = [
        sum(_is_missing(resolve, role) for role in one.required) for one in diagnosis.methods
    ]
    at = min(range(len(skipped)), key=lambda place: (lacking[place], -place))
    return skipped[at][1:]


def _is_missing(resolve: Resolve, role: str) -> bool:
    value = resolve(role)
    return value is None or (value == () and role != "facts")


def _obstacle(method: Method, resolve: Resolve, framework: Framework) -> tuple[str, str] | None:
    """Why a run cannot be judged by a method, and what would enable it; None where it can."""
    for role in method.required:
        if _is_missing(resolve, role):
            return _SEVERAL.get(role) or missing(role, framework)
    for role, least in method.points.items():
        if isinstance(curve := resolve(role), Curve) and curve.finite < least:
            values = f"{plural(curve.finite, 'value')} of the {ROLES[role].title}"
            return f"{values}, and {least} are needed", ""
    if method.unless and (reason := _ask(method.unless, resolve)):
        return reason, ""
    return None


def _ask(question: Callable[..., str], resolve: Resolve) -> str:
    """What a function of roles says of a run."""
    return question(**{role: resolve(role) for role, _ in parameters_of(question)})


def _surer(skipped: Sequence[tuple[str, str, str]]) -> str:
    """What a surer method than the one that judged would need."""
    return next((f"{name}: {enable}" for name, _, enable in skipped if enable), "")


def _apply(
    diagnosis: Diagnosis, method: Method, resolve: Resolve, settings: Settings, surer: str
) -> Outcome:
    """What one method comes to on a run that has all it needs."""
    instance = diagnosis.instance(settings.limits.get(diagnosis.id))
    values = ((role, resolve(role)) for role, _ in method.parameters)
    evidence = tuple(method.judge(instance, **{r: v for r, v in values if v is not None}))
    clear = _clear(diagnosis, method.name, surer)
    if not evidence:
        return clear
    severities = [piece.severity or diagnosis.severity for piece in evidence]
    worst = min(severities, key=lambda severity: severity.rank)
    return replace(clear, verdict=Verdict.FOUND, severity=worst, evidence=evidence)


def _outcome(
    diagnosis: Diagnosis, verdict: Verdict, *, reason: str = "", how_to_enable: str = ""
) -> Outcome:
    return Outcome(
        diagnosis.id,
        diagnosis.family,
        verdict,
        diagnosis.severity,
        reason=reason,
        how_to_enable=how_to_enable,
    )


@lru_cache(maxsize=1024)
def _clear(diagnosis: Diagnosis, method: str, surer: str) -> Outcome:
    """That nothing was found; runs share it."""
    return replace(_outcome(diagnosis, Verdict.CLEAR), method=method, surer=surer)


@lru_cache(maxsize=1024)
def _not_logged(diagnosis: Diagnosis, reason: str, how_to_enable: str) -> Outcome:
    """That a run lacks what every method needs; runs share it."""
    return _outcome(diagnosis, Verdict.NOT_LOGGED, reason=reason, how_to_enable=how_to_enable)


def _all_dated(
    outcomes: Iterable[Outcome],
    diagnoses: Iterable[Diagnosis],
    run: Run,
    settings: Settings,
    time_limit: TimeLimit,
) -> Iterator[Outcome]:
    """The same outcomes, what was found with its date, if there is time to find that."""
    replay = Replay(run, settings)
    for outcome, diagnosis in zip(outcomes, diagnoses, strict=True):
        dated = outcome
        if outcome.verdict is Verdict.FOUND:
            with suppress(TookTooLong):
                dated = time_limit.run(partial(_dated, outcome, diagnosis, replay, settings))
        yield dated


def _dated(outcome: Outcome, diagnosis: Diagnosis, replay: Replay, settings: Settings) -> Outcome:
    """Add from which moment on the log proved a finding."""

    def found(analysis: RunAnalysis) -> bool:
        outcome = _judge(diagnosis, analysis.role, analysis.framework, settings)
        return outcome.verdict is Verdict.FOUND

    first = outcome.evidence[0]
    since = replay.since(first.tag, next(iter(first.steps), None), found)
    return replace(outcome, detected_at=since[0], detected_step=since[1]) if since else outcome


def grouped(outcomes: Iterable[Outcome], run: Run) -> tuple[Outcome, ...]:
    """Put each finding under one as severe that led to it and need not have begun later, if any.

    What a curve shows from a point on began behind the point before: what is logged once an epoch,
    as histograms are, is known later than the loss of the same epoch, and may yet be its cause.
    """
    every = list(outcomes)
    found = {outcome.id: outcome for outcome in every if outcome.verdict is Verdict.FOUND}
    if not found:
        return tuple(every)
    begins = {identity: _begin(outcome, run) for identity, outcome in found.items()}

    def under(outcome: Outcome) -> str | None:
        causes = [
            cause
            for cause in found
            if cause != outcome.id
            and outcome.id in _consequences(cause)
            and found[cause].severity.rank <= outcome.severity.rank
            and _not_later(begins[cause], begins[outcome.id])
        ]
        # The root of a chain is the cause that leads to the most of the others.
        reach = {cause: len(_consequences(cause) & found.keys()) for cause in causes}
        return max(causes, key=lambda c: (reach[c], -found[c].severity.rank), default=None)

    parents = {identity: under(outcome) for identity, outcome in found.items()}
    roots = {identity: _root(identity, parents) for identity in found}
    return tuple(
        replace(outcome, caused_by=roots[outcome.id]) if roots.get(outcome.id) else outcome
        for outcome in every
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
    """The highest severity among findings, or None where nothing was found."""
    found = [outcome.severity for outcome in outcomes if outcome.verdict is Verdict.FOUND]
    return min(found, key=lambda severity: severity.rank, default=None)
