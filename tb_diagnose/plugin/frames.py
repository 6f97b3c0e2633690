"""Arrays for the page in one answer: a JSON header, then the numbers as they lie in memory."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from tb_diagnose.report.document.numbers import text
from tb_diagnose.report.page.charts import Drawn
from tb_diagnose.report.page.heats import Heat


def curves(drawn: Sequence[Drawn]) -> bytes:
    """Curves one behind another, each at an ``offset`` behind the header that 8 divides."""
    heads, bodies, offset = [], [], 0
    for each in drawn:
        body = _padded(_bytes(each.steps, "<f8") + _bytes(each.values, "<f4"))
        heads.append(
            {
                "name": text(each.name),
                "points": len(each.steps),
                "full": each.full,
                "nonfinite": [{"step": step, "value": kind} for step, kind in each.nonfinite],
                "clock": each.clock.round(3).tolist(),
                "offset": offset,
            }
        )
        bodies.append(body)
        offset += len(body)
    return framed({"curves": heads}, b"".join(bodies))


def heat(shown: Heat) -> bytes:
    """A heat map: its steps, then its values row by row."""
    kind = shown.kind
    header = {
        "rows": list(kind.rows),
        "steps": len(shown.steps),
        "vital": kind.vital,
        "title": kind.title,
        "unit": kind.unit,
        "scale": kind.scale,
    }
    return framed(header, _bytes(shown.steps, "<f8") + _bytes(shown.values, "<f4"))


def framed(header: Any, body: bytes) -> bytes:
    """u32 length of the header, the header as UTF-8 JSON, the body where 8 divides its offset.

    The header is filled up with blanks, which its length counts.
    """
    words = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    words += b" " * (-(4 + len(words)) % 8)
    return struct.pack("<I", len(words)) + words + body


def _bytes(array: Any, kind: str) -> bytes:
    return np.ascontiguousarray(array, dtype=kind).tobytes()


def _padded(body: bytes) -> bytes:
    return body + bytes(-len(body) % 8)
