"""JSON that somebody else wrote: whatever it holds, what comes of it is harmless."""

from __future__ import annotations

import json
import re
from typing import Any

#: Bytes of a text that is parsed, and how deep its lists and objects may be nested (chosen: the
#: largest configuration of a Keras model has a few of the one, and some thirty of the other).
_LARGEST, _DEEPEST = 1 << 24, 100
#: Digits of a whole number that stays one; longer ones are floats, and perhaps infinite.
_DIGITS = 18
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(content: str | bytes) -> Any:
    """What the JSON says. Raises ValueError where it is none, too large or nested too deep."""
    if len(content) > _LARGEST:
        raise ValueError(f"JSON of more than {_LARGEST} bytes")
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    try:
        return _checked(json.loads(content, parse_int=_number), 0)
    except RecursionError as error:
        raise ValueError("JSON that is nested too deep") from error


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _checked(value: Any, depth: int) -> Any:
    """The same without halves of characters, which cannot be written anywhere."""
    if depth > _DEEPEST:
        raise ValueError("JSON that is nested too deep")
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_checked(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_checked(key, 0): _checked(item, depth + 1) for key, item in value.items()}
    return value
