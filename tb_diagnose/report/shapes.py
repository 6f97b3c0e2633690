"""The document's parts as types; ``document.schema.json`` says the same to other languages.

A ``Number`` is a JSON number or, since JSON has none for them, one of the strings ``"NaN"``,
``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

from typing import Literal, TypedDict

SCHEMA = "tb-diagnose/2"

#: Points kept of a curve (chosen: 120 draw it well at the width of a card or a terminal).
POINTS = 120

Number = float | int | str
CountedIn = Literal["epochs", "steps"]
RunVerdict = Literal["critical", "warning", "info", "healthy", "undecided", "unreadable"]

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

    name: str
    version: str


class ModelPart(TypedDict):
    """The model in one line."""

    kind: str
    layers: int
    parameters: int | None
    optimizer: str | None
    learning_rate: Number | None
    losses: list[str]
    input_shape: list[int | None]


class StepsPart(TypedDict):
    """How far the main loss curve goes."""

    first: int
    last: int
    counted_in: CountedIn


class RolePart(TypedDict):
    """What one curve was taken for, and why."""

    role: str
    tag: str
    why: str


class FactPart(TypedDict):
    """Something true of the log itself."""

    kind: str
    message: str
    where: str
    numbers: dict[str, Number]


class Stretch(TypedDict):
    """``count`` points that are not finite, the first and the last of them at these steps."""

    first: int
    last: int
    count: int
    value: str


class CurvePart(TypedDict):
    """One curve, thinned out: its finite points, and where it was not finite."""

    name: str
    role: str | None
    counted_in: CountedIn
    points: int
    steps: list[int]
    values: list[Number]
    nonfinite: list[Stretch]


class EvidencePart(TypedDict):
    """One thing that was seen."""

    message: str
    tag: str
    related: list[str]
    steps: list[int]
    first_step: int | None
    counted_in: CountedIn
    measured: Number | None
    limit: Number | None
    unit: str
    confidence: str
    severity: str
    suggestion: str


class OutcomePart(TypedDict):
    """What one diagnosis came to."""

    id: str
    family: str
    title: str
    verdict: str
    severity: str
    caused_by: str | None
    detected_step: int | None
    detected_at: str | None
    seconds_after_detection: Number | None
    evidence: list[EvidencePart]
    reason: str
    how_to_enable: str


class ComparisonPart(OutcomePart):
    """What a diagnosis of several runs came to, and the runs it is about."""

    runs: list[str]


class RunPart(TypedDict):
    """One run: what it is, how it fares, what was seen."""

    name: str
    path: str
    framework: str
    model: ModelPart | None
    verdict: RunVerdict
    headline: str
    steps: StepsPart | None
    started: str | None
    seconds: Number | None
    points: int
    roles: list[RolePart]
    facts: list[FactPart]
    curves: list[CurvePart]
    outcomes: list[OutcomePart]


class Problem(TypedDict):
    """A path of which nothing could be read, and why."""

    path: str
    message: str


class Summary(TypedDict):
    """The counts of the last line."""

    runs: int
    critical: int
    warning: int
    info: int
    healthy: int
    undecided: int
    unreadable: int
    problems: int
    points: int


class Document(TypedDict):
    """The whole document."""

    schema: str
    tool: Tool
    runs: list[RunPart]
    comparisons: list[ComparisonPart]
    problems: list[Problem]
    summary: Summary
