"""What was seen: severity, evidence, and the five ends an examination can come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from operator import ge, gt, le, lt
from typing import NamedTuple

OPERATORS = {">": gt, ">=": ge, "<": lt, "<=": le}


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
    """The five ends of an examination. Every diagnosis comes to one of them on every run.

    ``NOT_APPLICABLE`` does not concern this kind of run; ``NOT_LOGGED`` would, but the log lacks
    what it needs.
    """

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not-applicable"
    NOT_LOGGED = "not-logged"
    FAILED = "failed"


class Comparison(NamedTuple):
    """A measured value against a declared limit; ``value operator limit`` holds.

    Attributes:
        value: what was measured, in ``unit``.
        operator: ``>``, ``>=``, ``<`` or ``<=``: on which side of the limit the alarm is.
        limit: the declared limit, in ``unit``.
        unit: of both.
        name: the limit's name, as ``--limit`` takes it.
    """

    value: float
    operator: str
    limit: float
    unit: str
    name: str = ""

    @property
    def holds(self) -> bool:
        """Whether the value is on the alarm's side of the limit."""
        return bool(OPERATORS[self.operator](self.value, self.limit))


class Evidence(NamedTuple):
    """One thing that was seen, with the numbers that prove it.

    Attributes:
        message: one or two sentences for a person, with the run's own numbers.
        suggestion: what to change, concretely, from the run's own numbers.
        tag: the curve, histogram or configuration entry that shows it, or ``""``.
        steps: the steps at which it shows, as logged; the first is where it begins.
        comparison: the statistic that decided and the limit it was compared with, or None.
        confidence: how sure it is, in words: ``"p = 0.003, sign test over 9 epochs"``.
        severity: where this case is milder or more severe than the diagnosis usually is.
        related: further curves that show it.
    """

    message: str
    suggestion: str
    tag: str = ""
    steps: tuple[int, ...] = ()
    comparison: Comparison | None = None
    confidence: str = ""
    severity: Severity | None = None
    related: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one diagnosis came to on one run. Runs share those that say nothing of their own.

    Attributes:
        id, family: the diagnosis.
        verdict: one of the five ends.
        severity: of the most severe evidence; the diagnosis' own where nothing was found.
        evidence: at least one where found, else empty.
        method: the name of the method that judged; ``""`` where none could.
        surer: what a surer method would need, ``""`` where the surest was used.
        detected_at: moment (seconds since 1970) from which on the log proved it, None if unknown.
        detected_step: the step of ``evidence[0].tag`` at that moment, None if it has no steps.
        caused_by: id of the finding this one is a consequence of, or None.
        reason, how_to_enable: for *not applicable* and *not logged*, why, and what would enable it;
            for *failed*, the error.
    """

    id: str
    family: str
    verdict: Verdict
    severity: Severity
    evidence: tuple[Evidence, ...] = ()
    method: str = ""
    surer: str = ""
    detected_at: float | None = None
    detected_step: int | None = None
    caused_by: str | None = None
    reason: str = ""
    how_to_enable: str = ""
