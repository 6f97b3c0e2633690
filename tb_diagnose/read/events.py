"""From the payload of a record to columns: Event, Summary and its values."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from math import isnan

import numpy as np

from tb_diagnose.read import histograms, tensors
from tb_diagnose.read.columns import Columns, Note, Scalars, Tables
from tb_diagnose.read.wire import BYTES, FIXED32, FIXED64, VARINT, fields, signed, varint

_F64 = struct.Struct("<d")
Span = tuple[int, int]
#: Members of ``Summary.Value.value``, of which the last one set is the only one.
_SIMPLE, _HISTO, _TENSOR = 2, 5, 8
_ONEOF = frozenset((_SIMPLE, 3, 4, _HISTO, 6, _TENSOR))
_START = 1
#: Plugins whose tensors are understood; those of all others are left alone.
_PLUGINS = (b"", b"scalars", b"histograms", b"text", b"graph_keras_model", b"diagnose")


@dataclass
class _Value:
    """One ``Summary.Value``: where its parts stand in the payload."""

    tag: bytes = b""
    member: int = 0
    spans: list[Span] = field(default_factory=list)
    metadata: list[Span] = field(default_factory=list)


@dataclass
class _Event:
    wall: bytes = bytes(8)
    step: int = 0
    summaries: list[Span] = field(default_factory=list)
    sessions: list[Span] = field(default_factory=list)
    fields: int = 0


class Decoder:
    """Decodes the payloads of one file into ``columns``.

    ``plugins`` (tag → plugin name) is shared by the files of a folder: only a tag's first value
    carries it.
    """

    def __init__(self, columns: Columns, plugins: dict[bytes, bytes]) -> None:
        self.columns = columns
        self.plugins = plugins
        # Everything between the step and the last 4 (or 8) bytes → the column that those are
        # a value of. Equal bytes have one meaning, so that a look-up replaces the parsing.
        self._singles: dict[bytes, Scalars] = {}
        self._doubles: dict[bytes, Scalars] = {}

    def decode(self, payload: bytes) -> None:
        """Takes one Event. Raises ``Malformed`` where it, or a value in it, is none."""
        step, at = 0, _behind_wall(payload)
        if at and payload[at] == 0x10:
            step, at = varint(payload, at + 1, len(payload))
        if at:
            column = self._singles.get(payload[at:-4])
            if column is not None:
                column.values += payload[-4:]
            elif self._doubles:
                column = self._doubles.get(payload[at:-8])
                if column is not None:
                    column.values += payload[-8:]
            if column is not None:
                column.steps.append(step if step < 1 << 63 else signed(step))
                column.wall += payload[1:9]
                return
        self._walk(payload, at)

    def _walk(self, payload: bytes, at: int) -> None:
        event = self._event(payload)
        values = [
            self._value(payload, *span)
            for first, last in event.summaries
            for number, kind, *span in fields(payload, first, last)
            if number == 1 and kind == BYTES
        ]
        # Wall time, step and one summary: then nothing else decides what the last bytes mean.
        alone = len(values) == 1 and event.fields == (2 if at == 9 else 3)
        for value in values:
            self._plugin(payload, event, value)
            self._take(payload, event, value, at if alone else 0)

    def _event(self, payload: bytes) -> _Event:
        event = _Event()
        member = 0
        for number, kind, first, last in fields(payload, 0, len(payload)):
            if number == 1 and kind == FIXED64:
                event.wall = payload[first:last]
            elif number == 2 and kind == VARINT:
                event.step = signed(first)
            elif number == 10 and kind == BYTES:
                self._source(payload, first, last)
            elif 3 <= number <= 9 and kind == BYTES:
                if number != member:
                    event.summaries.clear()
                member = number
                if number == 5:
                    event.summaries.append((first, last))
                elif number == 7:
                    event.sessions.append((first, last))
            event.fields += 1
        for span in event.sessions:
            self._session(payload, *span, event)
        return event

    def _source(self, payload: bytes, at: int, end: int) -> None:
        for number, kind, first, last in fields(payload, at, end):
            if number == 1 and kind == BYTES and not self.columns.writer:
                self.columns.writer = payload[first:last].decode("utf-8", "replace")

    def _session(self, payload: bytes, at: int, end: int, event: _Event) -> None:
        for number, kind, first, _ in fields(payload, at, end):
            if number == 1 and kind == VARINT and first == _START:
                self.columns.starts.append((_F64.unpack(event.wall)[0], event.step))

    def _value(self, payload: bytes, at: int, end: int) -> _Value:
        value = _Value()
        for number, kind, first, last in fields(payload, at, end):
            if number == 1 and kind == BYTES:
                value.tag = payload[first:last]
            elif number == 9 and kind == BYTES:
                value.metadata.append((first, last))
            elif number in _ONEOF and kind == (FIXED32 if number == _SIMPLE else BYTES):
                if number != value.member or number == _SIMPLE:
                    value.spans.clear()
                value.member = number
                value.spans.append((first, last))
        return value

    def _plugin(self, payload: bytes, event: _Event, value: _Value) -> None:
        """Remembers the plugin of a tag, and what hparams keep in its metadata."""
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
        if name and value.tag not in self.plugins:
            self.plugins[value.tag] = name
            self._singles.clear()
            self._doubles.clear()
        if name == b"hparams" and content:
            self.columns.hparams.append(_note(event, value, content))
        elif name == b"diagnose" and content:
            self.columns.layouts.setdefault(value.tag.decode("utf-8", "replace"), content)

    def _take(self, payload: bytes, event: _Event, value: _Value, at: int) -> None:
        if value.member == _SIMPLE:
            self._scalar(payload, event, value.tag, "<f4", value.spans[0], at)
            return
        if value.member not in (_HISTO, _TENSOR):
            return
        if len(value.spans) > 1:
            # A message given in several parts is the message of the parts joined.
            payload, at = b"".join(payload[first:last] for first, last in value.spans), 0
            value.spans = [(0, len(payload))]
        if value.member == _HISTO:
            self._distribution(event, value.tag, histograms.from_proto(payload, *value.spans[0]))
        else:
            self._tensor(payload, event, value, at)

    def _tensor(self, payload: bytes, event: _Event, value: _Value, at: int) -> None:
        plugin = self.plugins.get(value.tag, b"")
        if plugin not in _PLUGINS:
            return
        tensor = tensors.parse(payload, *value.spans[0])
        if tensor.is_text:
            if plugin in (b"text", b"graph_keras_model"):
                notes = self.columns.texts if plugin == b"text" else self.columns.models
                notes.append(_note(event, value, b"\n".join(tensor.strings())))
        elif not tensor.numeric:
            return
        elif plugin == b"diagnose":
            self._table(event, value.tag, tensor)
        elif plugin == b"histograms":
            if tensor.shape is not None and tensor.shape[-1:] == (3,) and len(tensor.shape) == 2:
                rows = tensor.numbers().astype(np.float64)
                self._distribution(event, value.tag, histograms.from_tensor(rows))
        elif tensor.shape == () or (plugin == b"scalars" and tensor.single):
            number = tensor.numbers()[-1:]
            kind = "<f4" if number.dtype == np.float32 else "<f8"
            with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
                raw = number.astype(kind).tobytes()
            if at and tensor.verbatim() == (len(payload) - len(raw), len(payload)):
                self._scalar(payload, event, value.tag, kind, tensor.verbatim(), at)
            else:
                self._scalar(raw, event, value.tag, kind, (0, len(raw)), 0)

    def _scalar(
        self, data: bytes, event: _Event, tag: bytes, kind: str, span: Span, at: int
    ) -> None:
        width = 4 if kind == "<f4" else 8
        first = span[0]
        raw = data[first : first + width]
        column = self.columns.scalar(tag.decode("utf-8", "replace"), kind)
        if column.kind != kind:
            if column.kind == "<f4":
                column.widen()
                self._singles.clear()
            else:
                with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
                    raw = np.frombuffer(raw, "<f4").astype("<f8").tobytes()
        elif at and first + width == len(data):
            (self._singles if width == 4 else self._doubles)[data[at:-width]] = column
        column.steps.append(event.step)
        column.wall += event.wall
        column.values += raw

    def _distribution(self, event: _Event, tag: bytes, buckets: histograms.Buckets) -> None:
        column = self.columns.histogram(tag.decode("utf-8", "replace"))
        column.steps.append(event.step)
        column.wall += event.wall
        self.columns.reducer.add(buckets, column.rows)

    def _table(self, event: _Event, tag: bytes, tensor: tensors.Tensor) -> None:
        """Takes one step of vitals; without a layout nobody knows what its numbers mean."""
        name = tag.decode("utf-8", "replace")
        layout = self.columns.layouts.get(name)
        numbers = tensor.numbers().astype("<f4")
        if layout is None or not len(numbers):
            return
        table = self.columns.vitals.setdefault(name, Tables(layout, len(numbers)))
        if len(numbers) == table.size:
            table.steps.append(event.step)
            table.wall += event.wall
            table.values += numbers.tobytes()


def _behind_wall(payload: bytes) -> int:
    """Position behind the wall time, where it comes first and step or summary follows; else 0."""
    if len(payload) > 17 and payload[0] == 0x09 and payload[9] in (0x10, 0x2A):
        return 9
    return 0


def _note(event: _Event, value: _Value, content: bytes) -> Note:
    wall = _F64.unpack(event.wall)[0]
    tag = value.tag.decode("utf-8", "replace")
    return Note(tag, 0.0 if isnan(wall) else wall, content)
