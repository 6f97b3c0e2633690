"""The document as JSON text: strict, UTF-8, keys in the order of the schema.

Python's encoder is fast, but not where it indents. Most of a document is lists and objects without
others in them, though: such a one is written whole, with line break and indentation for separator,
and only what holds others is put together here.
"""

from __future__ import annotations

from functools import cache
from json import JSONEncoder
from typing import Any

from tb_diagnose.report.shapes import Document

_INDENT = 2


def as_json(document: Document) -> str:
    """Two blanks of indentation and a newline at the end. Raises ValueError on a bare NaN."""
    return _written(document, 1) + "\n"


def _written(value: Any, depth: int) -> str:
    """A value whose own members stand ``depth`` steps to the right."""
    if not value or not isinstance(value, dict | list):
        return _encoder(0).encode(value)
    inside = value.values() if isinstance(value, dict) else value
    if not any(isinstance(each, dict | list) and each for each in inside):
        text = _encoder(depth).encode(value)
        return _framed(text[0], [text[1:-1]], text[-1], depth)
    if isinstance(value, list):
        return _framed("[", [_written(each, depth + 1) for each in value], "]", depth)
    key = _encoder(0).encode
    members = [f"{key(name)}: {_written(each, depth + 1)}" for name, each in value.items()]
    return _framed("{", members, "}", depth)


def _framed(opening: str, members: list[str], closing: str, depth: int) -> str:
    lead = _break(depth)
    return f"{opening}{lead}{f',{lead}'.join(members)}{_break(depth - 1)}{closing}"


def _break(depth: int) -> str:
    return "\n" + " " * (_INDENT * depth)


@cache
def _encoder(depth: int) -> JSONEncoder:
    """For values whose members stand so many steps to the right."""
    separators = "," + _break(depth), ": "
    return JSONEncoder(ensure_ascii=False, allow_nan=False, separators=separators)
