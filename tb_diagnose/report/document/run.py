"""One examined run as a part of the document: what it is, how it fares, its curves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.learning_state import Learned
from tb_diagnose.core.format import plural
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Fact, Histograms, Run, Series, Vitals
from tb_diagnose.report.document.curves import counted_in, curve, parts
from tb_diagnose.report.document.numbers import maybe, moment, number, text
from tb_diagnose.report.document.outcomes import Counting, OfRun, outcome_parts
from tb_diagnose.report.document.references import References
from tb_diagnose.report.document.schema import (
    CausePart,
    CountedIn,
    CurvePart,
    FactPart,
    ModelPart,
    OutcomePart,
    RolePart,
    RunPart,
    RunVerdict,
    StateName,
    StepsPart,
)

if TYPE_CHECKING:
    from tb_diagnose.engine.causes import Cause
    from tb_diagnose.engine.examine import Examination
    from tb_diagnose.roles.resolve import RoleAssignment, RoleMap

#: A role that more curves share gets those that a finding names, not all (chosen: one screen).
_FEW = 8
_MAIN = ("train_loss", "val_loss")
#: Fewer points than that show no course.
_FEW_POINTS = 3
#: Kinds of facts that can leave nothing of a run to read.
_BREAKS = ("damaged-record", "truncated-tail", "unreadable", "not-event-file", "empty-file")


@np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
def run_part(examination: Examination, points: int, *, brief: bool = False) -> RunPart:
    """The run's part, its curves thinned out to ``points`` each.

    A ``brief`` one has only the curves that findings name, which is all that a terminal shows.
    """
    run, roles = examination.run, examination.roles
    start, end = _span(run)
    learned = examination.analysis.learning
    referring = References(run, learned.chance, _played(roles)[0])
    outcomes = outcome_parts(examination.outcomes, OfRun(_counting(run), referring, end))
    fares = verdict(run, outcomes, known=learned.state is not Learned.UNKNOWN)
    return RunPart(
        name=text(run.name),
        path=text(run.path),
        framework=roles.framework,
        model=None if run.model is None else _model(run.model),
        verdict=fares,
        headline=headline(fares, run, outcomes, learned.sentence or _unclear(roles)),
        state=_state(run, growing=examination.analysis.growing),
        last_event=moment(end),
        steps=_steps(roles),
        started=moment(start),
        seconds=maybe(None if start is None or end is None else round(end - start, 3)),
        points=int(run.points),
        roles=[_role(assignment) for assignment in roles.named],
        facts=[_fact(fact) for fact in run.facts],
        curves=list(_curves(run, roles, outcomes, points, brief=brief)),
        causes=[_cause(cause) for cause in examination.causes],
        outcomes=outcomes,
    )


def _cause(cause: Cause) -> CausePart:
    return CausePart(
        id=cause.id,
        title=cause.title,
        probability=round(cause.probability, 3),
        evidence_for=[text(clause) for clause in cause.evidence_for],
        evidence_against=[text(clause) for clause in cause.evidence_against],
        change=cause.change,
        findings=list(cause.findings),
    )


def verdict(run: Run, outcomes: list[OutcomePart], *, known: bool) -> RunVerdict:
    """The most severe finding; without one, healthy only where the training itself was judged.

    That takes a check of more than the log, and that it is ``known`` what the run learned.
    """
    if not run.points and run.model is None and any(_broken(run)):
        return "unreadable"
    found = {outcome["severity"] for outcome in outcomes if outcome["verdict"] == "found"}
    for severity in ("critical", "warning", "info"):
        if severity in found:
            return severity
    return "healthy" if known and any(map(_judges, outcomes)) else "undecided"


def headline(fares: RunVerdict, run: Run, outcomes: list[OutcomePart], judged: str) -> str:
    """One sentence: what a person who has seen many runs would say first.

    ``judged`` says by what a healthy run was judged, or why another one cannot be, as a clause.
    """
    if fares == "unreadable":
        return text(next(_broken(run)).message) or "Nothing could be read."
    if fares == "healthy":
        clear = [outcome["verdict"] for outcome in outcomes].count("clear")
        return text(f"Healthy by {plural(clear, 'check')}: {judged or 'all curves'}.")
    if fares == "undecided":
        return text(f"Undecided: {_why_undecided(run, outcomes) or judged}.")
    first = outcomes[0]["evidence"][0]
    return text(f"{first['message']} {first['suggestion']}".strip()) or outcomes[0]["title"]


def _state(run: Run, *, growing: bool) -> StateName:
    if growing:
        return "running"
    cut_off = any(fact.kind == "truncated-tail" for fact in run.facts)
    return "interrupted" if cut_off else "unknown"


def _judges(outcome: OutcomePart) -> bool:
    """Whether it found the training in order, not merely the log."""
    return outcome["verdict"] == "clear" and outcome["family"] != "logging"


def _broken(run: Run) -> Iterator[Fact]:
    """What kept the run from being read."""
    return (fact for fact in run.facts if fact.kind in _BREAKS)


def _why_undecided(run: Run, outcomes: list[OutcomePart]) -> str:
    if not run.points:
        return "nothing was logged"
    if not run.scalars:
        return "no curve was logged"
    longest = max(map(len, run.scalars))
    if longest < _FEW_POINTS:
        return f"the longest curve has {plural(longest, 'point')}, too few to judge"
    if not any(map(_judges, outcomes)):
        return "no check of the training itself could be made"
    return ""


def _unclear(roles: RoleMap) -> str:
    """Why it is not known what a run learned, as a clause."""
    counting = ("reward", "success", "val_score", "train_score", "val_loss", "train_loss")
    known = (value for role in counting if (value := roles.values.get(role)) is not None)
    curve = next(known, None)
    if curve is None:
        return "no loss, score or reward is among its curves"
    return f"{curve.name} does not show whether anything was learned"


def _span(run: Run) -> tuple[float | None, float | None]:
    """When the first and the last event were written, by the writer's clock.

    Findings are dated by whatever shows them, so that all that was logged counts.
    """
    logged: tuple[Series | Histograms | Vitals, ...] = (*run.scalars, *run.histograms, *run.vitals)
    ends = [_ends(log.wall) for log in logged]
    known = [end for end in ends if end is not None]
    if not known:
        return None, None
    return min(first for first, _ in known), max(last for _, last in known)


def _ends(wall: NDArray[np.float64]) -> tuple[float, float] | None:
    """The least and the largest finite one of [n] moments; None if there is none."""
    if not len(wall):
        return None
    ends = float(wall.min()), float(wall.max())
    if all(map(math.isfinite, ends)):  # then all are
        return ends
    known = wall[np.isfinite(wall)]
    return (float(known.min()), float(known.max())) if len(known) else None


def _counting(run: Run) -> Counting:
    """Keras counts its ``epoch_`` curves and its weight histograms in epochs, vitals in steps."""

    def counting(tag: str) -> CountedIn:
        own: tuple[Series | Vitals, ...] = (*run.scalars, *run.vitals)
        if any(tag in (log.name, log.tag) for log in own):
            return counted_in(tag)
        epochs = any(counted_in(series.tag) == "epochs" for series in run.scalars)
        return "epochs" if epochs else counted_in(tag)

    return counting


def _model(model: ModelConfig) -> ModelPart:
    optimizer = model.optimizer
    return ModelPart(
        kind=model.kind,
        layers=len(model.layers),
        parameters=model.parameters if model.parameters >= 0 else None,
        optimizer=optimizer.class_name if optimizer else None,
        learning_rate=maybe(optimizer.learning_rate) if optimizer else None,
        losses=[loss.name for loss in model.losses],
        input_shape=list(model.input_shape),
    )


def _steps(roles: RoleMap) -> StepsPart | None:
    main = (roles.values.get(role) for role in _MAIN)
    loss = next((series for series in main if isinstance(series, Series) and len(series)), None)
    if loss is None:
        return None
    first, last = int(loss.steps.min()), int(loss.steps.max())
    return StepsPart(first=first, last=last, counted_in=counted_in(loss.tag))


@lru_cache(maxsize=1024)
def _role(role: RoleAssignment) -> RolePart:
    """What a curve was taken for; the runs of a search have it in common."""
    return RolePart(role=role.name, tag=text(role.tag), reason=role.reason)


def _fact(fact: Fact) -> FactPart:
    numbers = {name: number(value) for name, value in sorted(fact.numbers.items())}
    return FactPart(
        kind=fact.kind, message=text(fact.message), where=text(fact.where), numbers=numbers
    )


def _curves(
    run: Run, roles: RoleMap, outcomes: list[OutcomePart], points: int, *, brief: bool
) -> Iterator[CurvePart]:
    """The curves that play a role of their own or that evidence names, in the run's order."""
    evidence = [proof for outcome in outcomes for proof in outcome["evidence"]]
    tags = {tag for proof in evidence for tag in (proof["tag"], *proof["related"])}
    named = {part for tag in tags for part in parts(tag)}
    if brief and not named:
        return
    curve_roles, crowd = _played(roles)
    if brief:  # a sum as it was judged, where nobody adds its parts up
        played = {value.name: value for value in roles.values.values() if isinstance(value, Series)}
        yield from (
            curve(series, curve_roles[name], points)
            for name, series in played.items()
            if text(name) in tags and len(parts(name)) > 1
        )
    for series in run.scalars:
        names = {text(series.name), text(series.tag)}
        if not (series.name in curve_roles or series.name in crowd or names & named):
            continue
        if not brief or f"/{text(series.name)}".endswith(tuple(f"/{tag}" for tag in named)):
            yield curve(series, curve_roles.get(series.name), points)


def _played(roles: RoleMap) -> tuple[dict[str, str], set[str]]:
    """Curve → role, the first role winning; and the curves of roles that a few curves share."""
    curve_roles: dict[str, str] = {}
    crowd: set[str] = set()
    for role, value in roles.values.items():
        if isinstance(value, Series):
            curve_roles.setdefault(value.name, role)
        elif isinstance(value, tuple) and len(value) <= _FEW:
            crowd |= {series.name for series in value if isinstance(series, Series)}
    return curve_roles, crowd
