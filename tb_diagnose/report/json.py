"""The document as JSON text: strict, UTF-8, indented, the same bytes for the same logs."""

from __future__ import annotations

import math
from typing import Any

from msgspec import json

from tb_diagnose.report.schema import Document

_INDENT = 2
_encoder = json.Encoder()


def as_json(document: Document) -> str:
    """Two blanks of indentation and a newline at the end. Raises ValueError on a bare NaN."""
    if _has_nan(document):
        raise ValueError("Out of range float values are not JSON compliant")
    return json.format(_encoder.encode(document), indent=_INDENT).decode() + "\n"


def _has_nan(value: Any) -> bool:
    """Whether a number that JSON cannot hold is left among the parts."""
    if isinstance(value, dict):
        return any(_has_nan(part) for part in value.values())
    if isinstance(value, list):
        return any(_has_nan(part) for part in value)
    return isinstance(value, float) and not math.isfinite(value)
