"""What many runs have in common: which findings, in how many of them, how severe, and where."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.format import listed
from tb_diagnose.report.document.schema import OutcomePart, RunPart, SeverityName
from tb_diagnose.report.text.phrases import brief

#: Runs that are named where the sick ones have nothing in common (chosen: one line).
_NAMED = 2


class Shared(NamedTuple):
    """One finding of many runs.

    Attributes:
        id: of the diagnosis.
        worst: the most severe case.
        cases: the runs that have it, each with its outcome, in the document's order.
        where: what these runs have in common that the others have not, or some of their names.
    """

    id: str
    worst: SeverityName
    cases: Sequence[tuple[RunPart, OutcomePart]]
    where: str


def shared_findings(runs: Sequence[RunPart]) -> list[Shared]:
    """Every finding of the runs: the most severe first, then the most frequent."""
    cases: dict[str, list[tuple[RunPart, OutcomePart]]] = {}
    for run in runs:
        for outcome in run["outcomes"]:
            if outcome["verdict"] == "found":
                cases.setdefault(outcome["id"], []).append((run, outcome))
    findings = [_shared(identity, having, runs) for identity, having in cases.items()]
    return sorted(findings, key=lambda shared: (_rank(shared.worst), -len(shared.cases), shared.id))


def _shared(
    identity: str, cases: Sequence[tuple[RunPart, OutcomePart]], runs: Sequence[RunPart]
) -> Shared:
    worst = min((outcome["severity"] for _, outcome in cases), key=_rank)
    return Shared(identity, worst, cases, common([run for run, _ in cases], runs))


def _rank(severity: SeverityName) -> int:
    return Severity(severity).rank


def common(affected: Sequence[RunPart], runs: Sequence[RunPart]) -> str:
    """What sets these runs apart: a folder, a learning rate, an optimizer; else their names."""
    names = {(run["path"], run["name"]) for run in affected}
    others = [run for run in runs if (run["path"], run["name"]) not in names]
    if not others:
        return "all runs"
    if len(affected) > 1:
        found = _folder(affected, others) or _rate(affected, others) or _optimizer(affected, others)
        if found:
            return found
    return listed([run["name"] for run in affected], _NAMED)


def _folder(affected: Sequence[RunPart], others: Sequence[RunPart]) -> str:
    """The deepest folder that holds the affected runs, if it holds fewer of the others."""
    parts = [run["name"].split("/")[:-1] for run in affected]
    depth = 0
    while all(len(own) > depth and own[depth] == parts[0][depth] for own in parts):
        depth += 1
    folder = "/".join([*parts[0][:depth], ""])
    inside = sum(run["name"].startswith(folder) for run in others)
    return f"in {folder}" if depth and inside < len(others) else ""


def _rate(affected: Sequence[RunPart], others: Sequence[RunPart]) -> str:
    """``learning rate from 1``: all of the affected runs and none of the others."""
    sick = [_learning_rate(run) for run in affected]
    well = [_learning_rate(run) for run in others]
    if not all(map(math.isfinite, [*sick, *well])):
        return ""
    if min(sick) > max(well):
        return f"learning rate from {brief(min(sick))}"
    return f"learning rate up to {brief(max(sick))}" if max(sick) < min(well) else ""


def _optimizer(affected: Sequence[RunPart], others: Sequence[RunPart]) -> str:
    read: Callable[[RunPart], str | None] = lambda run: run["model"] and run["model"]["optimizer"]  # noqa: E731
    used = {read(run) for run in affected}
    if len(used) == 1 and None not in used and not used & {read(run) for run in others}:
        return f"optimizer {used.pop()}"
    return ""


def _learning_rate(run: RunPart) -> float:
    rate = run["model"] and run["model"]["learning_rate"]
    return math.nan if rate is None else float(rate)
