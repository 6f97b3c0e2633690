"""What the tab shows at one moment. Nothing in here changes once it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tb_diagnose.engine.examine import Examination
from tb_diagnose.report.schema import CurvePart, Document, RunPart

State = Literal["starting", "empty", "ready", "error"]
#: Points of the little curve in the list of runs.
_SPARK = 40
_MAIN = ("train_loss", "val_loss", "reward")


@dataclass(frozen=True, eq=False)
class Entry:
    """One run.

    Attributes:
        part: its part of the document.
        line: its line in the list of runs.
        examined: gives its curves and their roles; reads them anew where they were put aside, and
            raises LookupError where the run is gone meanwhile.
    """

    part: RunPart
    line: Mapping[str, Any]
    examined: Callable[[], Examination]


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
    heads = [each["severity"] for each in found if each["caused_by"] is None]
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
    broken = [(each["first"], each["last"]) for each in curve["nonfinite"]]
    ends = [*curve["steps"], *(step for each in broken for step in each)]
    if not ends:
        return []
    low, reach = min(ends), max(ends) - min(ends) + 1
    points = len(curve["steps"]) + sum(each["count"] for each in curve["nonfinite"])
    size = min(_SPARK, reach, points)
    heights: dict[int, float | None] = {}
    for first, last in broken:
        at, end = ((step - low) * size // reach for step in (first, last))
        heights.update(dict.fromkeys(range(at, end + 1)))
    for step, value in zip(curve["steps"], curve["values"], strict=True):
        at, height = (step - low) * size // reach, float(value)
        known = heights.get(at)
        heights[at] = height if known is None else max(known, height)
    return _filled(heights, size)


def _filled(heights: Mapping[int, float | None], size: int) -> list[float | None]:
    """Pieces that hold no point go on as the one before: so pieces are of one width."""
    line: list[float | None] = []
    for at in range(size):
        line.append(heights[at] if at in heights else line[-1])
    return line
