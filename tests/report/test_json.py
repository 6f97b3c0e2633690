"""The document as text: what Python's own encoder writes, only sooner."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from tb_diagnose.report import json as subject
from tb_diagnose.report.document import assembled, document, graver
from tb_diagnose.report.json import as_json, written
from tests.fakes import healthy, sick, unreadable

#: An object that others share, at one depth and at another.
SHARED = {"id": "overfitting", "evidence": [], "reason": None}
VALUES = (
    {},
    {"runs": []},
    {"a": 1, "b": "zwei\n€", "c": None, "d": True, "e": 1e-7},
    {"flat": [1, 2.5, "x", None, [], {}], "nested": [[1, 2], [], {"k": [{"deep": [0.1]}]}]},
    {"empty": "", "zero": 0, "quoted": 'a "b" \\', "caused_by": {"one": {"two": {"three": {}}}}},
    {"one": [SHARED, {"more": SHARED}], "two": [SHARED, SHARED], "three": SHARED},
)


@pytest.mark.parametrize("value", VALUES)
def test_it_is_what_the_standard_library_writes(value: Any) -> None:
    expected = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    assert as_json(value) == expected


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": [1, {"b": [float("inf")]}]}])
def test_a_bare_nan_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        as_json(value)


def test_parts_that_were_written_elsewhere_make_the_same_document() -> None:
    whole = document([healthy(), sick(), unreadable()])
    parts = [pickle.loads(pickle.dumps(written(each))) for each in whole["runs"]]
    again = assembled(reversed(parts))
    assert as_json(again) == as_json(whole)
    assert again["summary"] == whole["summary"]
    for severity in ("critical", "warning", "info"):
        assert graver(again, severity) == graver(whole, severity)
    assert len(pickle.dumps(parts)) < 2 * len(as_json(whole))


def test_what_was_met_before_is_not_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_MOST", 20)
    for number in range(30):
        # The parts of the run before are given up, and their memory is used again.
        (part,) = document([sick()])["runs"]
        part["facts"] = [{"kind": str(number), "message": "", "where": "", "numbers": {}}]
        assert as_json(assembled([written(part)])) == as_json(assembled([part]))
