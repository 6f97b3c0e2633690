"""Answers against labels: recall, wrong verdicts, false alarms.

Every label is a question put to a tool's answer, and every question is judged by itself; totals
and tables are counts of these judgments.

For labels by symptom: a *yes* that is named at any severity is right, one that is not is a miss;
naming a *no* is wrong; with a *maybe*, naming it is right and so is silence. For labels by fault:
a faulty run is detected by a training finding at warning or above; its type is right where a
finding of any severity points at one of the published types. In both, a clean run with a training
finding at warning or above is a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from measuring.answers import Answer, Finding
from measuring.labels import Case, Corpus
from measuring.names import TYPE_NAMED_BY, right_types, symptoms_named

#: What became of a question.
RIGHT, MISSED, DOUBTFUL, WRONG, ALARM, QUIET, BROKEN = (
    "right",
    "missed",
    "doubtful",
    "wrong",
    "alarm",
    "quiet",
    "broken",
)


@dataclass(frozen=True)
class Judgment:
    """One question about one case, and what became of it.

    Attributes:
        question: what was asked: a symptom, ``type labels``, ``fault``, ``fault that shows``, …
        case: whom it is about.
        became: ``RIGHT``, ``MISSED``, …
        by: the findings that decided it.
    """

    question: str
    case: Case
    became: str
    by: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    all: int

    def __str__(self) -> str:
        share = f" ({self.count / self.all:.0%})" if self.all else ""
        return f"{self.count} of {self.all}{share}"


@dataclass(frozen=True)
class Score:
    """One tool on one corpus: all judgments, and the answers they are about."""

    tool: str
    corpus: Corpus
    answers: Mapping[str, Answer]
    judgments: tuple[Judgment, ...]

    def share(self, question: str, became: str = RIGHT) -> Share:
        """How often a question came out so, of all times it was asked and had a clear label."""
        asked = [each for each in self.judgments if each.question == question]
        return Share(
            sum(each.became == became for each in asked),
            sum(each.became not in (DOUBTFUL, WRONG) for each in asked),
        )

    def which(self, *became: str) -> list[Judgment]:
        """The judgments that came out so, in the order of the corpus."""
        return [each for each in self.judgments if each.became in became]


def score(tool: str, corpus: Corpus, answers: Mapping[str, Answer]) -> Score:
    """Judge one tool's answers, given by name of the case."""
    judge = _symptoms if corpus.by_symptom else _faults
    judgments = tuple(
        judgment for case in corpus.cases for judgment in _both(case, answers[case.name], judge)
    )
    return Score(tool, corpus, answers, judgments)


Judge = Callable[[Case, Answer], Iterable[Judgment]]


def _both(case: Case, answer: Answer, judge: Judge) -> Iterator[Judgment]:
    """The questions of the corpus' own kind, and those that are the same for both."""
    yield from judge(case, answer)
    if case.clean:
        became = ALARM if answer.alarms else QUIET
        yield Judgment("clean run", case, became, answer.alarms)
    yield Judgment("can be read", case, BROKEN if answer.broken else RIGHT)


def _symptoms(case: Case, answer: Answer) -> Iterator[Judgment]:
    named = symptoms_named(answer.ids)
    for symptom, label in case.symptoms.items():
        by = _those(answer, named.get(symptom, ()))
        if label == "yes":
            yield Judgment(symptom, case, RIGHT if by else MISSED, by)
        elif by:
            yield Judgment(symptom, case, DOUBTFUL if label == "maybe" else WRONG, by)
    if case.faulty:
        caught = any(case.symptoms[symptom] == "yes" for symptom in named)
        yield Judgment("faulty run", case, RIGHT if caught else MISSED)


def _faults(case: Case, answer: Answer) -> Iterator[Judgment]:
    if not case.faulty:
        return
    detected = RIGHT if answer.alarms else MISSED
    yield Judgment("fault", case, detected, answer.alarms)
    if case.shows:
        yield Judgment("fault that shows", case, detected, answer.alarms)
    if not case.types:
        return
    by = _those(answer, right_types(case.types, answer.ids))
    yield Judgment("published type", case, RIGHT if by else MISSED, by)
    loud = {finding.id for finding in answer.alarms}
    loudly = _those(answer, right_types(case.types, loud))
    yield Judgment("published type, by an alarm", case, RIGHT if loudly else MISSED, loudly)
    for kind in case.types:
        pointing = _those(answer, answer.ids & TYPE_NAMED_BY.get(kind, {}).keys())
        yield Judgment(f"type {kind}", case, RIGHT if pointing else MISSED, pointing)


def _those(answer: Answer, ids: Iterable[str]) -> tuple[Finding, ...]:
    wanted = set(ids)
    return tuple(finding for finding in answer.findings if finding.id in wanted)
