"""The document as JSON text: strict, UTF-8, keys in the order of the schema.

Python's encoder is fast, but not where it indents. Most of a document is lists and objects without
others in them, though: such a one is written whole, with line break and indentation for separator,
and only what holds others is put together here. Runs share the outcomes that say nothing of their
own; each of these is written once.

That still takes half a millisecond a run. Where several processes of a machine make the parts of a
document, each writes its own (``written``), and the one that puts them together has little to do.
"""

from __future__ import annotations

from functools import cache, lru_cache
from json import JSONEncoder
from typing import Any, cast

from tb_diagnose.report.shapes import Document, RunPart

_INDENT = 2
#: Steps to the right at which the members of a run stand in the document.
_IN_RUN = 3
#: By an object's id and its depth: the object, which so keeps its id to itself, and its text.
Texts = dict[tuple[int, int], tuple[Any, str]]
#: What ``written`` has met before, and how much of it is kept.
_met: Texts = {}
_MOST = 4096


class Written(dict[str, Any]):
    """Of a run's part, its text, and what a document of many is put together by.

    Attributes:
        text: the part as it stands in the document.
    """

    text = ""


_OTHERS = frozenset((dict, list, Written))


def written(part: RunPart) -> RunPart:
    """A run's part, for a document that will be written ``as_json`` and looked at no further."""
    if len(_met) > _MOST:
        _met.clear()
    kept = Written({name: part[name] for name in ("name", "path", "verdict", "points")})
    found = [each for each in part["outcomes"] if each["verdict"] == "found"]
    kept["outcomes"] = [{name: each[name] for name in ("verdict", "severity")} for each in found]
    kept.text = _text(part, _IN_RUN, _met)
    return cast(RunPart, kept)


def as_json(document: Document) -> str:
    """Two blanks of indentation and a newline at the end. Raises ValueError on a bare NaN."""
    return _text(document, 1, {}) + "\n"


def _text(value: Any, depth: int, known: Texts) -> str:
    """A value whose own members stand ``depth`` steps to the right.

    ``known``: what was written of objects that hold no others.
    """
    if type(value) is Written:
        return value.text
    if not _holds(value):
        return _encoder(0).encode(value)
    if (met := known.get((id(value), depth))) is not None:
        return met[1]
    inside = value.values() if isinstance(value, dict) else value
    if _OTHERS.isdisjoint(map(type, inside)) or not any(_holds(each) for each in inside):
        text = _encoder(depth).encode(value)
        text = _framed(text[0], [text[1:-1]], text[-1], depth)
        if isinstance(value, dict):
            known[id(value), depth] = value, text
        return text
    if isinstance(value, list):
        return _framed("[", [_text(each, depth + 1, known) for each in value], "]", depth)
    members = [f"{_key(name)}: {_text(each, depth + 1, known)}" for name, each in value.items()]
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
