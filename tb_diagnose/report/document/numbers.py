"""Numbers, moments and texts as strict JSON can hold them."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.report.document.schema import Number

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
#: What could command a terminal, reorder text or hide in it; line breaks and tabs are none.
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def number(value: Any) -> Number:
    """A Python or numpy number for JSON: shortest digits of its own precision, NaN as a string.

    A float32 of 0.1 becomes 0.1, not the 0.10000000149011612 it is as a double.
    """
    if isinstance(value, int | np.integer):
        return int(value)
    wide = float(value)
    if not math.isfinite(wide):
        return "NaN" if math.isnan(wide) else "Infinity" if wide > 0 else "-Infinity"
    return float(str(value)) if isinstance(value, np.float32 | np.float16) else wide


def numbers(values: NDArray[Any]) -> list[Number]:
    """[n] finite values for JSON, each as ``number`` has it."""
    if values.dtype in (np.float32, np.float16):
        return list(map(float, map(str, values)))
    return cast(list[Number], values.tolist())


def maybe(value: Any) -> Number | None:
    """The same, with None for None."""
    return None if value is None else number(value)


def moment(wall: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC with milliseconds; None where it is no moment."""
    if wall is None or not math.isfinite(wall):
        return None
    try:
        when = datetime.fromtimestamp(wall, tz=timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text(value: object) -> str:
    """A name, path or sentence for any face: bytes that are not UTF-8 become U+FFFD.

    Characters that hide, reorder or command are written out, see ``visible``.
    """
    told = str(value)
    if told.isascii() and told.isprintable():
        return told
    return visible(_LONE_SURROGATE.sub("\ufffd", told))


def visible(text: str) -> str:
    """The text with what hides, reorders or commands written as Python writes it: ``\\u202e``."""
    return _CONTROL.sub(lambda one: one[0].encode("unicode_escape").decode(), text)
