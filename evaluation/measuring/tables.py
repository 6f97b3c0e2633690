"""A score as Markdown and as JSON: totals, tables by label and by diagnosis, cases to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from measuring.labels import SYMPTOMS, Case
from measuring.names import TYPE_NAMED_BY, right_types, symptoms_named
from measuring.scores import ALARM, BROKEN, DOUBTFUL, MISSED, RIGHT, WRONG, Judgment, Score, Share

_FAULT_QUESTIONS = ("fault", "fault that shows", "published type", "published type, by an alarm")


def totals(score: Score) -> dict[str, Share]:
    """The figures by which tools are compared, in words → count and base."""
    if score.corpus.by_symptom:
        hits, misses = _symptoms(score, RIGHT), _symptoms(score, MISSED)
        right, wrong = hits + _symptoms(score, DOUBTFUL), _symptoms(score, WRONG)
        figures = {
            "labeled faults named": Share(hits, hits + misses),
            "verdicts that are wrong": Share(wrong, right + wrong),
            "faulty runs caught": score.share("faulty run"),
        }
    else:
        figures = {question: score.share(question) for question in _FAULT_QUESTIONS}
    figures["clean runs alarmed"] = score.share("clean run", ALARM)
    figures["not read, or not wholly"] = score.share("can be read", BROKEN)
    return figures


def by_label(score: Score) -> dict[str, Share]:
    """Symptom or published type → how many of the cases that have it were named."""
    if score.corpus.by_symptom:
        return {symptom: score.share(symptom) for symptom in SYMPTOMS}
    shares = {kind: score.share(f"type {kind}") for kind in TYPE_NAMED_BY}
    return {kind: share for kind, share in shares.items() if share.all}


def by_diagnosis(score: Score) -> dict[str, dict[str, int]]:
    """Id → in how many runs it was found, and what the labels say of these runs."""
    columns = _columns(score)
    table: dict[str, dict[str, int]] = {}
    for case in score.corpus.cases:
        answer = score.answers[case.name]
        alarming = {finding.id for finding in answer.alarms}
        for identity in sorted(answer.ids):
            row = table.setdefault(identity, dict.fromkeys(columns, 0))
            row["found"] += 1
            row[_said(case, identity)] += 1
            row["false alarms"] += case.clean and identity in alarming
    return dict(sorted(table.items()))


def _columns(score: Score) -> tuple[str, ...]:
    labels = _SYMPTOM_WORDS.values() if score.corpus.by_symptom else _TYPE_WORDS
    return ("found", *labels, _UNLABELLED, "false alarms")


_SYMPTOM_WORDS = {"yes": "right", "maybe": "in doubt", "no": "wrong"}
_TYPE_WORDS = ("right type", "another type")
_UNLABELLED = "no label for it"


def _said(case: Case, identity: str) -> str:
    """What the labels say where a diagnosis was found."""
    if case.symptoms:
        labels = {case.symptoms[symptom] for symptom in symptoms_named([identity])}
        said = (word for label, word in _SYMPTOM_WORDS.items() if label in labels)
        return next(said, _UNLABELLED)
    if not case.types:
        return _UNLABELLED
    return _TYPE_WORDS[0] if right_types(case.types, [identity]) else _TYPE_WORDS[1]


def markdown(scores: Sequence[Score], *, cases: bool = True) -> str:
    """All tools side by side, then the first one in detail."""
    return "\n".join([*_page(scores, cases=cases), ""])


def _page(scores: Sequence[Score], *, cases: bool) -> Iterator[str]:
    first = scores[0]
    aside = f"; {first.corpus.unsure} more of low confidence are not" * bool(first.corpus.unsure)
    yield f"# Accuracy on `{first.corpus.name}`"
    yield from ("", f"{len(first.corpus.cases)} runs are scored{aside}.", "")
    yield from _table(["", *(f"{score.tool}" for score in scores)], _side_by_side(scores))
    yield from ("", f"## {first.tool} by label", "")
    labels = by_label(first).items()
    yield from _table(["label", "named"], [[name, str(share)] for name, share in labels])
    yield from ("", f"## {first.tool} by diagnosis", "")
    rows = by_diagnosis(first).items()
    yield from _table(
        ["id", *_columns(first)], [[name, *map(str, row.values())] for name, row in rows]
    )
    if cases:
        yield from _cases(first)


def _side_by_side(scores: Sequence[Score]) -> list[list[str]]:
    figures = [totals(score) for score in scores]
    return [[word, *(str(each[word]) for each in figures)] for word in figures[0]]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _cases(score: Score) -> Iterator[str]:
    for title, became in (
        ("Missed", MISSED),
        ("Wrong", WRONG),
        ("Clean runs alarmed", ALARM),
        ("Not read, or not wholly", BROKEN),
    ):
        listed = [each for each in score.which(became) if not _told_elsewhere(each)]
        if listed:
            yield from ("", f"## {title}", "")
            yield from (line for each in listed for line in _case(each, score))


def _told_elsewhere(judgment: Judgment) -> bool:
    """Whether the same case is listed for another question that says the same and more."""
    return (
        judgment.question.startswith("type ")
        or judgment.question in ("faulty run", "published type, by an alarm")
        or (judgment.question == "fault" and judgment.case.shows)
    )


def _case(judgment: Judgment, score: Score) -> Iterator[str]:
    case, answer = judgment.case, score.answers[judgment.case.name]
    types = f" [{' '.join(case.types)}]" if case.types else ""
    yield f"- **{case.name}** {judgment.question}{types}: {case.about}"
    if judgment.became == BROKEN:
        yield f"  - {answer.broken}"
    said = judgment.by or answer.findings
    yield from (f"  - {each.id}{'' if each.alarms else ' (note)'}: {each.message}" for each in said)


def as_dict(scores: Sequence[Score]) -> dict[str, Any]:
    """The same for machines: every tool with its totals, tables and judgments."""
    return {score.tool: _tool(score) for score in scores}


def _tool(score: Score) -> dict[str, Any]:
    def plain(shares: dict[str, Share]) -> dict[str, list[int]]:
        return {name: [share.count, share.all] for name, share in shares.items()}

    return {
        "totals": plain(totals(score)),
        "by_label": plain(by_label(score)),
        "by_diagnosis": by_diagnosis(score),
        "cases": [
            {
                "question": each.question,
                "case": each.case.name,
                "became": each.became,
                "by": [{"id": finding.id, "message": finding.message} for finding in each.by],
            }
            for each in score.judgments
        ],
    }


def _symptoms(score: Score, became: str) -> int:
    """How many questions about a symptom came out so."""
    return sum(each.question in SYMPTOMS for each in score.which(became))
