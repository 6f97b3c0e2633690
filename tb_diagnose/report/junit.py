"""Findings as JUnit XML, which build servers show as tests: a run is a suite, a check a test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from tb_diagnose.report.document.schema import Document, OutcomePart
from tb_diagnose.report.text.phrases import labels, measured

#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(document: Document) -> str:
    """All runs, the comparisons of runs, and paths that were not read, each as a suite."""
    names = labels(document["runs"])
    suites = [
        _suite(name, run["outcomes"]) for name, run in zip(names, document["runs"], strict=True)
    ]
    if document["comparisons"]:
        suites.append(_suite("across runs", document["comparisons"]))
    for problem in document["problems"]:
        error = f"<error message={_quoted(problem['message'])}/>"
        suites.append(_wrapped(problem["path"], [_case(problem["path"], "reading", error)]))
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>", ""]
    )


def _suite(name: str, outcomes: Sequence[OutcomePart]) -> str:
    cases = [_case(name, outcome["id"], _end(outcome)) for outcome in outcomes]
    return _wrapped(name, cases)


def _wrapped(name: str, cases: Sequence[str]) -> str:
    counts = {
        what: sum(f"<{tag} " in case for case in cases)
        for what, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    }
    told = " ".join(f'{what}="{count}"' for what, count in counts.items())
    head = f'<testsuite name={_quoted(name)} tests="{len(cases)}" {told}>'
    return "\n".join([head, *cases, "</testsuite>"])


def _case(suite: str, name: str, inside: str) -> str:
    head = f"<testcase classname={_quoted(suite)} name={_quoted(name)}"
    return f"{head}>{inside}</testcase>" if inside else f"{head}/>"


def _end(outcome: OutcomePart) -> str:
    """What a test case says; nothing where it is clear."""
    if outcome["verdict"] == "clear":
        return ""
    if outcome["verdict"] == "failed":
        return f"<error message={_quoted(outcome['reason'])}/>"
    if outcome["verdict"] != "found":
        return f"<skipped message={_quoted(outcome['reason'])}/>"
    lines = []
    for evidence in outcome["evidence"]:
        lines += [evidence["message"], measured(evidence["comparison"]), evidence["suggestion"]]
    text = escape(_legal("\n".join(line for line in lines if line)))
    message = _quoted(outcome["evidence"][0]["message"])
    return f"<failure type={_quoted(outcome['severity'])} message={message}>{text}</failure>"


def _quoted(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
