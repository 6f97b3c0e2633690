"""The report as Markdown, for a pull request or a lab notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tb_diagnose.report.document.schema import Document, EvidencePart, OutcomePart, RunPart
from tb_diagnose.report.text.phrases import about, grouped, labels, ledger, measured, span, total
from tb_diagnose.report.text.screen import plain

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(document: Document) -> str:
    """The whole report, ending with a newline."""
    return "\n".join([*_lines(document), ""])


def _lines(document: Document) -> Iterator[str]:
    yield "# tb-diagnose"
    yield ""
    yield escaped(total(document["summary"]))
    yield from _table(document["runs"])
    for run, name in zip(document["runs"], labels(document["runs"]), strict=True):
        if grouped(run["outcomes"]):
            yield from ("", f"## {escaped(name)}", "", escaped(about(run)))
            yield from _findings(run["outcomes"])
            yield from ("", escaped(ledger(run["outcomes"])))
    if grouped(document["comparisons"]):
        yield from ("", "## Across runs")
        yield from _findings(document["comparisons"])
    if document["problems"]:
        yield from ("", "## Not read", "")
        yield from (f"- {escaped(problem['message'])}" for problem in document["problems"])


def escaped(text: str) -> str:
    """A text from a log as one line of Markdown that shows what it says."""
    return _SPECIAL.sub(r"\\\1", plain(text))


def _table(runs: Sequence[RunPart]) -> Iterator[str]:
    if not runs:
        return
    yield from ("", "| run | verdict | in a sentence |", "| --- | --- | --- |")
    for run, name in zip(runs, labels(runs), strict=True):
        yield f"| {escaped(name)} | {run['verdict']} | {escaped(run['headline'])} |"


def _findings(outcomes: Sequence[OutcomePart]) -> Iterator[str]:
    for head, led in grouped(outcomes):
        yield from ("", f"### {head['severity']}: {head['id']}")
        for evidence in head["evidence"]:
            yield from ("", escaped(evidence["message"]), "", *_proof(evidence))
        if led:
            yield f"- Led to: {', '.join(effect['id'] for effect in led)}"


def _proof(evidence: EvidencePart) -> Iterator[str]:
    where = span(evidence["steps"], evidence["counted_in"])
    seen = [escaped(tag) for tag in (evidence["tag"], *evidence["related"]) if tag]
    if seen or where:
        yield f"- Seen: {', '.join([*seen, *([where] if where else [])])}"
    if said := measured(evidence["comparison"]):
        yield f"- {escaped(said)}"
    if evidence["confidence"]:
        yield f"- Confidence: {escaped(evidence['confidence'])}"
    if evidence["suggestion"]:
        yield f"- **Try:** {escaped(evidence['suggestion'])}"
