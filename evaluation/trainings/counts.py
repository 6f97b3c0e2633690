"""Truths and answers counted: by diagnosis, by fault and severity, by healthy training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from measuring.answers import Answer
from trainings.grid import word
from trainings.plan import BASES, FAULTS, Fault
from trainings.truth import Truth, measurable


@dataclass(frozen=True)
class Judged:
    """What is true of a training, and what was said of it."""

    truth: Truth
    answer: Answer

    @property
    def named(self) -> bool:
        """Whether a diagnosis that names the very fault was found, at any severity."""
        fault = self.truth.training.fault
        return fault is not None and bool(self.answer.ids & set(fault.expects))


def counted(judged: Sequence[Judged], known: Iterable[str]) -> dict[str, Any]:
    """All counts as JSON values; only diagnoses that are ``known`` to the catalogue."""
    return {
        "totals": _totals(judged),
        "diagnoses": {
            identity: counts for identity in known if (counts := _diagnosis(identity, judged))
        },
        "faults": {name: _fault(fault, judged) for name, fault in FAULTS.items()},
        "healthy": {base: _healthy(base, judged) for base in BASES},
    }


def _totals(judged: Sequence[Judged]) -> dict[str, int]:
    def count(of: Callable[[Judged], bool]) -> int:
        return sum(of(each) for each in judged)

    return {
        "trainings": len(judged),
        "clean": count(lambda each: each.truth.clean),
        "clean, alarmed": count(lambda each: each.truth.clean and bool(each.answer.alarms)),
        "faulty": count(lambda each: each.truth.training.fault is not None),
        "showing": count(lambda each: each.truth.shows),
        "showing, alarmed": count(lambda each: each.truth.shows and bool(each.answer.alarms)),
        "showing, named": count(lambda each: each.truth.shows and each.named),
        "harmless": count(lambda each: each.truth.harmless),
        "harmless, alarmed": count(lambda each: each.truth.harmless and bool(each.answer.alarms)),
    }


def _diagnosis(identity: str, judged: Sequence[Judged]) -> dict[str, int] | None:
    """Found in N of M where it should be, false in K of L clean runs that it could judge.

    None where the grid has no case for it, or where it could judge none of them: the logs of these
    trainings hold what every log holds, and no more.
    """
    due = [each for each in judged if identity in each.truth.expects]
    clean = [each for each in judged if each.truth.clean and identity in each.answer.judged]
    unjudged = not any(identity in each.answer.judged for each in due)
    if not clean and unjudged:
        return None
    measured = identity in measurable() and bool(due) and not unjudged
    return {
        "found": sum(identity in each.answer.ids for each in due) if measured else 0,
        "of": len(due) if measured else 0,
        "false": sum(identity in each.answer.ids for each in clean),
        "of clean": len(clean),
    }


def _fault(fault: Fault, judged: Sequence[Judged]) -> dict[str, Any]:
    mine = [each for each in judged if each.truth.training.fault is fault]
    return {
        "unit": fault.unit,
        "expects": list(fault.expects),
        "levels": [
            {
                "level": word(level),
                **_shares([each for each in mine if each.truth.training.level == level]),
            }
            for level in fault.levels
        ],
    }


def _shares(judged: Sequence[Judged]) -> dict[str, int]:
    showing = [each for each in judged if each.truth.shows]
    harmless = [each for each in judged if each.truth.harmless]
    return {
        "trainings": len(judged),
        "showing": len(showing),
        "alarmed": sum(bool(each.answer.alarms) for each in showing),
        "named": sum(each.named for each in showing),
        "harmless, alarmed": sum(bool(each.answer.alarms) for each in harmless),
    }


def _healthy(base: str, judged: Sequence[Judged]) -> dict[str, int]:
    mine = [
        each
        for each in judged
        if each.truth.training.base == base and each.truth.training.fault is None
    ]
    clean = [each for each in mine if each.truth.clean]
    return {
        "trainings": len(mine),
        "clean": len(clean),
        "alarmed": sum(bool(each.answer.alarms) for each in clean),
    }
