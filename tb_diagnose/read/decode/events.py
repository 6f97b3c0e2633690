"""From the payload of a record to columns: Event, Summary and its values."""

from __future__ import annotations

import struct
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.columns import Column, Columns, Note, Tables
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode.layouts import KNOWN, Hole, Layout
from tb_diagnose.read.decode.meanings import Meanings
from tb_diagnose.read.wire import messages, tensors
from tb_diagnose.read.wire.messages import Event, Span, Value
from tb_diagnose.read.wire.wire import signed, varint

_F64 = struct.Struct("<d")
_INTEGER = int.from_bytes
#: Plugins whose tensors are understood; those of all others are left alone.
_PLUGINS = (b"", b"scalars", b"histograms", b"text", b"graph_keras_model", b"diagnose")


class Decoder:
    """Decodes the payloads of one file into ``columns``.

    ``plugins`` (tag → plugin name) is shared by the files of a folder: only a tag's first value
    carries it.
    """

    def __init__(
        self,
        columns: Columns,
        plugins: dict[bytes, bytes],
        table: Table,
        distributions: Distributions,
    ) -> None:
        self.columns = columns
        self.plugins = plugins
        self._table = table
        self._distributions = distributions
        self.meanings = Meanings(columns, plugins, table, distributions)
        # What the record at hand taught: None where others of its layout may mean other things.
        self._holes: list[Hole] | None = None
        self._body = 0

    def decode(self, payload: bytes) -> tuple[Layout | None, int]:
        """Takes one Event. Raises ``Malformed`` where it, or a value in it, is none.

        Returns its layout, None if it has none, and of how many bytes its step is.
        """
        step, at = 0, _behind_wall(payload)
        width = 0
        if at and payload[at] == 0x10:
            step, end = varint(payload, at + 1, len(payload))
            at, width = end, end - at - 1
        body = payload[at:] if at else b""
        layout = KNOWN.find(body) if at else None
        targets = self.meanings.targets(layout) if layout is not None else None
        if layout is None or targets is None:
            return self._walk(payload, at, width), width
        step = signed(step)
        wall = _INTEGER(payload[1:9], "little")
        for target, first, last in targets:
            if target.kind == HISTOGRAM:
                numbers = np.frombuffer(body, "<f8", (last - first) // 8, first)
                self._histogram(target, step, wall, numbers)
            else:
                self._table.one(target, step, wall, _INTEGER(body[first:last], "little"))
        return layout, width

    def _walk(self, payload: bytes, at: int, width: int) -> Layout | None:
        event = messages.event(payload)
        self.columns.writer = self.columns.writer or event.writer
        self.columns.starts += [(_F64.unpack(event.wall)[0], event.step)] * event.starts
        values = messages.values(payload, event)
        # Wall time, step and one summary: then nothing else decides what the body means.
        alone = at > 0 and len(event.summaries) == 1 and event.fields == (3 if width else 2)
        self._holes, self._body = [] if alone else None, at
        plugins = len(self.plugins)
        for value in values:
            self._plugin(payload, event, value)
            self._take(payload, event, value)
        if len(values) > 1 and len(self.plugins) > plugins:
            # A later value may have said what an earlier one of the same tag did not know.
            return None
        if not self._holes:
            return None
        met = [(value.tag, self.plugins.get(value.tag, b"")) for value in values]
        return KNOWN.learn(payload[at:], self._holes, list(dict.fromkeys(met)))

    def _plugin(self, payload: bytes, event: Event, value: Value) -> None:
        """Remembers the plugin of a tag, and what hparams keep in its metadata."""
        name, content = messages.plugin(payload, value)
        if name and value.tag not in self.plugins:
            self.plugins[value.tag] = name
        if name == b"hparams" and content:
            self._holes = None
            self.columns.hparams.append(_note(event, value, content))
        elif name == b"diagnose" and content:
            self.columns.layouts.setdefault(value.tag.decode("utf-8", "replace"), content)

    def _take(self, payload: bytes, event: Event, value: Value) -> None:
        if value.member == messages.SIMPLE:
            self._scalar(payload, event, value.tag, "<f4", value.spans[0], own=True)
            return
        if value.member not in (messages.HISTO, messages.TENSOR):
            return
        own = len(value.spans) == 1
        if not own:
            # A message given in several parts is the message of the parts joined.
            payload = b"".join(payload[first:last] for first, last in value.spans)
            value.spans = [(0, len(payload))]
        if value.member == messages.TENSOR:
            self._tensor(payload, event, value, own=own)
            return
        self._holes = None
        buckets = histograms.from_proto(payload, *value.spans[0])
        column = self.columns.column(value.tag.decode("utf-8", "replace"), HISTOGRAM)
        wall = _INTEGER(event.wall, "little")
        self._distributions.one(column, event.step, wall, buckets)

    def _tensor(self, payload: bytes, event: Event, value: Value, *, own: bool) -> None:
        plugin = self.plugins.get(value.tag, b"")
        if plugin not in _PLUGINS:
            return
        tensor = tensors.parse(payload, *value.spans[0])
        if tensor.is_text:
            self._holes = None
            if plugin in (b"text", b"graph_keras_model"):
                notes = self.columns.texts if plugin == b"text" else self.columns.models
                notes.append(_note(event, value, b"\n".join(tensor.strings())))
        elif not tensor.numeric:
            return
        elif plugin == b"diagnose":
            self._vitals(event, value.tag, tensor)
        elif plugin == b"histograms":
            if tensor.shape is not None and tensor.shape[-1:] == (3,) and len(tensor.shape) == 2:
                self._buckets(event, value.tag, tensor, own=own)
        elif tensor.shape == () or (plugin == b"scalars" and tensor.single):
            number = tensor.numbers()[-1:]
            kind = "<f4" if number.dtype == np.float32 else "<f8"
            with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
                raw = number.astype(kind).tobytes()
            span = tensor.verbatim()
            if span[1] - span[0] == len(raw):
                self._scalar(payload, event, value.tag, kind, span, own=own)
            else:
                self._scalar(raw, event, value.tag, kind, (0, len(raw)), own=False)

    def _scalar(
        self, data: bytes, event: Event, tag: bytes, kind: str, span: Span, *, own: bool
    ) -> None:
        """Takes a scalar that stands in ``data``; ``own`` if that is the payload itself."""
        width = 4 if kind == "<f4" else 8
        raw = data[span[0] : span[0] + width]
        column = self.columns.column(tag.decode("utf-8", "replace"), kind)
        self._open(tag, kind, span[0], width, own=own)
        if column.kind != kind:
            if column.kind == "<f4":
                self._table.widen(column)
                self.meanings.forget()
            else:
                with np.errstate(invalid="ignore"):  # a signalling NaN is told when it is widened
                    raw = np.frombuffer(raw, "<f4").astype("<f8").tobytes()
        wall = _INTEGER(event.wall, "little")
        self._table.one(column, event.step, wall, _INTEGER(raw, "little"))

    def _buckets(self, event: Event, tag: bytes, tensor: tensors.Tensor, *, own: bool) -> None:
        """Takes the histogram that a [k, 3] tensor of (left, right, count) is."""
        rows = tensor.numbers().astype(np.float64)
        first, last = tensor.verbatim()
        exact = own and tensor.dtype == tensors.DOUBLE and last - first == 8 * len(rows) > 0
        self._open(tag, HISTOGRAM, first, last - first, own=exact)
        column = self.columns.column(tag.decode("utf-8", "replace"), HISTOGRAM)
        self._histogram(column, event.step, _INTEGER(event.wall, "little"), rows)

    def _open(self, tag: bytes, kind: str, first: int, size: int, *, own: bool) -> None:
        """Notes that those bytes of the payload are data, and nothing but data."""
        if not own:
            self._holes = None
        elif self._holes is not None:
            self._holes.append(Hole(first - self._body, size, tag, kind))

    def _histogram(self, column: Column, step: int, wall: int, numbers: NDArray[Any]) -> None:
        buckets = histograms.from_tensors(numbers.reshape(1, len(numbers) // 3, 3))
        self._distributions.one(column, step, wall, buckets)

    def _vitals(self, event: Event, tag: bytes, tensor: tensors.Tensor) -> None:
        """Takes one step of vitals; without a layout nobody knows what its numbers mean."""
        self._holes = None
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


def _note(event: Event, value: Value, content: bytes) -> Note:
    wall = _F64.unpack(event.wall)[0]
    tag = value.tag.decode("utf-8", "replace")
    return Note(tag, 0.0 if isnan(wall) else wall, content)
