"""From the payload of a record to what it holds: Event, Summary and its values."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import isnan
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.columns import Column, Contents, Note, Tables, text
from tb_diagnose.read.decode.plain import DOUBLE, FLOAT, HISTOGRAM
from tb_diagnose.read.wire import messages, tensors
from tb_diagnose.read.wire.messages import Event, Value

_F64 = struct.Struct("<d")
#: Plugins whose tensors are understood; those of all others are left alone.
_PLUGINS = (b"", b"scalars", b"histograms", b"text", b"graph_keras_model", b"diagnose")


class Store(Protocol):
    """Where points go: ``PlainStore`` or ``NativeStore``."""

    def scan(self, octets: NDArray[np.uint8], rest: int, /) -> int: ...
    def plugin(self, tag: bytes, name: bytes = b"") -> bytes: ...
    def add(self, tag: bytes, kind: int, step: int, wall: bytes, value: bytes) -> None: ...
    def collect(self) -> Iterator[tuple[str, bool, Column]]: ...


class Decoder:
    """Decodes the payloads of one file: points into ``store``, all else into ``contents``."""

    def __init__(self, contents: Contents, store: Store) -> None:
        self.contents = contents
        self.store = store

    def decode(self, payload: bytes) -> None:
        """Takes one Event. Raises ``Malformed`` where it, or a value in it, is none."""
        event = messages.event(payload)
        contents = self.contents
        contents.writer = contents.writer or event.writer
        contents.starts += [event.step] * event.starts
        for value in messages.values(payload, event):
            name, content = messages.plugin(payload, value)
            plugin = self.store.plugin(value.tag, name)
            if content and name == b"hparams":
                contents.hparams.append(_note(event, value, content))
            elif content and name == b"diagnose":
                contents.layouts.setdefault(text(value.tag), content)
            self._take(payload, event, value, plugin)

    def _take(self, payload: bytes, event: Event, value: Value, plugin: bytes) -> None:
        if value.member == messages.SIMPLE:
            first, last = value.spans[0]
            self.store.add(value.tag, FLOAT, event.step, event.wall, payload[first:last])
            return
        if value.member not in (messages.HISTO, messages.TENSOR):
            return
        (first, last), *others = value.spans
        if others:
            # A message given in several parts is the message of the parts joined.
            payload = b"".join(payload[first:last] for first, last in value.spans)
            first, last = 0, len(payload)
        if value.member == messages.HISTO:
            self._histogram(event, value, histograms.from_proto(payload, first, last))
        elif plugin in _PLUGINS:
            self._tensor(event, value, plugin, tensors.parse(payload, first, last))

    def _tensor(self, event: Event, value: Value, plugin: bytes, tensor: tensors.Tensor) -> None:
        if not plugin and tensor.shape != ():
            self.contents.unnamed.add(value.tag)
        elif tensor.is_text:
            if plugin in (b"text", b"graph_keras_model"):
                notes = self.contents.texts if plugin == b"text" else self.contents.models
                notes.append(_note(event, value, b"\n".join(tensor.strings())))
        elif not tensor.numeric:
            return
        elif plugin == b"diagnose":
            self._vitals(event, value.tag, tensor)
        elif plugin == b"histograms":
            if tensor.shape is not None and tensor.shape[-1:] == (3,) and len(tensor.shape) == 2:
                rows = tensor.numbers().astype(np.float64).reshape(-1, 3)
                self._histogram(event, value, histograms.from_tensor(rows))
        elif tensor.shape == () or (plugin == b"scalars" and tensor.single):
            kind, number = tensor.scalar()
            self.store.add(value.tag, FLOAT if kind == "<f4" else DOUBLE, event.step, event.wall,
                           number)  # fmt: skip

    def _histogram(self, event: Event, value: Value, buckets: histograms.Buckets) -> None:
        row = histograms.reduced(buckets).tobytes()
        self.store.add(value.tag, HISTOGRAM, event.step, event.wall, row)

    def _vitals(self, event: Event, tag: bytes, tensor: tensors.Tensor) -> None:
        """Takes one step of vitals; without a layout nobody knows what its numbers mean."""
        name = text(tag)
        layout = self.contents.layouts.get(name)
        with np.errstate(over="ignore"):
            numbers = tensor.numbers().astype("<f4")
        if layout is None or not len(numbers):
            return
        table = self.contents.vitals.setdefault(name, Tables(layout, len(numbers)))
        if len(numbers) == table.size:
            table.steps.append(event.step)
            table.wall += event.wall
            table.values += numbers.tobytes()


def _note(event: Event, value: Value, content: bytes) -> Note:
    wall = _F64.unpack(event.wall)[0]
    return Note(text(value.tag), 0.0 if isnan(wall) else wall, content)
