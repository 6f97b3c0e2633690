"""Every value that is read equals, bit by bit, what TensorBoard's own protocol buffers say."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tb_diagnose.read.event_file import EventFile
from tests.events import Log, double, event, message, metadata, number, record, varint

pytestmark = pytest.mark.usefixtures("reader")

event_pb2 = pytest.importorskip("tensorboard.compat.proto.event_pb2")

#: dtype: (enum, field, NumPy type of tensor_content)
NUMERIC = {
    "float32": (1, 5, "<f4"), "float64": (2, 6, "<f8"), "int32": (3, 7, "<i4"),
    "uint8": (4, 7, "u1"), "int16": (5, 7, "<i2"), "int8": (6, 7, "i1"), "int64": (9, 10, "<i8"),
    "bool": (10, 11, "u1"), "bfloat16": (14, 13, "<u2"), "uint16": (17, 7, "<u2"),
    "half": (19, 13, "<u2"), "uint32": (22, 16, "<u4"), "uint64": (23, 17, "<u8"),
}  # fmt: skip
NAMES = {5: "float_val", 6: "double_val", 7: "int_val", 10: "int64_val", 11: "bool_val",
         13: "half_val", 16: "uint32_val", 17: "uint64_val"}  # fmt: skip
TAGS = st.sampled_from(["a", "loss", "epoch_loss", "ü/x", ""])
BYTES8 = st.binary(min_size=8, max_size=8)
STEPS = st.one_of(st.integers(0, 300), st.integers(-(2**63), 2**63 - 1))
UNKNOWN = st.sampled_from(
    [b"", number(77, 5), message(99, b"abc"), double(50, 1.0), varint(60 << 3 | 5) + b"1234",
     varint(61 << 3 | 3) + number(1, 2) + varint(61 << 3 | 4)]
)  # fmt: skip


@st.composite
def tensors(draw: st.DrawFn) -> bytes:
    """A TensorProto with one element, in any of its encodings, fields in any order."""
    enum, field, layout = NUMERIC[draw(st.sampled_from(sorted(NUMERIC)))]
    raw = np.frombuffer(draw(BYTES8), layout, 1)
    if enum == 10:
        raw = raw & 1
    parts = [number(1, enum)]
    if draw(st.booleans()):
        parts.append(message(2, draw(st.sampled_from([b"", b"", message(2, number(1, 1))]))))
    form = draw(st.sampled_from(["content", "packed", "single"]))
    if form == "content":
        parts.append(message(4, raw.tobytes()))
    elif field in (5, 6):
        wire = 5 if field == 5 else 1
        single = varint(field << 3 | wire) + raw.tobytes()
        parts.append(single if form == "single" else message(field, raw.tobytes()))
    else:
        value = int(raw[0])
        parts.append(number(field, value) if form == "single" else message(field, varint(value)))
    parts.append(draw(UNKNOWN))
    return b"".join(draw(st.permutations(parts)))


@st.composite
def values(draw: st.DrawFn) -> bytes:
    parts = [message(1, draw(TAGS))]
    if draw(st.booleans()):
        parts.append(varint(2 << 3 | 5) + draw(st.binary(min_size=4, max_size=4)))
    else:
        parts.append(message(8, draw(tensors())))
        if draw(st.booleans()):
            parts.append(metadata(draw(st.sampled_from(["scalars", "other", "scalars"]))))
    parts.append(draw(UNKNOWN))
    return message(1, b"".join(draw(st.permutations(parts))))


@st.composite
def events(draw: st.DrawFn) -> bytes:
    parts = [varint(1 << 3 | 1) + draw(BYTES8)]
    step = draw(STEPS)
    if step:
        parts.append(number(2, step))
    kind = draw(st.integers(0, 9))
    if kind < 8:
        parts.append(message(5, b"".join(draw(st.lists(values(), min_size=1, max_size=3)))))
    elif kind == 8:
        parts.append(message(4, draw(st.binary(max_size=50))))
    parts.append(draw(UNKNOWN))
    return b"".join(parts if draw(st.booleans()) else draw(st.permutations(parts)))


def repeated(one: bytes, times: int) -> list[bytes]:
    """Many events of one layout, as a training writes them."""
    return [
        one[:1] + struct.pack("<d", 1e9 + i) + one[9:-4] + struct.pack("<f", i)
        for i in range(times)
    ]


def oracle(payloads: list[bytes]) -> dict[str, list[tuple[int, bytes, float]]]:
    """Per tag: step, wall time and value of every scalar, by protobuf."""
    plugins: dict[str, str] = {}
    found: dict[str, list[tuple[int, bytes, Any]]] = {}
    for payload in payloads:
        one = event_pb2.Event.FromString(payload)
        for value in one.summary.value:
            if value.metadata.plugin_data.plugin_name:
                plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            scalar = _scalar(value, plugins.get(value.tag, ""))
            if scalar is not None:
                wall = struct.pack("<d", one.wall_time)
                found.setdefault(value.tag, []).append((one.step, wall, scalar))
    return found


def _scalar(value: Any, plugin: str) -> Any:
    if value.WhichOneof("value") == "simple_value":
        return np.float32(value.simple_value)
    if value.WhichOneof("value") != "tensor" or plugin not in ("", "scalars"):
        return None
    if not plugin and value.tensor.tensor_shape.dim:
        return None
    return _element(value.tensor)


def _element(tensor: Any) -> Any:
    """The first element; TensorBoard's own reader has no bfloat16, uint32 and uint64."""
    field, layout = next((f, kind) for enum, f, kind in NUMERIC.values() if enum == tensor.dtype)
    listed = getattr(tensor, NAMES[field])
    if len(listed) > math.prod(dim.size for dim in tensor.tensor_shape.dim):
        raise ValueError("more values than the shape says: no tensor")
    if tensor.tensor_content:
        bits = np.frombuffer(tensor.tensor_content, layout)[0]
    else:
        bits = np.array(listed[:1]).astype(layout)[0]
    if tensor.dtype == 14:
        # bfloat16 is the upper half of a float32.
        return (np.array([bits], np.uint32) << 16).view(np.float32)[0]
    if tensor.dtype == 19:
        return np.float32(np.array([bits]).view(np.float16)[0])
    return bits if layout == "<f4" else np.float64(bits)


def check(path: Path, payloads: list[bytes]) -> None:
    file = EventFile(path)
    file.refresh()
    assert not file.lost
    expected = oracle(payloads)
    assert set(file.contents.scalars) == set(expected)
    for tag, points in expected.items():
        column = file.contents.scalars[tag]
        assert list(column.steps) == [step for step, _, _ in points]
        assert bytes(column.wall) == b"".join(wall for _, wall, _ in points)
        for got, (_, _, value) in zip(column.values, points, strict=True):
            same = got.dtype.type(value)
            assert got.tobytes() == same.tobytes() or (np.isnan(got) and np.isnan(same))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(events(), max_size=12))
def test_random_events(tmp_path: Path, payloads: list[bytes]) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(record, payloads)))
    check(path, payloads)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(events(), min_size=1, max_size=4), st.data())
def test_regular_streams(tmp_path: Path, samples: list[bytes], data: st.DataObject) -> None:
    """The look-up that replaces parsing gives what parsing gives, whatever came before."""
    seeds = [one for one in samples if one[:1] == b"\x09" and len(one) > 20]
    payloads = [later for one in seeds for later in repeated(one, 4)]
    payloads = data.draw(st.permutations(payloads)) if payloads else payloads
    payloads = [one for one in payloads if _parses(one)]
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(record, payloads)))
    check(path, payloads)


@pytest.mark.parametrize("plugin", ["", "scalars"])
def test_steps_and_bits_in_the_layout_of_real_logs(plugin: str, tmp_path: Path) -> None:
    """Negative and huge steps, NaN with a payload, infinities, in events that all look alike."""
    steps = [0, 1, 127, 128, 2**40, 2**63 - 1, -1, -(2**63), 5, -7]
    bits = [0x7FC12345, 0xFF800000, 0x7F800000, 0x80000000, 0x00000001, 0x3F800000] * 2
    with Log(tmp_path) as log:
        for step, word in zip(steps * 3, bits * 3, strict=False):
            value = np.array([word], np.uint32).view(np.float32)[0]
            if plugin:
                log.tensor("x", value, step)
                log.tensor("y", float(step), step, dtype="float64")
            else:
                log.value("x", varint(2 << 3 | 5) + struct.pack("<I", word), step)
    file = EventFile(log.path)
    file.refresh()
    column = file.contents.scalars["x"]
    assert list(column.steps) == steps * 3
    assert column.values.view(np.uint32).tolist() == (bits * 3)[: len(steps) * 3]
    if plugin:
        assert file.contents.scalars["y"].values.tolist() == [float(step) for step in steps * 3]


def _parses(payload: bytes) -> bool:
    try:
        oracle([payload])
    except Exception:  # noqa: BLE001 (protobuf, numpy and ml_dtypes each have their own)
        return False
    return True


@pytest.mark.parametrize("name", sorted(NUMERIC))
def test_last_value_fills_a_tensor_up(name: str, tmp_path: Path) -> None:
    """A one-element tensor may come without any value at all: then it is zero."""
    enum, _, _ = NUMERIC[name]
    content = message(1, message(1, "x") + message(8, number(1, enum)))
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(record(event(1.0, 1, message(5, content))))
    file = EventFile(path)
    file.refresh()
    assert file.contents.scalars["x"].values.tolist() == [0.0]


def test_one_tag_in_two_precisions(tmp_path: Path) -> None:
    parts = [
        message(8, number(1, 1) + message(5, struct.pack("<f", 0.1))),
        message(8, number(1, 2) + message(6, struct.pack("<d", 0.1))),
        message(8, number(1, 1) + message(5, struct.pack("<f", 0.2))),
    ]
    path = tmp_path / "events.out.tfevents.1"
    payloads = [
        event(1.0, step, message(5, message(1, message(1, "x") + parts[step % 3])))
        for step in range(9)
    ]
    path.write_bytes(b"".join(map(record, payloads)))
    file = EventFile(path)
    file.refresh()
    wanted = [float(np.float32(0.1)), 0.1, float(np.float32(0.2))] * 3
    assert file.contents.scalars["x"].values.tolist() == wanted


@pytest.mark.parametrize("field", (4, 5, 6))
def test_a_list_of_half_a_number_takes_no_other_record_along(field: int, tmp_path: Path) -> None:
    """Written wrongly, its checksum right: tensor_content, float_val, double_val of three bytes."""
    dtype = {4: 1, 5: 1, 6: 2}[field]
    whole = message(8, number(1, dtype) + message(field, b"\1\2\3\4\5\6\7\0"[: 4 * dtype]))
    broken = message(8, number(1, dtype) + message(field, b"\1\2\3"))
    parts = [whole, broken, whole]
    payloads = [event(1.0, at, message(5, message(1, message(1, "x") + parts[at % 3])))
                for at in range(6)]  # fmt: skip
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(record, payloads)))
    file = EventFile(path)
    file.refresh()
    assert file.contents.scalars["x"].steps.tolist() == [0, 2, 3, 5]
    assert [lost.size for lost in file.lost] == [len(record(payloads[1]))] * 2


@pytest.mark.parametrize("later", ["", "x"])
def test_the_first_tag_may_be_empty(later: str, tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    values = (
        message(1, message(1, tag) + varint(2 << 3 | 5) + b"\0\0\x80?") for tag in ("", later)
    )
    path.write_bytes(record(event(1.0, 1, message(5, b"".join(values)))) * 3)
    file = EventFile(path)
    file.refresh()
    assert {tag: len(column) for tag, column in file.contents.scalars.items()} == (
        {"": 3, "x": 3} if later else {"": 6}
    )
