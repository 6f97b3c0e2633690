"""The document as text: what Python's own encoder writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tb_diagnose.report.json import as_json

#: An object that others share, at one depth and at another.
SHARED = {"id": "overfitting", "evidence": [], "reason": None}
VALUES = (
    {},
    {"runs": []},
    {"a": 1, "b": "zwei\n€", "c": None, "d": True, "e": 1.5},
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
