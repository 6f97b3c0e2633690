"""THE document: everything that is known about the runs as strict, versioned JSON values.

``document.schema.json`` beside this file describes it. Same runs, same document, to the byte: no
clock is read, every order is stated, and numbers are written with their shortest digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tb_diagnose import __version__
from tb_diagnose.core.finding import Outcome, Severity
from tb_diagnose.report.outcomes import comparison_parts
from tb_diagnose.report.run import run_part
from tb_diagnose.report.schema import (
    POINTS,
    SCHEMA,
    VERDICTS,
    Document,
    OutcomePart,
    Problem,
    RunPart,
    RunVerdict,
    Summary,
    Tool,
)

if TYPE_CHECKING:
    from tb_diagnose.engine.examine import Examination


def document(
    examinations: Iterable[Examination],
    comparisons: Sequence[Outcome] = (),
    points: int = POINTS,
) -> Document:
    """The document of runs that were examined, curves thinned out to ``points`` each (>= 4)."""
    return assembled([run_part(each, points) for each in examinations], comparisons)


def assembled(
    runs: Iterable[RunPart],
    comparisons: Sequence[Outcome] = (),
    problems: Iterable[Problem] = (),
) -> Document:
    """The document from parts that may have been made elsewhere: worst run first, then by name."""
    parts = sorted(runs, key=_order)
    missed = sorted(problems, key=lambda each: (each["path"], each["message"]))
    return Document(
        schema=SCHEMA,
        tool=Tool(name="tb-diagnose", version=__version__),
        runs=parts,
        comparisons=comparison_parts(comparisons, [part["name"] for part in parts]),
        problems=missed,
        summary=summary(
            [part["verdict"] for part in parts],
            sum(part["points"] for part in parts),
            len(missed),
        ),
    )


def graver(document: Document, severity: str) -> bool:
    """Whether anything as grave as ``severity`` or graver was found in any run or comparison."""
    grave = [each.value for each in Severity if each.rank <= Severity(severity).rank]
    outcomes: list[OutcomePart] = [each for run in document["runs"] for each in run["outcomes"]]
    outcomes += document["comparisons"]
    return any(each["verdict"] == "found" and each["severity"] in grave for each in outcomes)


def _order(part: RunPart) -> tuple[int, list[tuple[int, str]], str]:
    return VERDICTS.index(part["verdict"]), _natural(part["name"]), part["path"]


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that puts ``run-2`` before ``run-10``."""
    return [
        (int(piece), "") if piece.isdecimal() else (0, piece)
        for piece in re.split(r"([0-9]+)", name)
    ]


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
