"""The document as JSON text: strict, UTF-8, keys in the order of the schema.

Python's encoder is fast, but not where it indents. Most of a document is lists and objects without
others in them, though: such a one is written whole, with line break and indentation for separator,
and only what holds others is put together here. Runs share the outcomes that say nothing of their
own; each of these is written once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from json import JSONEncoder
from typing import Any

from tb_diagnose.report.shapes import Document

_INDENT = 2
_OTHERS = frozenset((dict, list))
#: By an object's id and its depth.
Texts = dict[tuple[int, int], str]


def as_json(document: Document) -> str:
    """Two blanks of indentation and a newline at the end. Raises ValueError on a bare NaN."""
    return _written(document, 1, {}) + "\n"


def _written(value: Any, depth: int, known: Texts) -> str:
    """A value whose own members stand ``depth`` steps to the right.

    ``known``: what was written of objects that hold no others, which live as long as it does.
    """
    if not _holds(value):
        return _encoder(0).encode(value)
    if (text := known.get((id(value), depth))) is not None:
        return text
    inside = value.values() if isinstance(value, dict) else value
    if _OTHERS.isdisjoint(map(type, inside)) or not any(_holds(each) for each in inside):
        text = _encoder(depth).encode(value)
        text = _framed(text[0], [text[1:-1]], text[-1], depth)
        if isinstance(value, dict):
            known[id(value), depth] = text
        return text
    if isinstance(value, list):
        return _framed("[", [_written(each, depth + 1, known) for each in value], "]", depth)
    members = [f"{_key(name)}: {_written(each, depth + 1, known)}" for name, each in value.items()]
    return _framed("{", members, "}", depth)


def _holds(value: Any) -> bool:
    """Whether it is a list or an object with something in it."""
    return isinstance(value, dict | list) and bool(value)


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    return _encoder(0).encode(name)


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
