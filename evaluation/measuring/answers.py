"""What a tool says of a case, in one form for all tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tb_diagnose.core.settings import Settings
from tb_diagnose.pipeline import diagnose
from tb_diagnose.read import NothingToRead

#: Findings of these families are about the log or about several runs, not about a training.
_ASIDE = ("logging", "comparison")


@dataclass(frozen=True)
class Finding:
    """One finding: its id, whether it is about the training and at warning or above, its words."""

    id: str
    alarms: bool
    message: str


@dataclass(frozen=True)
class Answer:
    """All findings of one tool on one case.

    Attributes:
        findings: whatever it found, highest or not.
        broken: why it, or a part of it, failed; empty where it did not.
        judged: what it looked for and could have found; empty for tools that do not say.
    """

    findings: tuple[Finding, ...] = ()
    broken: str = ""
    judged: frozenset[str] = frozenset()

    @property
    def ids(self) -> set[str]:
        """What was found, at any severity."""
        return {finding.id for finding in self.findings}

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """Training findings at warning or above."""
        return tuple(finding for finding in self.findings if finding.alarms)


Tool = Callable[[Path], Answer]


def tb_diagnose(folder: Path) -> Answer:
    """What tb-diagnose says of all runs below a folder, taken from its document."""
    try:
        document = diagnose([folder], Settings())
    except NothingToRead as nothing:
        return Answer(broken=str(nothing))
    outcomes = [outcome for run in document["runs"] for outcome in run["outcomes"]]
    findings = tuple(
        Finding(
            id=outcome["id"],
            alarms=outcome["severity"] != "info" and outcome["family"] not in _ASIDE,
            message=outcome["evidence"][0]["message"],
        )
        for outcome in outcomes
        if outcome["verdict"] == "found"
    )
    failed = [
        f"{outcome['id']} failed: {outcome['reason']}"
        for outcome in outcomes
        if outcome["verdict"] == "failed"
    ]
    judged = {outcome["id"] for outcome in outcomes if outcome["verdict"] in ("found", "clear")}
    broken = "; ".join([*failed, *(each["message"] for each in document["problems"])])
    return Answer(findings, broken, frozenset(judged))
