"""TensorProto: from wire format to numbers or strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.wire.wire import BYTES, VARINT, Malformed, fields, packed, signed

DOUBLE, _STRING, _BFLOAT16, _HALF = 2, 7, 14, 19
#: TensorFlow's DataType → how its elements lie in ``tensor_content``.
_LAYOUT = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "u1",
    14: "<u2", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
_FLOAT_VAL, _DOUBLE_VAL, _STRING_VAL = 5, 6, 8
#: TensorFlow's DataType → the repeated field that its values may stand in instead.
_VALUES = {
    1: 5, 2: 6, 3: 7, 4: 7, 5: 7, 6: 7, 7: 8, 9: 10, 10: 11, 14: 13, 17: 7, 19: 13, 22: 16, 23: 17,
}  # fmt: skip
#: A tensor is filled up to so many elements (chosen: a few bytes must not stand for gigabytes),
#: and has so many axes (TensorFlow's own limit).
_MOST_FILLED, _MOST_AXES = 256, 254


@dataclass
class Tensor:
    """A tensor whose elements have been found but not yet decoded.

    Attributes:
        shape: sizes of the axes, None where the rank is unknown.
        content: span of ``tensor_content``.
        values: field number → spans of the repeated fields.
    """

    data: bytes
    dtype: int = 0
    shape: tuple[int, ...] | None = ()
    content: tuple[int, int] = (0, 0)
    values: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        return self.dtype in _LAYOUT

    @property
    def is_text(self) -> bool:
        return self.dtype == _STRING

    @property
    def single(self) -> bool:
        """Whether it holds exactly one element."""
        if self.shape is None:
            return len(self.numbers()) == 1
        return prod(self.shape) == 1

    def numbers(self) -> NDArray[Any]:
        """The elements, flat: floats as they are, half and bfloat16 as float32."""
        first, last = self.content
        layout = np.dtype(_LAYOUT[self.dtype])
        if last > first:
            if (last - first) % layout.itemsize:
                raise Malformed("tensor_content is not a whole number of elements")
            raw = np.frombuffer(self.data, layout, (last - first) // layout.itemsize, first)
        else:
            raw = self._listed(layout)
        return self._widened(self._filled(raw))

    def scalar(self) -> tuple[str, bytes]:
        """The last element, ``<f4`` or ``<f8`` and its bytes: bit by bit where it is a float."""
        layout = _LAYOUT[self.dtype]
        first, last = self.content
        if not last:
            spans = self.values.get(_VALUES[self.dtype], [])
            first, last = spans[0][1:] if len(spans) == 1 else (0, 0)
        if layout in ("<f4", "<f8") and last - first == int(layout[2]):
            return layout, self.data[first:last]
        number = self.numbers()[-1:]
        kind = "<f4" if number.dtype == np.float32 else "<f8"
        with np.errstate(invalid="ignore"):  # a signaling NaN says so when it is widened
            return kind, number.astype(kind).tobytes()

    def strings(self) -> list[bytes]:
        """The elements of a string tensor."""
        return [self.data[first:last] for _, first, last in self.values.get(_STRING_VAL, ())]

    def _listed(self, layout: np.dtype[Any]) -> NDArray[Any]:
        spans = self.values.get(_VALUES[self.dtype], [])
        if _VALUES[self.dtype] in (_FLOAT_VAL, _DOUBLE_VAL):
            joined = b"".join(self.data[first:last] for _, first, last in spans)
            if len(joined) % layout.itemsize:
                raise Malformed("a list of numbers is not a whole number of elements")
            return np.frombuffer(joined, layout)
        listed = [signed(number) for number in packed(self.data, spans)]
        bits = np.array(listed, np.int64)
        if self.dtype == 10:
            bits = (bits != 0).astype(np.int64)
        if self.dtype == _HALF:
            return bits.astype(np.uint16).view(np.float16)
        return bits.astype(layout)

    def _filled(self, raw: NDArray[Any]) -> NDArray[Any]:
        """A short list of values stands for a tensor filled up with the last of them."""
        if self.shape is None or len(raw) == (size := prod(self.shape)):
            return raw
        if len(raw) > size or size > _MOST_FILLED or self.content[1] > self.content[0]:
            raise Malformed("a tensor holds more or fewer values than its shape says")
        last = raw[-1:] if len(raw) else np.zeros(1, raw.dtype)
        return np.concatenate([raw, np.repeat(last, size - len(raw))])

    def _widened(self, raw: NDArray[Any]) -> NDArray[Any]:
        if self.dtype == _BFLOAT16:
            return (raw.astype(np.uint32) << 16).view(np.float32)
        if self.dtype == _HALF:
            with np.errstate(invalid="ignore"):  # a signaling NaN is told when it is widened
                return raw.astype(np.float32)
        return raw


def parse(data: bytes, at: int, end: int) -> Tensor:
    """Finds the parts of the TensorProto in ``data[at:end]``. Raises ``Malformed``."""
    tensor = Tensor(data)
    shape: list[tuple[int, int]] = []
    for number, kind, first, last in fields(data, at, end):
        if number == 1 and kind == VARINT:
            tensor.dtype = first
        elif number == 2 and kind == BYTES:
            shape.append((first, last))
        elif number == 4 and kind == BYTES:
            tensor.content = first, last
        elif number >= _FLOAT_VAL:
            tensor.values.setdefault(number, []).append((kind, first, last))
    if shape:
        tensor.shape = _shape(data, shape)
    return tensor


def _shape(data: bytes, spans: list[tuple[int, int]]) -> tuple[int, ...] | None:
    sizes: list[int] = []
    for span in spans:
        for number, kind, first, last in fields(data, *span):
            if number == 2 and kind == BYTES:
                size = 0
                for inner, inner_kind, value, _ in fields(data, first, last):
                    if inner == 1 and inner_kind == VARINT:
                        size = signed(value)
                sizes.append(size)
                if len(sizes) > _MOST_AXES:
                    raise Malformed("a tensor has too many axes")
            elif number == 3 and kind == VARINT and first:
                return None
    return tuple(sizes)
