"""What is new about a run since it was last looked at: findings that came, got worse, are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tb_diagnose.core.finding import Outcome, Verdict


class Changes(NamedTuple):
    """Ids of findings.

    Attributes:
        new: those that were never reported of the run.
        worse: those that are more severe than when they were last reported.
        gone: those that were reported and hold no longer; each is named once.
    """

    new: frozenset[str]
    worse: frozenset[str]
    gone: tuple[str, ...]

    @property
    def found(self) -> frozenset[str]:
        """All that is to be reported as found."""
        return self.new | self.worse


@dataclass(eq=False)
class Reported:
    """Of one run: the rank of severity at which each finding was reported, and which are gone."""

    ranks: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def update(self, outcomes: Iterable[Outcome]) -> Changes:
        """What is to be reported now; from here on it counts as reported."""
        ranks = {each.id: each.severity.rank for each in outcomes if each.verdict is Verdict.FOUND}
        new = ranks.keys() - self.ranks.keys()
        worse = {id_ for id_ in ranks if ranks[id_] < self.ranks.get(id_, -1)}
        gone = [id_ for id_ in self.ranks if id_ not in ranks and id_ not in self.gone]
        self.ranks |= {id_: ranks[id_] for id_ in (*new, *worse)}
        self.gone |= {*gone}
        return Changes(frozenset(new), frozenset(worse), tuple(gone))
