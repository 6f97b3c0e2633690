"""Where tables are written: an event file of one's own, or the writer that is already there."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from google_crc32c import value as crc32c

from tb_diagnose.attach.core.table_writer import Array
from tb_diagnose.core.vitals import PLUGIN
from tb_diagnose.read.wire.records import masked

_TENSOR = 2  # DATA_CLASS_TENSOR: without it TensorBoard drops the tag


class Sink(Protocol):
    """Where tables go: one growing event file."""

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        """Append one table; ``content`` is the metadata's, empty but for the first."""

    def write_text(self, tag: str, text: str) -> None:
        """Append one text summary, at step 0."""

    def flush(self) -> None:
        """Hand everything written so far to the operating system."""


class SummarySink:
    """Where summaries are appended as protocol buffers; ``_add`` appends one."""

    def write(self, tag: str, values: Array, step: int, content: bytes) -> None:
        self._add(table_summary(tag, values, content), step)

    def write_text(self, tag: str, text: str) -> None:
        self._add(text_summary(tag, text), 0)

    def _add(self, summary: Any, step: int) -> None:
        raise NotImplementedError


class FileSink(SummarySink):
    """An event file in a folder that no other writer writes to, made with the first summary.

    It is not held open: what ``flush`` has written stays, whatever becomes of the process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._pending = bytearray()

    def _add(self, summary: Any, step: int) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        event = Event(wall_time=time.time(), step=step, summary=summary)
        self._pending += record(event.SerializeToString())

    def flush(self) -> None:
        if not self._pending:
            return
        if self._path is None:
            self._path = self._begin()
        with self._path.open("ab") as file:
            file.write(self._pending)
        self._pending.clear()

    def _begin(self) -> Path:
        """A file name that TensorBoard takes for an event file; its first record."""
        from tensorboard.compat.proto.event_pb2 import Event

        self._folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        version = Event(wall_time=now, file_version="brain.Event:2")
        self._pending[:0] = record(version.SerializeToString())
        name = f"events.out.tfevents.{int(now):010d}.{socket.gethostname()}.{os.getpid()}"
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

    def write_text(self, tag: str, text: str) -> None:
        import tensorflow as tf

        with tf.init_scope(), self._writer().as_default(), tf.summary.record_if(True):
            tf.summary.text(tag, text, step=0)

    def flush(self) -> None:
        self._writer().flush()


class SummaryWriterSink(SummarySink):
    """PyTorch's ``SummaryWriter``, or that of tensorboardX."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def _add(self, summary: Any, step: int) -> None:
        if type(self._writer).__module__.startswith("tensorboardX"):
            from tensorboardX.proto.summary_pb2 import Summary  # the same message, its own class

            summary = Summary.FromString(summary.SerializeToString())
        self._writer._get_file_writer().add_summary(summary, step)  # noqa: SLF001

    def flush(self) -> None:
        self._writer.flush()


def table_summary(tag: str, values: Array, content: bytes) -> Any:
    """A ``Summary`` with one float32 tensor of this plugin."""
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_FLOAT

    plugin = SummaryMetadata.PluginData(plugin_name=PLUGIN, content=content)
    metadata = SummaryMetadata(plugin_data=plugin, data_class=_TENSOR)
    tensor = TensorProto(dtype=DT_FLOAT, tensor_content=values.tobytes())
    return _summary(tag, metadata, tensor, values.shape)


def text_summary(tag: str, text: str) -> Any:
    """A ``Summary`` for TensorBoard's text tab."""
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING

    plugin = SummaryMetadata.PluginData(plugin_name="text")
    metadata = SummaryMetadata(plugin_data=plugin, data_class=_TENSOR)
    tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode()])
    return _summary(tag, metadata, tensor, ())


def _summary(tag: str, metadata: Any, tensor: Any, shape: tuple[int, ...]) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    return Summary(value=[Summary.Value(tag=tag, metadata=metadata, tensor=tensor)])


def record(payload: bytes) -> bytes:
    """An event file's frame around a payload."""
    length = struct.pack("<Q", len(payload))
    return (
        length
        + struct.pack("<I", masked(crc32c(length)))
        + payload
        + struct.pack("<I", masked(crc32c(payload)))
    )
