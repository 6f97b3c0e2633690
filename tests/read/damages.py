"""Seeded damages of a log, and which of its records are intact behind them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.events import event, message, record, summary, tensor
from tests.read.streams import Stream

#: Bytes of the records that are passed over where they are no curves.
PASSED_OVER = 1000


def simple(tag: str, value: float, step: int) -> bytes:
    """A record of its own kind: no other has its moment."""
    return record(event(1.7e9 + step, step, summary(tag, tensor(value))))


@dataclass
class Damaged:
    """A log of which ``records`` were written, and what became of its bytes."""

    records: list[bytes]
    data: bytes

    def intact(self) -> list[bytes]:
        """The records that are in the damaged bytes as they were written, in order."""
        found: list[tuple[int, bytes]] = []
        for one in set(self.records):
            place = self.data.find(one)
            while place >= 0:
                found.append((place, one))
                place = self.data.find(one, place + len(one))
        return [one for _, one in sorted(found)]

    def certain(self) -> list[bytes]:
        """Those of them that do not lie within an image or a graph that is damaged itself: it may
        have been passed over unread.
        """
        rest = bytearray(self.data)
        for one in {each for each in self.records if len(each) > PASSED_OVER}:
            place = self.data.find(one[:12])
            while place >= 0:
                if self.data[place : place + len(one)] not in self.records:
                    rest[place + 1 : place + len(one)] = bytes(
                        len(rest[place + 1 : place + len(one)])
                    )
                place = self.data.find(one[:12], place + 1)
        return Damaged(self.records, bytes(rest)).intact()


def log(draw: random.Random) -> list[bytes]:
    """Records of all kinds, among them graphs and images, which are passed over."""
    records = [record(event(1.7e9, 0, message(3, "brain.Event:2")))]
    stream = Stream(draw, sure=True)
    records += [record(each) for each in stream.payloads(2, 40) if each != b"\xff" * 20]
    for step in range(draw.randint(10, 60)):
        records.append(simple(f"curve{draw.randrange(3)}", draw.random(), step))
        if draw.random() < 0.1:
            picture = message(1, message(1, "picture") + message(4, draw.randbytes(9000)))
            records.append(record(event(1.6e9 + step, step, message(5, picture))))
    return records


def damaged(seed: int) -> Damaged:
    """A log with one to three damages."""
    draw = random.Random(seed)
    records = log(draw)
    data = b"".join(records)
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        data = draw.choice([_flip, _cut, _splice, _zero, _delete, _duplicate])(draw, data)
    return Damaged(records, data)


def _span(draw: random.Random, data: bytes) -> tuple[int, int]:
    first = draw.randrange(len(data))
    return first, min(len(data), first + draw.choice([1, 20, 300, 3000, 30_000]))


def _flip(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice([1, 1, 10])):
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _cut(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.randrange(1, len(data) + 1)]


def _splice(draw: random.Random, data: bytes) -> bytes:
    """Part of the log in another place of it, over what was there or between."""
    first, last = _span(draw, data)
    place = draw.randrange(len(data))
    over = draw.choice([0, last - first])
    return data[:place] + data[first:last] + data[place + over :]


def _zero(draw: random.Random, data: bytes) -> bytes:
    first, last = _span(draw, data)
    return data[:first] + bytes(last - first) + data[last:]


def _delete(draw: random.Random, data: bytes) -> bytes:
    first, last = _span(draw, data)
    return data[:first] + data[last:] or data


def _duplicate(draw: random.Random, data: bytes) -> bytes:
    first, last = _span(draw, data)
    return data[:last] + data[first:]
