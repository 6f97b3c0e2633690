"""The document, declared once.

The JSON Schema (``document.schema.json``) and the page's TypeScript types are made from these
types: ``python -m tb_diagnose.report`` writes the one, ``npm run types`` the other, and tests hold
both fresh. A ``Number`` is a JSON number or, since JSON has none for them, one of the strings
``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta
from msgspec.json import schema_components

SCHEMA = "tb-diagnose/2"

#: Points kept of a curve (chosen: 120 draw it well at the width of a card or a terminal).
POINTS = 120

Number = float | Literal["NaN", "Infinity", "-Infinity"]
Count = Annotated[int, Meta(ge=0)]
_INSTANT = r"^\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
Moment = Annotated[
    Annotated[str, Meta(pattern=_INSTANT)] | None,
    Meta(description="ISO 8601 in UTC with milliseconds, or null where unknown."),
]
CountedIn = Literal["epochs", "steps"]
SeverityName = Literal["critical", "warning", "info"]
ReferenceKind = Literal["limit", "guessing", "best"]
VerdictName = Literal["found", "clear", "not-applicable", "not-logged", "failed"]
RunVerdict = Literal["critical", "warning", "info", "healthy", "undecided", "unreadable"]
StateName = Literal["running", "interrupted", "unknown"]
Id = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", description="Id of a diagnosis.")]

#: Worst first: the order of runs in the document. A run of which nothing could be read may hide
#: anything, so it stands before the ones that were read and are merely imperfect.
VERDICTS: tuple[RunVerdict, ...] = (
    "critical",
    "unreadable",
    "warning",
    "info",
    "undecided",
    "healthy",
)


class Tool(TypedDict):
    """What wrote the document."""

    name: Annotated[str, Meta(description="Always tb-diagnose.")]
    version: Annotated[str, Meta(description="Version of the package.")]


class ModelPart(TypedDict):
    """The model in one line."""

    kind: Annotated[str, Meta(description="Its class, such as Sequential.")]
    layers: Annotated[int, Meta(ge=0, description="How many layers, nested ones counted.")]
    parameters: Annotated[int | None, Meta(description="How many weights, null if unknown.")]
    optimizer: Annotated[str | None, Meta(description="The optimizer as compiled, or null.")]
    learning_rate: Annotated[Number | None, Meta(description="As compiled; null if a schedule.")]
    losses: Annotated[list[str], Meta(description="The losses as compiled.")]
    input_shape: Annotated[
        list[int | None], Meta(description="Of the first input; null is an axis of free size.")
    ]


class StepsPart(TypedDict):
    """How far the main loss curve goes."""

    first: Annotated[int, Meta(description="The smallest step.")]
    last: Annotated[int, Meta(description="The largest step.")]
    counted_in: CountedIn


class RolePart(TypedDict):
    """What one curve was taken for, and why."""

    role: Annotated[str, Meta(description="As --role takes it, such as train_loss.")]
    tag: Annotated[str, Meta(description="The curve that plays it.")]
    reason: Annotated[str, Meta(description="What made it so.")]


class FactPart(TypedDict):
    """Something true of the log itself: damage, restarts, repeated steps."""

    kind: Annotated[str, Meta(description="What kind of fact, such as truncated-tail.")]
    message: Annotated[str, Meta(description="One sentence for a person.")]
    where: Annotated[str, Meta(description="The file or curve it is about.")]
    numbers: Annotated[dict[str, Number], Meta(description="The figures behind the sentence.")]


class NonFinitePart(TypedDict):
    """Points in a row that are not finite."""

    first: Annotated[int, Meta(description="Step of the first such point.")]
    last: Annotated[int, Meta(description="Step of the last.")]
    count: Annotated[int, Meta(ge=1, description="How many.")]
    value: Literal["NaN", "Infinity", "-Infinity"]


class CurvePart(TypedDict):
    """One curve, of which about 120 finite points are kept.

    Among them are the first, the last and the extremes of every part; points that are not finite
    are all accounted for.
    """

    name: Annotated[str, Meta(description="Folder and tag, as TensorBoard shows them.")]
    role: Annotated[str | None, Meta(description="The role it plays, or null.")]
    counted_in: CountedIn
    points: Annotated[int, Meta(ge=0, description="How many points the log holds.")]
    steps: Annotated[list[int], Meta(description="Steps of the points kept, as written.")]
    values: Annotated[list[float], Meta(description="Values of the points kept; all finite.")]
    nonfinite: Annotated[list[NonFinitePart], Meta(description="Where it was not finite.")]


class MeasurePart(TypedDict):
    """A measured value against a declared limit: value, operator and limit hold together."""

    name: Annotated[str, Meta(description="The limit, as --limit takes it.")]
    value: Annotated[Number, Meta(description="What was measured, in unit.")]
    operator: Annotated[
        Literal[">", ">=", "<", "<="], Meta(description="On which side of the limit the alarm is.")
    ]
    limit: Annotated[Number, Meta(description="The declared limit, in unit.")]
    unit: Annotated[str, Meta(description="Of both.")]


class ReferencePart(TypedDict):
    """A horizontal line that the curve in evidence is to be read against."""

    kind: Annotated[
        ReferenceKind, Meta(description="The limit, the level of guessing, or the best value.")
    ]
    value: Annotated[float, Meta(description="In the unit of the curve.")]
    label: Annotated[str, Meta(description="What it is, in a few words.")]


class EvidencePart(TypedDict):
    """One thing that was seen, with the numbers that prove it."""

    message: Annotated[str, Meta(description="One or two sentences with the run's own numbers.")]
    suggestion: Annotated[str, Meta(description="What to change.")]
    tag: Annotated[str, Meta(description="The curve or entry that shows it, or empty.")]
    related: Annotated[list[str], Meta(description="Further curves that show it.")]
    steps: Annotated[list[int], Meta(description="The steps at which it shows, as logged.")]
    first_step: Annotated[int | None, Meta(description="Where it begins, or null.")]
    counted_in: CountedIn
    comparison: Annotated[MeasurePart | None, Meta(description="What decided, or null.")]
    references: Annotated[list[ReferencePart], Meta(description="Lines to read the curve against.")]
    confidence: Annotated[str, Meta(description="How sure it is, in words, or empty.")]
    severity: SeverityName


class OutcomePart(TypedDict):
    """What one diagnosis came to on one run."""

    id: Id
    family: Annotated[str, Meta(description="The group of diagnoses it belongs to.")]
    title: Annotated[str, Meta(min_length=1, description="What it looks for, in a few words.")]
    verdict: Annotated[VerdictName, Meta(description="The end the examination came to.")]
    severity: Annotated[SeverityName, Meta(description="Of the most severe evidence.")]
    caused_by: Annotated[str | None, Meta(description="Id of the finding that led to it, or null.")]
    detected_step: Annotated[int | None, Meta(description="Since which step the log proved it.")]
    detected_at: Moment
    seconds_after_detection: Annotated[
        Number | None, Meta(description="Wall time from then to the run's last event, or null.")
    ]
    method: Annotated[str, Meta(description="What it was judged by, or empty.")]
    surer: Annotated[str, Meta(description="What a surer method would need, or empty.")]
    evidence: Annotated[list[EvidencePart], Meta(description="At least one entry where found.")]
    reason: Annotated[str, Meta(description="Why it is not applicable, not logged, or failed.")]
    how_to_enable: Annotated[str, Meta(description="The line that would log what is missing.")]


class ComparisonPart(OutcomePart):
    """What a diagnosis of several runs came to, and the runs it is about."""

    runs: Annotated[list[str], Meta(description="Names of the runs it is about.")]


class CausePart(TypedDict):
    """One likely cause of what is wrong, with a calibrated probability."""

    id: Id
    title: Annotated[str, Meta(description="As people say it.")]
    probability: Annotated[float, Meta(ge=0, le=1, description="That it is the cause.")]
    evidence_for: Annotated[list[str], Meta(description="What makes it likelier.")]
    evidence_against: Annotated[list[str], Meta(description="What makes it less likely.")]
    change: Annotated[str, Meta(description="What to change.")]
    findings: Annotated[list[str], Meta(description="Ids of the findings that speak for it.")]


class RunPart(TypedDict):
    """One run: all that one training wrote, whatever folders it used."""

    name: Annotated[str, Meta(description="Its folder relative to the log directory.")]
    path: Annotated[str, Meta(description="Its folder as it was given.")]
    framework: Annotated[str, Meta(description="What most likely wrote the log.")]
    model: Annotated[ModelPart | None, Meta(description="The model, or null.")]
    verdict: Annotated[
        RunVerdict,
        Meta(
            description="Severity of the worst finding. healthy: what the run is judged by was "
            "judged and nothing was found. undecided: it could not be judged. unreadable: nothing "
            "could be read."
        ),
    ]
    headline: Annotated[str, Meta(min_length=1, description="What to know of it, in a sentence.")]
    state: Annotated[
        StateName,
        Meta(
            description="running: it was seen to grow. interrupted: its last record is cut off, as "
            "where a process is killed."
        ),
    ]
    last_event: Moment
    steps: Annotated[StepsPart | None, Meta(description="How far the main loss curve goes.")]
    started: Moment
    seconds: Annotated[Number | None, Meta(description="From the first event to the last.")]
    points: Annotated[int, Meta(ge=0, description="Scalars and histograms read.")]
    roles: Annotated[list[RolePart], Meta(description="What the curves were taken for.")]
    facts: Annotated[list[FactPart], Meta(description="What is true of the log itself.")]
    curves: Annotated[list[CurvePart], Meta(description="Curves with a role or in evidence.")]
    causes: Annotated[list[CausePart], Meta(description="Likely causes, likeliest first.")]
    outcomes: Annotated[
        list[OutcomePart],
        Meta(
            description="What every selected diagnosis came to: findings first, the most severe "
            "and earliest first, each followed by its consequences."
        ),
    ]


class Problem(TypedDict):
    """A path of which nothing could be read, and why."""

    path: Annotated[str, Meta(description="The path as it was given or found.")]
    message: Annotated[str, Meta(description="What is wrong and what to do about it.")]


class Summary(TypedDict):
    """How many runs fare how, and how much was read."""

    runs: Count
    critical: Count
    warning: Count
    info: Count
    healthy: Count
    undecided: Count
    unreadable: Count
    problems: Count
    points: Count


class Document(TypedDict):
    """What tb-diagnose found in a set of runs; the same logs give the same bytes."""

    schema: Annotated[str, Meta(description="Name and version of this format.")]
    tool: Tool
    runs: Annotated[list[RunPart], Meta(description="Worst first, then by name.")]
    comparisons: Annotated[list[ComparisonPart], Meta(description="Of several runs together.")]
    problems: Annotated[list[Problem], Meta(description="Paths that could not be read.")]
    summary: Summary


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document, of draft 2020-12."""
    (root,), parts = schema_components([Document], ref_template="#/$defs/{name}")
    for part in parts.values():
        part["additionalProperties"] = False
    document = parts.pop("Document")
    parts["Document"] = document
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tb-diagnose:document:2",
        "title": "tb-diagnose document",
    }
    return {**head, **root, "$defs": parts}
