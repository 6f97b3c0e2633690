"""Findings as SARIF 2.1.0, which code hosts and editors show beside a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import json

from tb_diagnose.report.document.schema import Document, OutcomePart
from tb_diagnose.report.text.phrases import measured

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"critical": "error", "warning": "warning", "info": "note"}


def sarif(document: Document) -> str:
    """The findings of all runs, each at the folder of its run."""
    found = list(_found(document))
    rules = {outcome["id"]: outcome["title"] for outcome, _, _ in found}
    driver = {
        "name": document["tool"]["name"],
        "version": document["tool"]["version"],
        "rules": [
            {"id": identity, "shortDescription": {"text": rules[identity]}}
            for identity in sorted(rules)
        ],
    }
    results = [_result(*finding) for finding in found]
    problems = [
        {"level": "error", "message": {"text": problem["message"]}}
        for problem in document["problems"]
    ]
    invocation = {"executionSuccessful": not problems, "toolExecutionNotifications": problems}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [invocation], "results": results}],
    }
    return json.format(json.encode(log)).decode() + "\n"


def _found(document: Document) -> Iterator[tuple[OutcomePart, str, list[str]]]:
    """Each finding, the names of its runs and the paths of their folders."""
    paths = {run["name"]: run["path"] for run in document["runs"]}
    for run in document["runs"]:
        for outcome in run["outcomes"]:
            if outcome["verdict"] == "found":
                yield outcome, run["name"], [run["path"]]
    for across in document["comparisons"]:
        if across["verdict"] == "found":
            yield across, ", ".join(across["runs"]), [paths[name] for name in across["runs"]]


def _result(outcome: OutcomePart, name: str, paths: list[str]) -> dict[str, Any]:
    evidence = outcome["evidence"][0]
    sentences = (evidence["message"], measured(evidence["comparison"]), evidence["suggestion"])
    text = " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)
    return {
        "ruleId": outcome["id"],
        "level": _LEVELS[outcome["severity"]],
        "message": {"text": f"{name}: {text}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": path.replace("\\", "/")}}}
            for path in paths
        ],
        "partialFingerprints": {"runAndDiagnosis/v1": f"{name}:{outcome['id']}"},
    }
