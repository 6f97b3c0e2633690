"""The document as JSON text: strict, UTF-8, keys in the order of the schema."""

from __future__ import annotations

import json

from tb_diagnose.report.shapes import Document


def as_json(document: Document) -> str:
    """Two blanks of indentation and a newline at the end. Raises ValueError on a bare NaN."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
