"""What TensorBoard's own protocol buffers read in events: slow, plain, and the measure of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tb_diagnose.read.columns.histograms import Buckets, from_limits, from_tensor

event_pb2 = pytest.importorskip("tensorboard.compat.proto.event_pb2")

_FIELDS = {1: ("float_val", "<f4"), 2: ("double_val", "<f8"), 3: ("int_val", "<i4"),
           9: ("int64_val", "<i8"), 19: ("half_val", "<f2")}  # fmt: skip


@dataclass
class Expected:
    """Points by tag: (step, wall, value) of scalars, (step, buckets) of histograms."""

    scalars: dict[str, list[tuple[int, float, Any]]] = field(default_factory=dict)
    histograms: dict[str, list[tuple[int, Buckets]]] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)

    def take(self, payload: bytes) -> None:
        """Adds what one event holds; nothing if it is none."""
        try:
            one = event_pb2.Event.FromString(payload)
        except Exception:  # noqa: BLE001 (each version of protobuf has its own)
            return
        for value in one.summary.value:
            if value.metadata.plugin_data.plugin_name:
                self.plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            self._value(one, value)

    def _value(self, one: Any, value: Any) -> None:
        kind, plugin = value.WhichOneof("value"), self.plugins.get(value.tag, "")
        if kind == "simple_value":
            number = np.float32(value.simple_value)
            self.scalars.setdefault(value.tag, []).append((one.step, one.wall_time, number))
        elif kind == "histo":
            found = self.histograms.setdefault(value.tag, [])
            found.append((one.step, _limited(value.histo)))
        elif kind == "tensor" and value.tensor.dtype in _FIELDS:
            array = _array(value.tensor)
            if plugin == "histograms":
                found = self.histograms.setdefault(value.tag, [])
                found.append((one.step, from_tensor(array.reshape(-1, 3))))
            elif plugin in ("", "scalars"):
                self.scalars.setdefault(value.tag, []).append((one.step, one.wall_time, array[0]))


def _limited(histo: Any) -> Buckets:
    singles = (histo.min, histo.max, histo.num, histo.sum, histo.sum_squares)
    limits, count = np.array(histo.bucket_limit), np.array(histo.bucket)
    return from_limits(limits, count, list(singles))


def _array(tensor: Any) -> Any:
    name, layout = _FIELDS[tensor.dtype]
    if tensor.tensor_content:
        found = np.frombuffer(tensor.tensor_content, layout)
    else:
        found = np.array(getattr(tensor, name)).astype(layout)
    if layout == "<f2":
        return found.astype(np.float32)
    return found if layout in ("<f4", "<f8") else found.astype(np.float64)


def expected(payloads: list[bytes]) -> Expected:
    """What protobuf reads in all of them."""
    found = Expected()
    for payload in payloads:
        found.take(payload)
    return found
