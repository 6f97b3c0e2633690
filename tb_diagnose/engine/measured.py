"""How far a diagnosis can be trusted, as measured on trainings with known faults.

``accuracy.json`` is written by ``evaluation/publish_accuracy.py``; nothing here measures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def measured(identity: str) -> str:
    """``measured: found in 7 of 8, false in 0 of 52``, or ``""`` for what was never measured."""
    counts = _counts().get(identity)
    if counts is None:
        return ""
    found = f"found in {counts['found']} of {counts['of']}" if counts["of"] else ""
    false = f"false in {counts['false']} of {counts['of clean']}" if counts["of clean"] else ""
    return "measured: " + ", ".join(filter(None, (found, false)))


@cache
def _counts() -> Mapping[str, Mapping[str, int]]:
    text = files("tb_diagnose.engine").joinpath("accuracy.json").read_text(encoding="utf-8")
    counts: Mapping[str, Mapping[str, int]] = json.loads(text)["trainings"]["diagnoses"]
    return counts
