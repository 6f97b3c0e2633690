"""Outcomes as parts of the document, in the order in which a person should read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

from tb_diagnose.core.finding import Evidence, Outcome, Severity, Verdict
from tb_diagnose.engine.contract import registered
from tb_diagnose.report.document.numbers import maybe, moment, number, text
from tb_diagnose.report.document.schema import (
    ComparisonPart,
    CountedIn,
    EvidencePart,
    MeasurePart,
    OutcomePart,
    ReferencePart,
)

#: In which steps a tag is counted depends on the run: in Keras logs, most tags count epochs.
Counting = Callable[[str], CountedIn]
#: The lines that the curve in evidence is read against.
Referring = Callable[[Evidence], list[ReferencePart]]


class OfRun(NamedTuple):
    """What parts of evidence are made with.

    Attributes:
        counting: in which steps a tag is counted.
        referring: the lines that the curve in evidence is read against.
        end: when the run's last event was written (seconds since 1970), None where unknown.
    """

    counting: Counting
    referring: Referring
    end: float | None = None


#: Of several runs, or without evidence, there is no curve to draw.
_NO_CURVE = OfRun(lambda _: "steps", lambda _: [])

_ENDS = (
    Verdict.FOUND,
    Verdict.FAILED,
    Verdict.CLEAR,
    Verdict.NOT_LOGGED,
    Verdict.NOT_APPLICABLE,
)


def outcome_parts(outcomes: Sequence[Outcome], run: OfRun) -> list[OutcomePart]:
    """All outcomes of one run.

    Those without evidence, and a list of such alone, are to be read, not to be changed, for runs
    share them: so they are made once, and once sent by a worker for all the runs of its batch.
    """
    rest = tuple([outcome for outcome in outcomes if outcome.verdict is not Verdict.FOUND])
    unseen = _unseen(rest)
    if len(rest) == len(outcomes):
        return unseen
    return [*(_part(outcome, run) for outcome in _findings(outcomes)), *unseen]


def comparison_parts(outcomes: Sequence[Outcome], names: Sequence[str]) -> list[ComparisonPart]:
    """Outcomes over several runs; ``names`` are the runs that were compared."""
    return [
        ComparisonPart(**_part(outcome, _NO_CURVE), runs=_about(outcome, names))
        for outcome in ordered(outcomes)
    ]


def ordered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Findings first: most severe, then earliest, each followed by what it led to; then the rest.

    A finding that nothing found led to stands for itself, whatever it says it is under.
    """
    rest = [outcome for outcome in outcomes if outcome.verdict is not Verdict.FOUND]
    return [*_findings(outcomes), *sorted(rest, key=_place)]


def _findings(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What was found, most severe first, each finding followed by what it led to."""
    found = {outcome.id: outcome for outcome in outcomes if outcome.verdict is Verdict.FOUND}
    roots = [value for value in found.values() if root(value, found) == value.id]
    lines: list[Outcome] = []
    for head in sorted(roots, key=_urgency):
        led = [
            value for value in found.values() if value is not head and root(value, found) == head.id
        ]
        lines += [replace(head, caused_by=None), *sorted(led, key=_urgency)]
    return lines


def _place(outcome: Outcome) -> tuple[int, str, str]:
    return _ENDS.index(outcome.verdict), outcome.family, outcome.id


@lru_cache(maxsize=256)
def _unseen(outcomes: tuple[Outcome, ...]) -> list[OutcomePart]:
    """Outcomes without evidence in order. Most runs of a search have the same ones."""
    return [_bare(outcome) for outcome in sorted(outcomes, key=_place)]


@lru_cache(maxsize=1024)
def _bare(outcome: Outcome) -> OutcomePart:
    """An outcome without evidence."""
    return _part(outcome, _NO_CURVE)


def root(outcome: Outcome, found: dict[str, Outcome]) -> str:
    """The id at the end of the chain of causes; a circle ends where it closes."""
    seen = [outcome.id]
    while outcome.caused_by in found and outcome.caused_by not in seen:
        outcome = found[outcome.caused_by]
        seen.append(outcome.id)
    return seen[-1] if outcome.caused_by not in seen else min(seen)


def _urgency(outcome: Outcome) -> tuple[int, float, str]:
    known = float("inf") if outcome.detected_at is None else outcome.detected_at
    return outcome.severity.rank, known, outcome.id


def _part(outcome: Outcome, run: OfRun) -> OutcomePart:
    known, end = outcome.detected_at, run.end
    wasted = None if known is None or end is None else round(max(0.0, end - known), 3)
    return OutcomePart(
        id=outcome.id,
        family=outcome.family,
        title=title(outcome.id),
        verdict=outcome.verdict.value,
        severity=outcome.severity.value,
        caused_by=outcome.caused_by,
        detected_step=None if outcome.detected_step is None else int(outcome.detected_step),
        detected_at=moment(known),
        seconds_after_detection=maybe(wasted),
        method=outcome.method,
        surer=text(outcome.surer),
        evidence=[_evidence(evidence, outcome.severity, run) for evidence in outcome.evidence],
        reason=text(outcome.reason),
        how_to_enable=text(outcome.how_to_enable),
    )


def title(identity: str) -> str:
    """The first line of a diagnosis' docstring, without its full stop; its id if unregistered."""
    diagnosis = registered(identity)
    first = diagnosis.text.partition("\n")[0].rstrip(".") if diagnosis else ""
    return first or identity


def _evidence(evidence: Evidence, severity: Severity, run: OfRun) -> EvidencePart:
    steps = [int(number(step)) for step in evidence.steps]
    return EvidencePart(
        message=text(evidence.message),
        suggestion=text(evidence.suggestion),
        tag=text(evidence.tag),
        related=[text(tag) for tag in evidence.related],
        steps=steps,
        first_step=steps[0] if steps else None,
        counted_in=run.counting(evidence.tag),
        comparison=_comparison(evidence),
        references=run.referring(evidence),
        confidence=text(evidence.confidence),
        severity=(evidence.severity or severity).value,
    )


def _comparison(evidence: Evidence) -> MeasurePart | None:
    made = evidence.comparison
    if made is None:
        return None
    return MeasurePart(
        name=made.name,
        value=number(made.value),
        operator=cast(Any, made.operator),
        limit=number(made.limit),
        unit=made.unit,
    )


def _about(outcome: Outcome, names: Sequence[str]) -> list[str]:
    """The runs that the evidence names as its curves; where it names none, all of them."""
    named = {tag for evidence in outcome.evidence for tag in (evidence.tag, *evidence.related)}
    return [text(name) for name in names if name in named] or [text(name) for name in names]
