"""Writes event files for tests, byte by byte, without TensorBoard.

    with Log(folder) as log:
        log.scalars("loss", [2.3, 1.9, 1.7])
        log.histogram("dense/kernel/histogram", weights, step=0)

Each event is written one second after the one before, unless ``log.now`` is moved or ``wall`` is
given. Every log is a file of its own; its name carries the moment at which it was opened.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from google_crc32c import value as crc32c
from numpy.typing import ArrayLike

_TYPES = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "int64": 9,
          "bool": 10, "uint16": 17, "float16": 19, "uint32": 22, "uint64": 23}  # fmt: skip
STRING = 7


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def record(payload: bytes) -> bytes:
    """A payload with its frame: length, CRC, payload, CRC."""
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked(length)) + payload + struct.pack("<I", masked(payload))


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """A varint field."""
    return varint(field << 3) + varint(value)


def double(field: int, value: float) -> bytes:
    return varint(field << 3 | 1) + struct.pack("<d", value)


def message(field: int, content: bytes | str) -> bytes:
    """A field of bytes: a string, a message, a packed list."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def event(wall: float, step: int, content: bytes = b"") -> bytes:
    """The payload of an Event; ``content`` is whatever fields it has besides."""
    return double(1, wall) + (number(2, step) if step else b"") + content


def summary(tag: str, content: bytes) -> bytes:
    """A Summary with one value, as a field of an Event."""
    return message(5, message(1, message(1, tag) + content))


def metadata(plugin: str, content: bytes = b"") -> bytes:
    """SummaryMetadata, as a field of a Summary.Value."""
    return message(9, message(1, message(1, plugin) + (message(2, content) if content else b"")))


def tensor(values: ArrayLike, dtype: str = "float32") -> bytes:
    """A numeric TensorProto with ``tensor_content``, as a field of a Summary.Value."""
    array = np.asarray(values, dtype)
    shape = b"".join(message(2, number(1, size)) for size in array.shape)
    return message(8, number(1, _TYPES[dtype]) + message(2, shape) + message(4, array.tobytes()))


def strings(*texts: str) -> bytes:
    """A string TensorProto, as a field of a Summary.Value; a scalar if there is one text."""
    shape = b"" if len(texts) == 1 else message(2, number(1, len(texts)))
    content = b"".join(message(8, text) for text in texts)
    return message(8, number(1, STRING) + message(2, shape) + content)


def session(hparams: Mapping[str, Any]) -> bytes:
    """HParamsPluginData with a SessionStartInfo."""
    entries = b"".join(
        message(1, message(1, k) + message(2, _value(v))) for k, v in hparams.items()
    )
    return message(3, entries)


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return number(4, value)
    if isinstance(value, int | float):
        return double(2, value)
    if isinstance(value, list):
        return message(6, b"".join(message(1, _value(each)) for each in value))
    return message(3, str(value))


class Log:
    """An event file that is being written.

    ``folder`` is made if it is not there. ``start`` is the moment of the first event, ``every``
    the seconds between events; ``process`` goes into the file's name.
    """

    def __init__(
        self,
        folder: Path,
        *,
        start: float = 1_700_000_000.0,
        every: float = 1.0,
        process: str = "host.1.0",
        writer: str = "tensorflow.core.util.events_writer",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"events.out.tfevents.{int(start)}.{process}.v2"
        self.now, self.every = start, every
        self._told: set[str] = set()
        self._file = self.path.open("ab")
        self.raw(event(start, 0, message(3, "brain.Event:2") + message(10, message(1, writer))))

    def __enter__(self) -> Log:  # noqa: PYI034 (Self came with Python 3.11)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def flush(self) -> None:
        self._file.flush()

    def raw(self, payload: bytes) -> None:
        """Writes any payload as a record."""
        self._file.write(record(payload))

    def value(self, tag: str, content: bytes, step: int, wall: float | None = None) -> None:
        """Writes one event with one summary value."""
        self.raw(event(self.now if wall is None else wall, step, summary(tag, content)))
        self.now += self.every

    def scalar(self, tag: str, value: float, step: int, wall: float | None = None) -> None:
        """As PyTorch and TensorFlow 1 write it: ``simple_value``."""
        self.value(tag, varint(2 << 3 | 5) + struct.pack("<f", value), step, wall)

    def scalars(
        self, tag: str, values: Sequence[float], steps: Iterable[int] | None = None
    ) -> None:
        """A whole curve of ``simple_value``; steps count from 0 if none are given."""
        for step, value in zip(range(len(values)) if steps is None else steps, values, strict=True):
            self.scalar(tag, value, step)

    def tensor(
        self,
        tag: str,
        value: ArrayLike,
        step: int,
        *,
        plugin: str = "scalars",
        dtype: str = "float32",
    ) -> None:
        """As TensorFlow 2 writes it: a tensor; the plugin is named only the first time."""
        self.value(tag, tensor(value, dtype) + self._plugin(tag, plugin), step)

    def tensors(
        self, tag: str, values: Sequence[float], steps: Iterable[int] | None = None
    ) -> None:
        """A whole curve as TensorFlow 2 writes it."""
        for step, value in zip(range(len(values)) if steps is None else steps, values, strict=True):
            self.tensor(tag, value, step)

    def histogram(self, tag: str, data: ArrayLike, step: int, buckets: int = 30) -> None:
        """As TensorFlow 2 writes it: a float64 tensor [buckets, 3] of left, right, count."""
        count, edges = np.histogram(np.asarray(data, np.float64), buckets)
        rows = np.stack([edges[:-1], edges[1:], count], axis=1)
        self.tensor(tag, rows, step, plugin="histograms", dtype="float64")

    def histogram_proto(self, tag: str, data: ArrayLike, step: int, buckets: int = 30) -> None:
        """As PyTorch and TensorFlow 1 write it: a HistogramProto."""
        array = np.asarray(data, np.float64)
        count, edges = np.histogram(array, buckets)
        moments = (array.min(), array.max(), array.size, array.sum(), (array**2).sum())
        singles = b"".join(double(i, value) for i, value in enumerate(moments, 1))
        lists = message(6, edges[1:].tobytes()) + message(7, count.astype(np.float64).tobytes())
        self.value(tag, message(5, singles + lists), step)

    def text(self, tag: str, *texts: str, step: int = 0) -> None:
        self.value(tag, strings(*texts) + self._plugin(tag, "text"), step)

    def keras(self, model: Mapping[str, Any] | str) -> None:
        """The ``keras`` summary of a Keras callback, from a model's JSON."""
        content = model if isinstance(model, str) else json.dumps(model)
        self.value("keras", strings(content) + self._plugin("keras", "graph_keras_model"), 0)

    def hparams(self, values: Mapping[str, Any]) -> None:
        """As PyTorch writes them: no value, all in the metadata."""
        self.value("_hparams_/session_start_info", metadata("hparams", session(values)), 0)

    def session_start(self, step: int) -> None:
        """A SessionLog START: what was logged at ``step`` or later is superseded."""
        self.raw(event(self.now, step, message(7, number(1, 1))))

    def vitals(
        self, tag: str, table: ArrayLike, step: int, layout: Mapping[str, Any] | None = None
    ) -> None:
        """A table as an attached training writes it; the layout comes with the first one."""
        told = metadata("diagnose", json.dumps(layout).encode() if layout else b"")
        self.value(tag, tensor(table) + told, step)

    def _plugin(self, tag: str, plugin: str) -> bytes:
        if not plugin or tag in self._told:
            return b""
        self._told.add(tag)
        return metadata(plugin)
