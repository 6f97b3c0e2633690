"""Labels and answers counted: by diagnosis, by fault and severity, by framework, by base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from measuring.answers import Answer
from trainings.faults import FAULTS, Fault


@dataclass(frozen=True)
class Judged:
    """A row of the labels, and what was said of the training."""

    row: Mapping[str, str]
    answer: Answer

    @property
    def clean(self) -> bool:
        return self.row["clean"] == "yes"

    @property
    def shows(self) -> bool:
        return self.row["shows"] == "yes"

    @property
    def harmless(self) -> bool:
        return self.row["harm"] == "no"

    @property
    def alarmed(self) -> bool:
        return bool(self.answer.alarms)

    @property
    def named(self) -> bool:
        """Whether a diagnosis of the fault itself or of what it leads to was found."""
        return bool(self.answer.ids & set(self.row["expects"].split()))

    @cached_property
    def due(self) -> frozenset[str]:
        """Diagnoses that should be found: the first that is expected, and what it really did."""
        if not self.shows:
            return frozenset()
        return frozenset([*self.row["expects"].split()[:1], *self.row["did"].split()])


Test = Callable[[Judged], bool]


def counted(judged: Sequence[Judged], known: Iterable[str]) -> dict[str, Any]:
    """All counts as JSON values; only diagnoses that are ``known`` to the catalog."""
    return {
        "totals": _totals(judged),
        "diagnoses": {
            identity: counts for identity in known if (counts := _diagnosis(identity, judged))
        },
        "faults": {name: _fault(fault, judged) for name, fault in FAULTS.items()},
        "frameworks": _by("framework", judged, _totals),
        "healthy": _by("base", [one for one in judged if one.row["fault"] == "none"], _healthy),
    }


def _by(column: str, judged: Sequence[Judged], count: Callable[..., Any]) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(one.row[column], []).append(one)
    return {name: count(group) for name, group in groups.items()}


def _count(judged: Sequence[Judged], *tests: Test) -> int:
    return sum(all(test(one) for test in tests) for one in judged)


_SHOWS: Test = lambda one: one.shows  # noqa: E731
_ALARMED: Test = lambda one: one.alarmed  # noqa: E731
_NAMED: Test = lambda one: one.named  # noqa: E731
_CLEAN: Test = lambda one: one.clean  # noqa: E731
_HARMLESS: Test = lambda one: one.harmless  # noqa: E731


def _totals(judged: Sequence[Judged]) -> dict[str, int]:
    return {
        "trainings": len(judged),
        "clean": _count(judged, _CLEAN),
        "clean, alarmed": _count(judged, _CLEAN, _ALARMED),
        "faulty": _count(judged, lambda one: one.row["fault"] != "none"),
        "showing": _count(judged, _SHOWS),
        "showing, alarmed": _count(judged, _SHOWS, _ALARMED),
        "showing, named": _count(judged, _SHOWS, _NAMED),
        "harmless": _count(judged, _HARMLESS),
        "harmless, alarmed": _count(judged, _HARMLESS, _ALARMED),
    }


def _diagnosis(identity: str, judged: Sequence[Judged]) -> dict[str, int] | None:
    """Found in N of M where it is due, false in K of L clean runs that it could judge.

    None where no training has a case for it, or where it could judge none of them.
    """
    due = [one for one in judged if identity in one.due and identity in one.answer.judged]
    clean = [one for one in judged if one.clean and identity in one.answer.judged]
    if not due and not clean:
        return None
    return {
        "found": sum(identity in one.answer.ids for one in due),
        "of": len(due),
        "false": sum(identity in one.answer.ids for one in clean),
        "of clean": len(clean),
    }


def _fault(fault: Fault, judged: Sequence[Judged]) -> dict[str, Any]:
    mine = [one for one in judged if one.row["fault"] == fault.name]
    by_level = _by("severity", mine, _level)
    severities = [fault.severity(level) for level in fault.levels]
    return {
        "unit": fault.unit,
        "log": fault.harm == "log",
        "levels": [{"level": word, **by_level[word]} for word in severities if word in by_level],
    }


def _level(judged: Sequence[Judged]) -> dict[str, int]:
    return {
        "trainings": len(judged),
        "showing": _count(judged, _SHOWS),
        "alarmed": _count(judged, _SHOWS, _ALARMED),
        "named": _count(judged, _SHOWS, _NAMED),
        "told": _count(judged, _NAMED),
        "harmless": _count(judged, _HARMLESS),
        "harmless, alarmed": _count(judged, _HARMLESS, _ALARMED),
    }


def _healthy(judged: Sequence[Judged]) -> dict[str, int]:
    return {
        "trainings": len(judged),
        "clean": _count(judged, _CLEAN),
        "alarmed": _count(judged, _CLEAN, _ALARMED),
    }
