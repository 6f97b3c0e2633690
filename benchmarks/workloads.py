"""The logs that reading is measured on, written byte by byte as trainings write them."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tb_diagnose.read.wire.records import framed

SCALAR, HISTOGRAM = "scalars", "histograms"


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def event(step: int, *values: bytes) -> bytes:
    """An Event with a Summary of these values."""
    shown = b"\x10" + varint(step) if step else b""
    return b"\x09" + struct.pack("<d", 1.7e9 + step) + shown + message(5, b"".join(values))


def simple(tag: str, value: float) -> bytes:
    """A scalar as PyTorch and TensorFlow 1 write it."""
    return message(1, message(1, tag.encode()) + b"\x15" + struct.pack("<f", value))


def tensor(tag: str, value: float, *, first: bool = False) -> bytes:
    """A scalar as TensorFlow 2 writes it."""
    content = b"\x08\x01\x12\x00" + message(4, struct.pack("<f", value))
    return message(1, message(1, tag.encode()) + message(8, content) + _plugin(SCALAR, first))


def buckets(tag: str, rows: np.ndarray, *, first: bool = False) -> bytes:
    """A histogram as TensorFlow 2 writes it: [k, 3] float64."""
    shape = message(2, message(2, b"\x08" + varint(len(rows))) + message(2, b"\x08\x03"))
    content = b"\x08\x02" + shape + message(4, rows.tobytes())
    return message(1, message(1, tag.encode()) + message(8, content) + _plugin(HISTOGRAM, first))


def limits(tag: str, rows: np.ndarray) -> bytes:
    """A histogram as PyTorch and TensorFlow 1 write it."""
    middles, count = rows[:, :2].mean(axis=1), rows[:, 2]
    told = rows[0, 0], rows[-1, 1], count.sum(), count @ middles, count @ middles**2
    singles = b"".join(struct.pack("<Bd", 9 + 8 * index, each) for index, each in enumerate(told))
    lists = message(6, rows[:, 1].tobytes()) + message(7, rows[:, 2].tobytes())
    return message(1, message(1, tag.encode()) + message(5, singles + lists))


def _plugin(name: str, first: bool) -> bytes:  # noqa: FBT001
    return message(9, message(1, message(1, name.encode()))) if first else b""


def regular(size: int) -> Iterator[bytes]:
    """Ten curves at every step."""
    for step in range(size // 10):
        for index in range(10):
            yield event(step, tensor(f"metric_{index}/value", 0.1 * step, first=step == 0))


def semi_regular(size: int) -> Iterator[bytes]:
    """Eight curves at every step, one at each tenth, three at each hundredth."""
    for step in range(size * 100 // 813):
        often = [f"always/part{index}" for index in range(8)]
        tens, hundreds = ["ten"], [f"hundred/{index}" for index in range(3)]
        for tag in often + tens * (step % 10 == 0) + hundreds * (step % 100 == 0):
            yield event(step, simple(tag, 0.5 * step))


def disordered(size: int) -> Iterator[bytes]:
    """200 curves in random order, in two encodings.

    Their steps rise: where one falls, rustboard takes it for a restart and drops what it had.
    """
    draw = random.Random(0)
    told: set[int] = set()
    for index in range(size):
        number, tag, value = draw.randrange(200), "random/tag_{}", 0.5 * index
        if number % 2:
            yield event(index // 200, simple(tag.format(number), value))
        else:
            yield event(index // 200, tensor(tag.format(number), value, first=number not in told))
            told.add(number)


def merged(size: int) -> Iterator[bytes]:
    """Twenty values in every event."""
    for step in range(size // 20):
        yield event(step, *(simple(f"merged/{index}", 0.5 * step) for index in range(20)))


def wide(size: int) -> Iterator[bytes]:
    """5,000 curves."""
    for step in range(size // 5000):
        for index in range(5000):
            yield event(step, simple(f"wide/tag{index:05d}", 0.5 * step))


def unique(size: int) -> Iterator[bytes]:
    """Every record a tag of its own."""
    for index in range(size // 10):
        yield event(index, simple(f"unique/{index:06d}", 0.5 * index))


def histograms(size: int) -> Iterator[bytes]:
    """200 layers with histograms of 30 buckets."""
    for step, index, rows in _rows(size * 4 // 10):
        yield event(step, buckets(f"dense_{index}/kernel", rows, first=step == 0))


def older_histograms(size: int) -> Iterator[bytes]:
    """The same in the older encoding."""
    for step, index, rows in _rows(size * 4 // 10):
        yield event(step, limits(f"dense_{index}/kernel", rows))


def ragged_histograms(size: int) -> Iterator[bytes]:
    """As PyTorch writes them: 40 to 160 buckets of growing width, and never the same number."""
    draw = np.random.default_rng(0)
    edges = 1e-6 * 1.1 ** np.arange(220)
    for index in range(size // 10):
        first, count = draw.integers(0, 60), draw.integers(40, 160)
        limits_ = edges[first : first + count]
        rows = np.stack([limits_ / 1.1, limits_, draw.integers(0, 99, count).astype(float)], axis=1)
        yield event(index // 20, limits(f"dense_{index % 20}/weight", rows))


def _rows(size: int) -> Iterator[tuple[int, int, np.ndarray]]:
    edges = np.linspace(-1, 1, 31)
    for step in range(max(1, size // 200)):
        for index in range(200):
            counts = np.roll(np.arange(30.0) * (index + 1), step)
            yield step, index, np.stack([edges[:-1], edges[1:], counts], axis=1)


def images(size: int) -> Iterator[bytes]:
    """An image of 480 kB at each 75th scalar."""
    picture = random.Random(0).randbytes(480_000)
    for index in range(size * 15 // 100):
        yield event(index, simple(f"curve_{index % 10}", 0.5 * index))
        if index % 75 == 0:
            yield event(index, message(1, message(1, b"picture") + message(4, message(4, picture))))


#: Name → records of a log, by the number of scalars asked for.
WORKLOADS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "regular": regular,
    "many regular": lambda size: regular(10 * size),
    "1,000 runs": lambda size: (
        event(step, simple(f"loss/part{index}", 0.5 * step))
        for step in range(size // 1000)
        for index in range(5)
    ),
    "semi-regular": semi_regular,
    "random order": disordered,
    "merged events": merged,
    "5,000 tags": wide,
    "unique tags": unique,
    "histograms": histograms,
    "older histograms": older_histograms,
    "ragged histograms": ragged_histograms,
    "images": images,
}


def write(name: str, folder: Path, size: int) -> None:
    """Writes the log of that name below ``folder``."""
    folder.mkdir(parents=True)
    first = folder / "run0000" / "events.out.tfevents.1700000000.host"
    first.parent.mkdir()
    with first.open("wb") as file:
        for payload in WORKLOADS[name](size):
            file.write(framed(payload))
    for index in range(1, 1000 if name == "1,000 runs" else 1):
        copy = folder / f"run{index:04d}" / first.name
        copy.parent.mkdir()
        copy.write_bytes(first.read_bytes())
