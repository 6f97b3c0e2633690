"""Where tables are written: an event file of one's own, or the writer that is already there."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google_crc32c import value as crc32c

from tb_diagnose.attach.layout import PLUGIN, Array
from tb_diagnose.read.wire.records import masked

_FLOAT, _TENSOR = 1, 2


class FileSink:
    """An event file in a folder that no other writer writes to, made with the first table.

    It is not held open: what ``flush`` has written stays, whatever becomes of the process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._pending = bytearray()

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        self._pending += record(event(summary(tag, values, content), step))

    def flush(self) -> None:
        if not self._pending:
            return
        if self._path is None:
            self._path = self._begun()
        with self._path.open("ab") as file:
            file.write(self._pending)
        self._pending.clear()

    def _begun(self) -> Path:
        """A file name that TensorBoard takes for an event file; its first record."""
        self._folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        name = f"events.out.tfevents.{int(now):010d}.{socket.gethostname()}.{os.getpid()}"
        self._pending[:0] = record(_double(1, now) + _bytes(3, b"brain.Event:2"))
        # Files are read in the order of their names: two of one second must not change places.
        return self._folder / f"{name}.{int(now % 1 * 1_000_000):06d}.v2"


class TensorFlowSink:
    """The summary writer of a TensorFlow training, which ``writer`` returns."""

    def __init__(self, writer: Callable[[], Any]) -> None:
        self._writer = writer

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        import tensorflow as tf

        metadata = tf.compat.v1.SummaryMetadata(data_class=_TENSOR)
        metadata.plugin_data.plugin_name = PLUGIN
        metadata.plugin_data.content = content
        with tf.init_scope(), self._writer().as_default(), tf.summary.record_if(True):
            tf.summary.write(tag, values, step=step, metadata=metadata)

    def flush(self) -> None:
        self._writer().flush()


class SummaryWriterSink:
    """PyTorch's ``SummaryWriter`` (or one with the same ``file_writer``)."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        parsed = Summary.FromString(summary(tag, values, content))
        self._writer._get_file_writer().add_summary(parsed, step)  # noqa: SLF001

    def flush(self) -> None:
        self._writer.flush()


def record(payload: bytes) -> bytes:
    """An event file's frame around a payload."""
    length = struct.pack("<Q", len(payload))
    return (
        length
        + struct.pack("<I", masked(crc32c(length)))
        + payload
        + struct.pack("<I", masked(crc32c(payload)))
    )


def event(encoded: bytes, step: int) -> bytes:
    """An ``Event`` with a summary, dated now."""
    return _double(1, time.time()) + _number(2, step) + _bytes(5, encoded)


def summary(tag: str, values: Array, content: bytes) -> bytes:
    """A ``Summary`` with one tensor of this plugin."""
    sizes = b"".join(_bytes(2, _number(1, size)) for size in values.shape)
    tensor = _number(1, _FLOAT) + _bytes(2, sizes) + _bytes(4, values.tobytes())
    plugin = _bytes(1, PLUGIN.encode()) + (_bytes(2, content) if content else b"")
    metadata = _bytes(1, plugin) + _number(4, _TENSOR)
    return _bytes(1, _bytes(1, tag.encode()) + _bytes(8, tensor) + _bytes(9, metadata))


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", number)


def _bytes(field: int, octets: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(octets)) + octets
