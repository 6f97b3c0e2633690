"""Hyper-parameters, wherever a framework puts them in an event file."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tb_diagnose.read.wire import foreign_json
from tb_diagnose.read.wire.wire import BYTES, FIXED64, VARINT, Malformed, fields

#: Tags of texts that hold hyper-parameters, without ``/text_summary``.
_TAG = re.compile(
    r"(.*/)?(args|arguments|config|hparams|hyper[-_]?parameters|params)", re.IGNORECASE
)
#: How deep lists and structs may be nested in a value; what is deeper is left out.
_NESTED = 8


def hyperparameters(contents: Sequence[bytes], texts: Mapping[str, str]) -> dict[str, Any]:
    """By name: from hparams plugin data (the last one wins), then from texts such as HF's args."""
    found: dict[str, Any] = {}
    for tag, text in texts.items():
        if _TAG.fullmatch(tag.removesuffix("/text_summary")):
            found.update(from_text(text))
    for content in contents:
        with suppress(Malformed):
            found.update(from_plugin(content))
    return found


def from_text(text: str) -> dict[str, Any]:
    """From JSON, wherever it stands in the Markdown, or from a table of names and values."""
    first, last = text.find("{"), text.rfind("}")
    if 0 <= first < last:
        with suppress(ValueError):
            parsed = foreign_json.parse(text[first : last + 1])
            if isinstance(parsed, dict):
                return parsed
    return dict(_table(text))


def _table(text: str) -> list[tuple[str, Any]]:
    """Rows ``|name|value|`` of a Markdown table, without its head."""
    rows = [line.strip().strip("|").split("|", 1) for line in text.splitlines() if "|" in line]
    rule = next((i for i, row in enumerate(rows) if set("".join(row)) <= set("-:| ")), -1)
    if rule < 0:
        return []
    return [(row[0].strip(), _plain(row[1].strip())) for row in rows[rule + 1 :] if len(row) == 2]


def _plain(text: str) -> Any:
    """A number, truth value or None where the text is one, else the text."""
    known = {"True": True, "False": False, "None": None}
    if text in known:
        return known[text]
    try:
        return foreign_json.parse(text)
    except ValueError:
        return text


def from_plugin(content: bytes) -> dict[str, Any]:
    """The ``hparams`` map of a SessionStartInfo in HParamsPluginData. Raises ``Malformed``."""
    found: dict[str, Any] = {}
    for number, kind, first, last in fields(content, 0, len(content)):
        if number == 3 and kind == BYTES:
            for inner, inner_kind, begin, end in fields(content, first, last):
                if inner == 1 and inner_kind == BYTES:
                    name, value = _entry(content, begin, end)
                    found[name] = value
    return found


def _entry(content: bytes, at: int, end: int, depth: int = 0) -> tuple[str, Any]:
    """One entry of a map from strings to google.protobuf.Value."""
    name, value = "", None
    for number, kind, first, last in fields(content, at, end):
        if number == 1 and kind == BYTES:
            name = content[first:last].decode("utf-8", "replace")
        elif number == 2 and kind == BYTES:
            value = _value(content, first, last, depth)
    return name, value


def _value(content: bytes, at: int, end: int, depth: int = 0) -> Any:
    value: Any = None
    for number, kind, first, last in fields(content, at, end):
        if number == 2 and kind == FIXED64:
            value = struct.unpack_from("<d", content, first)[0]
        elif number == 3 and kind == BYTES:
            value = content[first:last].decode("utf-8", "replace")
        elif number == 4 and kind == VARINT:
            value = bool(first)
        elif number in (5, 6) and kind == BYTES and depth < _NESTED:
            inner = fields(content, first, last)
            spans = [(begin, stop) for key, form, begin, stop in inner if (key, form) == (1, BYTES)]
            if number == 5:
                value = dict(_entry(content, *span, depth + 1) for span in spans)
            else:
                value = [_value(content, *span, depth + 1) for span in spans]
    return value
