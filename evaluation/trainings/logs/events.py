"""Event files as TensorFlow's and PyTorch's writers lay them out, record for record."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from google_crc32c import value as crc32c
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2

from trainings.plan import Array

Value: TypeAlias = summary_pb2.Summary.Value

#: What TensorFlow's writers, and TensorBoard's own, which PyTorch uses, call themselves.
TENSORFLOW = "tensorflow.core.util.events_writer"
TENSORBOARD = "tensorboard.summary.writer.event_file_writer"


class EventFile:
    """One event file; its records are kept until it is closed.

    ``writer`` is what it says that it was written by; old writers say nothing.
    """

    def __init__(self, path: Path, begin: float, writer: str = "") -> None:
        self.path = path
        head = event_pb2.Event(wall_time=begin, file_version="brain.Event:2")
        if writer:
            head.source_metadata.writer = writer
        self._records = [_framed(head.SerializeToString())]

    def add(self, step: int, wall: float, values: Iterable[Value]) -> None:
        """One event with these values."""
        event = event_pb2.Event(wall_time=wall, step=step)
        event.summary.value.extend(values)
        self._records.append(_framed(event.SerializeToString()))

    def close(self) -> None:
        """Writes the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"".join(self._records))


def simple(tag: str, value: float) -> Value:
    """A scalar as PyTorch's SummaryWriter writes it."""
    return Value(tag=tag, simple_value=float(np.float32(value)))


def scalar(tag: str, value: float) -> Value:
    """A scalar as ``tf.summary.scalar`` writes it."""
    with np.errstate(over="ignore"):
        content = np.float32(value).tobytes()
    return _tensor(tag, "scalars", types_pb2.DT_FLOAT, [], content)


def histogram(tag: str, low: float, high: float, counts: Array) -> Value:
    """A histogram of 30 bins as ``tf.summary.histogram`` writes it."""
    edges = np.linspace(low, high, len(counts) + 1)
    if low == high:
        counts = np.append(np.zeros(len(counts) - 1), counts.sum())
    rows = np.stack([edges[:-1], edges[1:], counts], axis=1).astype("<f8")
    return _tensor(tag, "histograms", types_pb2.DT_DOUBLE, rows.shape, rows.tobytes())


def text(tag: str, content: str) -> Value:
    """A text as PyTorch's SummaryWriter writes it."""
    value = Value(tag=tag)
    value.metadata.plugin_data.plugin_name = "text"
    value.tensor.CopyFrom(_strings(content, (1,)))
    return value


def keras_model(content: str) -> Value:
    """The configuration of a model as the Keras callback writes it."""
    value = Value(tag="keras")
    value.metadata.plugin_data.plugin_name = "graph_keras_model"
    value.metadata.plugin_data.content = b"1"
    value.tensor.CopyFrom(_strings(content, ()))
    return value


def _strings(content: str, shape: tuple[int, ...]) -> tensor_pb2.TensorProto:
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[content.encode()])
    tensor.tensor_shape.SetInParent()
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    return tensor


def _tensor(tag: str, plugin: str, kind: int, shape: Iterable[int], content: bytes) -> Value:
    value = Value(tag=tag)
    value.tensor.dtype = kind
    value.tensor.tensor_shape.SetInParent()
    for size in shape:
        value.tensor.tensor_shape.dim.add(size=size)
    value.tensor.tensor_content = content
    value.metadata.plugin_data.plugin_name = plugin
    return value


def _framed(payload: bytes) -> bytes:
    size = struct.pack("<Q", len(payload))
    return size + _masked(size) + payload + _masked(payload)


def _masked(content: bytes) -> bytes:
    crc = crc32c(content)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)
