"""What was seen: severity, evidence, and the four ends an examination can come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Severity(Enum):
    """How urgently a careful practitioner would act. Ordered: ``CRITICAL`` first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical, 1 for warning, 2 for info."""
        return list(Severity).index(self)


class Verdict(Enum):
    """The four ends of an examination. Every diagnosis comes to one of them on every run."""

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not-applicable"
    FAILED = "failed"


class Evidence(NamedTuple):
    """One thing that was seen, with the numbers that prove it.

    Attributes:
        message: one or two sentences for a person, with the run's own numbers.
        suggestion: what to change, concretely, from the run's own numbers.
        tag: the curve, histogram or configuration entry that shows it, or ``""``.
        steps: the steps at which it shows, as logged; the first is where it begins.
        measured: the statistic that was compared with ``limit``, in ``unit``.
        limit: the declared limit it was compared with.
        unit: of both.
        confidence: how sure the statistic is, in words: ``"p = 0.003, sign test over 9 epochs"``.
        severity: where this case is milder or graver than the diagnosis usually is.
        related: further curves that show it.
    """

    message: str
    suggestion: str
    tag: str = ""
    steps: tuple[int, ...] = ()
    measured: float | None = None
    limit: float | None = None
    unit: str = ""
    confidence: str = ""
    severity: Severity | None = None
    related: tuple[str, ...] = ()


class NotApplicable(Exception):
    """Raised by a diagnosis that cannot judge this run: why, and what would enable it."""

    def __init__(self, reason: str, enable: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.how_to_enable = enable


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one diagnosis came to on one run. Runs share those that say nothing of their own.

    Attributes:
        id, family: the diagnosis.
        verdict: one of the four ends.
        severity: of the gravest evidence; the diagnosis' own where nothing was found.
        evidence: at least one where found, else empty.
        detected_at: moment (seconds since 1970) from which on the log proved it, None if unknown.
        detected_step: the step of ``evidence[0].tag`` at that moment, None if it has no steps.
        caused_by: id of the finding this one is a consequence of, or None.
        reason, how_to_enable: for *not applicable*, why and what would enable it; for
            *failed*, the error.
    """

    id: str
    family: str
    verdict: Verdict
    severity: Severity
    evidence: tuple[Evidence, ...] = ()
    detected_at: float | None = None
    detected_step: int | None = None
    caused_by: str | None = None
    reason: str = ""
    how_to_enable: str = ""
