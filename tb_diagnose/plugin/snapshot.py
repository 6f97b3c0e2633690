"""What the tab shows at one moment. Nothing in here changes once it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tb_diagnose.report.shapes import CurvePart, Document, RunPart
from tb_diagnose.roles import Roles
from tb_diagnose.runs import Run

State = Literal["starting", "empty", "ready", "error"]
#: Points of the little curve in the list of runs.
_SPARK = 40
_MAIN = ("train_loss", "val_loss", "reward")


@dataclass(frozen=True, eq=False)
class Entry:
    """One run: its part of the document, its line in the list, and its curves.

    ``changed`` is the version with which it came.
    """

    part: RunPart
    line: Mapping[str, Any]
    run: Run
    roles: Roles
    changed: int


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything that the routes answer from."""

    version: int
    state: State
    message: str = ""
    sampled: bool = False
    entries: Mapping[str, Entry] = field(default_factory=dict)
    document: Document | None = None


def line(part: RunPart, changed: int) -> dict[str, Any]:
    """A run in the list of runs."""
    found = [each for each in part["outcomes"] if each["verdict"] == "found"]
    heads = [each["severity"] for each in found if each["under"] is None]
    return {
        "name": part["name"],
        "verdict": part["verdict"],
        "headline": part["headline"],
        "worst": found[0]["id"] if found else None,
        "counts": {each: heads.count(each) for each in ("critical", "warning", "info")},
        "spark": spark(part["curves"]),
        "framework": part["framework"],
        "changed": changed,
    }


def spark(curves: Sequence[CurvePart]) -> list[float | None]:
    """The main curve in at most 40 numbers, each the largest in its piece; None where only NaN."""
    roles = {each["role"]: each for each in reversed(curves)}
    curve = next((roles[role] for role in _MAIN if role in roles), None)
    curve = curve or next(iter(curves), None)
    if curve is None:
        return []
    broken = [step for each in curve["nonfinite"] for step in (each["first"], each["last"])]
    ends = [*curve["steps"], *broken]
    if not ends:
        return []
    low, reach = min(ends), max(ends) - min(ends) + 1
    size = min(_SPARK, reach, len(ends))
    heights: dict[int, float | None] = {(step - low) * size // reach: None for step in broken}
    for step, value in zip(curve["steps"], curve["values"], strict=True):
        at, height = (step - low) * size // reach, float(value)
        known = heights.get(at)
        heights[at] = height if known is None else max(known, height)
    return [heights[at] for at in sorted(heights)]
