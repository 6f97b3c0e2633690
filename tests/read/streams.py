"""Random streams of records as trainings write them, and what protobuf reads in them.

Each stream is made of stretches: curves in an order that repeats, curves that come along at every
tenth step, curves in no order, events with several values, single odd records.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.events import double, event, message, metadata, number, strings, tensor, varint

_SPECIAL = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e-45, 3.4e38]


@dataclass
class Stream:
    """Draws payloads; ``told`` are the tags whose plugin has been named.

    ``sure`` names it every time.
    """

    draw: random.Random
    sure: bool = False
    told: set[str] = field(default_factory=set)
    wall: float = 1.7e9

    def payloads(self, stretches: int, size: int) -> list[bytes]:
        """The payloads of so many stretches of about so many records."""
        kinds = [self.regular, self.regular, self.nested, self.random, self.merged, self.odd,
                 self.distributions]  # fmt: skip
        found: list[bytes] = []
        for _ in range(stretches):
            found += self.draw.choice(kinds)(self.draw.randint(1, size))
        return found

    def regular(self, size: int) -> Iterator[bytes]:
        """The same curves at each step, perhaps one of them twice."""
        curves = [self.curve() for _ in range(self.draw.randint(1, 12))]
        if self.draw.random() < 0.3:
            curves.append(curves[0])
        start = self.draw.choice([0, 0, 100, 16_000, 2**21 - 5, 2**35 - 3, 2**56 - 9, -50])
        stride = self.draw.choice([1, 1, 1, 7])
        for index in range(max(1, size // len(curves))):
            for tag, form in curves:
                yield self.one(tag, form, start + index * stride)

    def nested(self, size: int) -> Iterator[bytes]:
        """Some curves at each step, others at each third and tenth."""
        curves = [self.curve() for _ in range(6)]
        for step in range(max(1, size // 4)):
            for index, (tag, form) in enumerate(curves):
                if step % (1, 1, 1, 3, 3, 10)[index] == 0:
                    yield self.one(tag, form, step)

    def random(self, size: int) -> Iterator[bytes]:
        """Curves and steps in no order."""
        curves = [self.curve() for _ in range(self.draw.choice([2, 5, 40]))]
        for _ in range(size):
            low, high = self.draw.choice([(0, 300), (0, 2**21), (-(2**63), 2**63)])
            yield self.one(*self.draw.choice(curves), self.draw.randrange(low, high))

    def merged(self, size: int) -> Iterator[bytes]:
        """Several values in an event."""
        curves = [self.curve() for _ in range(self.draw.randint(2, 5))]
        for step in range(max(1, size // 5)):
            values = b"".join(self.value(*each) for each in curves)
            yield event(self.now(), step, message(5, values))

    def distributions(self, size: int) -> Iterator[bytes]:
        """Histograms of several tags in turns."""
        if self.draw.random() < 0.5:
            yield from self.older(size)
            return
        buckets = self.draw.choice([1, 4, 30])
        tags = [f"layer{index}/histogram{buckets}" for index in range(self.draw.randint(1, 4))]
        for step in range(max(1, size // 8)):
            for tag in tags:
                edges = np.cumsum(np.array([self.draw.random() for _ in range(buckets + 1)]))
                count = [float(self.draw.randrange(50)) for _ in range(buckets)]
                rows = np.stack([edges[:-1], edges[1:], count], axis=1)
                content = tensor(rows, "float64") + self.plugin(tag, "histograms")
                yield event(self.now(), step, message(5, message(1, message(1, tag) + content)))

    def older(self, size: int) -> Iterator[bytes]:
        """Histograms of the older encoding, of a different size each, and a scalar at each step."""
        tags = [f"layer{index}/older" for index in range(self.draw.randint(1, 4))]
        for step in range(max(1, size // 8)):
            for tag in tags:
                histo = message(1, message(1, tag) + message(5, self.proto()))
                yield event(self.now(), step, message(5, histo))
            yield self.one("older/loss", "simple", step)

    def proto(self) -> bytes:
        """A HistogramProto, mostly as TensorFlow and PyTorch write it."""
        buckets = self.draw.choice([0, 1, 7, 30, 30, 200])
        singles = [double(field, self.draw.choice([0.0, self.draw.gauss(0, 1), float("nan")]))
                   for field in range(1, 6) if self.draw.random() < 0.9]  # fmt: skip
        limits, count = ([self.draw.gauss(0, 1) for _ in range(buckets)] for _ in range(2))
        lists = [message(6, np.array(limits).tobytes()), message(7, np.array(count).tobytes())]
        if self.draw.random() < 0.05:
            lists = [double(6, limit) for limit in limits] + [double(7, each) for each in count]
        if not buckets and self.draw.random() < 0.5:
            lists = []
        parts = [*singles, *lists]
        if self.draw.random() < 0.05:
            self.draw.shuffle(parts)
        return b"".join(parts)

    def odd(self, _: int) -> Iterator[bytes]:
        """Records that are no curves."""
        image = message(1, message(1, "picture") + message(4, self.draw.randbytes(3000)))
        yield self.draw.choice([
            event(self.now(), 3, message(5, image)),
            event(self.now(), 0, message(4, self.draw.randbytes(90_000))),
            event(self.now(), 0),
            event(self.now(), 1, message(5, message(1, message(1, "t") + strings("hello")))),
            number(2, 7) + double(1, self.now()) + message(5, self.value("loss", "simple")),
            b"\xff" * 20,
        ])  # fmt: skip

    def curve(self) -> tuple[str, str]:
        """A tag and the form of its values."""
        length = self.draw.choice([1, 4, 8, 9, 20, 130])
        tag = f"{self.draw.randrange(30)}/" + "x" * length
        forms = ["simple", "simple", "content", "content", "double", "packed", "half", "integer"]
        # A tag keeps its form, but for a few.
        usual = forms[(length + int(tag[: tag.index("/")])) % len(forms)]
        return tag, usual if self.draw.random() < 0.97 else "double"

    def one(self, tag: str, form: str, step: int) -> bytes:
        return event(self.now(), step, message(5, self.value(tag, form)))

    def value(self, tag: str, form: str) -> bytes:
        number_ = self.draw.choice(_SPECIAL) if self.draw.random() < 0.1 else self.draw.gauss(0, 1)
        told = self.plugin(tag, "scalars") if form != "simple" else b""
        return message(1, message(1, tag) + _encoded(form, number_) + told)

    def plugin(self, tag: str, name: str) -> bytes:
        if tag in self.told and not self.sure and self.draw.random() < 0.99:
            return b""
        self.told.add(tag)
        return metadata(name)

    def now(self) -> float:
        self.wall += self.draw.choice([0.0, 0.001, 1.0])
        return self.wall


def _encoded(form: str, value: float) -> bytes:
    if form == "simple":
        return varint(2 << 3 | 5) + struct.pack("<f", value)
    if form == "packed":
        return message(8, number(1, 1) + message(5, struct.pack("<f", value)))
    if form == "integer":
        return tensor(int(value) if abs(value) < 9 else 5, "int64")
    dtype = {"content": "float32", "double": "float64", "half": "float16"}[form]
    return tensor(value if abs(value) < 9 or dtype != "float16" else 1.5, dtype)
