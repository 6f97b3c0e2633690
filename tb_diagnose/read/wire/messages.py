"""Event, Summary and its values: where their parts stand in a payload."""

from __future__ import annotations

from dataclasses import dataclass, field

from tb_diagnose.read.wire.wire import BYTES, FIXED32, FIXED64, VARINT, fields, signed

Span = tuple[int, int]
#: Members of ``Summary.Value.value``, of which the last one set is the only one.
SIMPLE, HISTO, TENSOR = 2, 5, 8
_ONEOF = frozenset((SIMPLE, 3, 4, HISTO, 6, TENSOR))
_START = 1


@dataclass(slots=True)
class Value:
    """One ``Summary.Value``.

    Attributes:
        member: field number of what it holds, ``spans`` where that stands, in parts.
        metadata: where its SummaryMetadata stands, in parts.
    """

    tag: bytes = b""
    member: int = 0
    spans: list[Span] = field(default_factory=list)
    metadata: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """One ``Event``.

    Attributes:
        wall: the 8 bytes of the wall time.
        summaries: where its Summary stands, in parts.
        starts: how many of its SessionLogs say START.
        writer: ``source_metadata.writer``.
        fields: how many fields it has.
    """

    wall: bytes = bytes(8)
    step: int = 0
    summaries: list[Span] = field(default_factory=list)
    starts: int = 0
    writer: str = ""
    fields: int = 0


def event(payload: bytes) -> Event:
    """The event that a payload holds. Raises ``Malformed``."""
    found, sessions, member = Event(), [], 0
    for number, kind, first, last in fields(payload, 0, len(payload)):
        if number == 1 and kind == FIXED64:
            found.wall = payload[first:last]
        elif number == 2 and kind == VARINT:
            found.step = signed(first)
        elif number == 10 and kind == BYTES:
            found.writer = _writer(payload, first, last) or found.writer
        elif 3 <= number <= 9 and kind == BYTES:
            if number != member:
                found.summaries.clear()
            member = number
            if number == 5:
                found.summaries.append((first, last))
            elif number == 7:
                sessions.append((first, last))
        found.fields += 1
    found.starts = sum(_starts(payload, *span) for span in sessions)
    return found


def _writer(payload: bytes, at: int, end: int) -> str:
    for number, kind, first, last in fields(payload, at, end):
        if number == 1 and kind == BYTES:
            return payload[first:last].decode("utf-8", "replace")
    return ""


def _starts(payload: bytes, at: int, end: int) -> int:
    """How many times a SessionLog says START."""
    told = fields(payload, at, end)
    return sum((number, kind, first) == (1, VARINT, _START) for number, kind, first, _ in told)


def values(payload: bytes, found: Event) -> list[Value]:
    """The values of an event's summary. Raises ``Malformed``."""
    return [
        _value(payload, *span)
        for first, last in found.summaries
        for number, kind, *span in fields(payload, first, last)
        if number == 1 and kind == BYTES
    ]


def _value(payload: bytes, at: int, end: int) -> Value:
    value = Value()
    for number, kind, first, last in fields(payload, at, end):
        if number == 1 and kind == BYTES:
            value.tag = payload[first:last]
        elif number == 9 and kind == BYTES:
            value.metadata.append((first, last))
        elif number in _ONEOF and kind == (FIXED32 if number == SIMPLE else BYTES):
            if number != value.member or number == SIMPLE:
                value.spans.clear()
            value.member = number
            value.spans.append((first, last))
    return value


def plugin(payload: bytes, value: Value) -> tuple[bytes, bytes]:
    """Name and content of the plugin data in a value's metadata. Raises ``Malformed``."""
    name = content = b""
    for span in value.metadata:
        for number, kind, *inner in fields(payload, *span):
            if number != 1 or kind != BYTES:
                continue
            for key, form, first, last in fields(payload, *inner):
                if key == 1 and form == BYTES:
                    name = payload[first:last]
                elif key == 2 and form == BYTES:
                    content = payload[first:last]
    return name, content
