"""What the page is given besides parts of the document, declared once.

The tab asks for it route by route, the HTML report carries all of it. The JSON Schema
(``page.schema.json``) and the page's TypeScript types are made from these types, as the document's
are: ``python -m tb_diagnose.report`` writes the one, ``npm run types`` the other.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta
from msgspec.json import schema_components

from tb_diagnose.report.document.schema import (
    ComparisonPart,
    Count,
    Document,
    Id,
    Moment,
    Number,
    Problem,
    RunPart,
    RunVerdict,
    SeverityName,
    StateName,
    Summary,
)

Scale = Literal["log", "linear", "diverging"]
#: At some steps, rising, the moment when each was logged.
Clock = Annotated[
    list[tuple[float, float]], Meta(description="Steps, and seconds since 1970, rising.")
]


class State(TypedDict):
    """What the tab is doing."""

    version: Annotated[int, Meta(description="Rises with every change of what is known.")]
    state: Literal["starting", "empty", "ready", "error"]
    message: Annotated[str, Meta(description="A sentence for a person, or empty.")]
    sampled: Annotated[bool, Meta(description="Whether only a sample of the log can be read.")]
    runs: Count
    read: Annotated[int, Meta(description="Folders that were read, of all that were found.")]
    folders: Count


class ListedFinding(TypedDict):
    """A finding in the list of runs."""

    id: Id
    severity: SeverityName
    caused_by: Annotated[str | None, Meta(description="Id of the finding that led to it, or null.")]
    detected_at: Annotated[Moment, Meta(description="When the log proved it, or the run began.")]


class RunLine(TypedDict):
    """A run in one line of a list."""

    name: str
    verdict: RunVerdict
    headline: str
    findings: Annotated[
        list[ListedFinding],
        Meta(description="Most severe first, each followed by its consequences."),
    ]
    spark: Annotated[list[float | None], Meta(description="Its main curve in at most 40 values.")]
    framework: str
    state: StateName
    started: Moment
    last_event: Moment
    seconds: Number | None
    parameters: Annotated[dict[str, Number | str], Meta(description="Hyper-parameters by name.")]
    final: Annotated[
        dict[str, Number | None], Meta(description="Last value of each main curve, by role.")
    ]


class ListedRun(RunLine):
    """A run in the list of the tab."""

    changed: Annotated[int, Meta(description="The version in which it changed last.")]


class RunListChange(TypedDict):
    """The names of all runs, worst first, and the runs that changed since a version."""

    version: int
    names: list[str]
    runs: list[ListedRun]
    summary: Summary
    comparisons: list[ComparisonPart]
    problems: list[Problem]


class NonFiniteEnd(TypedDict):
    """The first or the last point of a stretch that is not finite."""

    step: int
    value: Literal["NaN", "Infinity", "-Infinity"]


class CurveHead(TypedDict):
    """One curve in an answer of numbers: what is known before its steps and values."""

    name: str
    points: Annotated[int, Meta(description="How many points are drawn.")]
    full: Annotated[int, Meta(description="How many the log holds.")]
    nonfinite: list[NonFiniteEnd]
    clock: Clock
    offset: Annotated[int, Meta(description="Where its numbers begin, in bytes.")]


class CurvesHead(TypedDict):
    """The header of an answer of curves."""

    curves: list[CurveHead]


class HeatTitle(TypedDict):
    """A heat map that a run has, and the header of an answer of one."""

    vital: Annotated[str, Meta(description="Its id, such as weights/movement.")]
    title: str
    unit: str
    scale: Scale
    rows: Annotated[list[str], Meta(description="Names of the layers.")]
    steps: Annotated[int, Meta(description="How many columns it has.")]


class ArticleLimit(TypedDict):
    """A limit of a diagnosis, as the settings have it."""

    name: str
    value: float
    unit: str
    source: str


class Article(TypedDict):
    """The text of a diagnosis."""

    title: str
    family: str
    severity: SeverityName
    sections: dict[str, str]
    limits: list[ArticleLimit]
    measured: Annotated[str, Meta(description="How often it was right, empty if not measured.")]
    ignored: Annotated[
        str | None, Meta(description="Why the settings switch it off, null if they do not.")
    ]


class CarriedCurve(TypedDict):
    """A curve as the HTML report carries it."""

    steps: list[int]
    values: list[float | None]
    full: Annotated[int, Meta(description="How many points the log holds.")]
    nonfinite: list[NonFiniteEnd]
    clock: Clock


class CarriedHeat(TypedDict):
    """A heat map as the HTML report carries it, row by row."""

    vital: str
    title: str
    unit: str
    scale: Scale
    rows: list[str]
    steps: list[int]
    values: list[float | None]


class CarriedRun(TypedDict):
    """A run in the HTML report, which is unpacked when it is asked for."""

    run: RunPart
    curves: Annotated[dict[str, CarriedCurve], Meta(description="By name of the curve.")]
    heats: list[CarriedHeat]


class Carried(TypedDict):
    """What the HTML report carries instead of routes, but for its runs."""

    made: Annotated[str, Meta(description="When it was made, ISO 8601.")]
    folder: Annotated[str, Meta(description="Where the logs are, or empty.")]
    document: Annotated[Document, Meta(description="Without its runs.")]
    catalog: Annotated[dict[str, Article], Meta(description="By id of the diagnosis.")]
    lines: Annotated[list[RunLine], Meta(description="In the order of the runs.")]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of what the page is given, each under its name in ``$defs``."""
    answers = [State, RunListChange, CurvesHead, HeatTitle, Article, Carried, CarriedRun]
    _, parts = schema_components(answers, ref_template="#/$defs/{name}")
    for part in parts.values():
        part["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": parts}
