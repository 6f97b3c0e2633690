"""THE document: everything that is known about the runs as strict, versioned JSON values.

``document.schema.json`` beside this file describes it. Same runs, same document, to the byte: no
clock is read, every order is stated, and numbers are written with their shortest digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tb_diagnose import __version__
from tb_diagnose.core.finding import Outcome, Severity
from tb_diagnose.report.document.outcomes import comparison_parts
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import (
    POINTS,
    SCHEMA,
    VERDICTS,
    Document,
    Problem,
    RunPart,
    RunVerdict,
    Summary,
    Tool,
)

if TYPE_CHECKING:
    from tb_diagnose.engine.examine import Examination

#: What runs are sorted by: worst first, then by name with ``run-2`` before ``run-10``.
Order = tuple[int, list[tuple[int, str]], str]


class RunHead(NamedTuple):
    """What the document says of all runs together is made from this of each."""

    name: str
    verdict: RunVerdict
    points: int


def document(
    examinations: Iterable[Examination],
    comparisons: Sequence[Outcome] = (),
    points: int = POINTS,
) -> Document:
    """The document of runs that were examined, curves thinned out to ``points`` each (>= 4)."""
    return assembled([run_part(examination, points) for examination in examinations], comparisons)


def assembled(
    runs: Iterable[RunPart],
    comparisons: Sequence[Outcome] = (),
    problems: Iterable[Problem] = (),
) -> Document:
    """The document from parts that may have been made elsewhere."""
    parts = sorted(runs, key=order)
    rest = without_runs([head(part) for part in parts], comparisons, problems)
    return {**rest, "runs": parts}


def without_runs(
    heads: Sequence[RunHead], comparisons: Sequence[Outcome], problems: Iterable[Problem]
) -> Document:
    """The document of runs, which themselves are left out."""
    missed = sorted(problems, key=lambda problem: (problem["path"], problem["message"]))
    verdicts = [run.verdict for run in heads]
    return Document(
        schema=SCHEMA,
        tool=Tool(name="tb-diagnose", version=__version__),
        runs=[],
        comparisons=comparison_parts(comparisons, [run.name for run in heads]),
        problems=missed,
        summary=summary(verdicts, sum(run.points for run in heads), len(missed)),
    )


def head(part: RunPart) -> RunHead:
    """What is said of a run together with others."""
    return RunHead(part["name"], part["verdict"], part["points"])


def order(part: RunPart) -> Order:
    """A run's place among others."""
    return VERDICTS.index(part["verdict"]), natural(part["name"]), part["path"]


def natural(name: str) -> list[tuple[int, str]]:
    """A key that puts ``run-2`` before ``run-10``."""
    pieces = re.split(r"([0-9]+)", name)
    digits = [piece.lstrip("0") for piece in pieces]  # names may have more than an int takes
    return [
        (1 + len(digits[at]), digits[at]) if at % 2 else (0, piece)
        for at, piece in enumerate(pieces)
    ]


def reaches(document: Document, severity: str) -> bool:
    """Whether any finding is at least of this severity, or a run could not be read.

    What an unreadable run would have shown is not known. The runs need not be there.
    """
    severe = [known.value for known in Severity if known.rank <= Severity(severity).rank]
    counts = document["summary"]
    by_verdict = {"critical": counts["critical"], "warning": counts["warning"]}
    by_verdict["info"] = counts["info"]
    return (
        counts["unreadable"] > 0
        or any(by_verdict[name] for name in severe)
        or any(
            outcome["verdict"] == "found" and outcome["severity"] in severe
            for outcome in document["comparisons"]
        )
    )


def summary(verdicts: Sequence[RunVerdict], points: int, problems: int) -> Summary:
    """The counts of the last line, from how each run fares."""
    return Summary(
        runs=len(verdicts),
        critical=verdicts.count("critical"),
        warning=verdicts.count("warning"),
        info=verdicts.count("info"),
        healthy=verdicts.count("healthy"),
        undecided=verdicts.count("undecided"),
        unreadable=verdicts.count("unreadable"),
        problems=problems,
        points=points,
    )
