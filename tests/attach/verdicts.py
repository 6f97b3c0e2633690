"""What the diagnoses say of the one run below a folder."""

from __future__ import annotations

from pathlib import Path

from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tb_diagnose.read import clusters, load


def outcomes(folder: Path) -> list[Outcome]:
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    judged = examine(run, Settings()).outcomes
    assert not [each for each in judged if each.verdict is Verdict.FAILED]
    return [each for each in judged if each.verdict is Verdict.FOUND]


def found(folder: Path) -> set[str]:
    """The ids of all findings."""
    return {each.id for each in outcomes(folder)}


def alarms(folder: Path) -> set[str]:
    """The ids of the findings that are more than a note."""
    return {each.id for each in outcomes(folder) if each.severity is not Severity.INFO}
