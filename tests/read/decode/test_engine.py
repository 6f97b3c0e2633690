"""Whatever is predicted, what is read is what protobuf reads: over random mixtures of streams."""

from __future__ import annotations

import random
import struct
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.decode import engine
from tb_diagnose.read.file import EventFile
from tb_diagnose.read.sources import window
from tests.events import record
from tests.read.oracle import Expected, expected
from tests.read.streams import Stream


def same(file: EventFile, wanted: Expected) -> None:
    """Whether the file's columns hold what was expected, bit by bit."""
    assert set(file.columns.scalars) == set(wanted.scalars)
    for tag, points in wanted.scalars.items():
        column = file.columns.scalars[tag]
        assert column.steps.tolist() == [step for step, _, _ in points]
        assert column.wall.tobytes() == struct.pack(f"<{len(points)}d", *(w for _, w, _ in points))
        values = np.array([value for _, _, value in points]).astype(column.kind)
        assert column.data().tobytes() == values.tobytes()
    assert set(file.columns.histograms) == set(wanted.histograms)
    for tag, rows in wanted.histograms.items():
        column = file.columns.histograms[tag]
        assert column.steps.tolist() == [step for step, _ in rows]
        reduced = histograms.reduced(histograms.joined([each for _, each in rows]))
        for name in ("statistics", "quantiles"):
            assert np.allclose(column.data()[name], reduced[name], equal_nan=True, rtol=1e-12)


def written(folder: Path, payloads: list[bytes]) -> Path:
    path = folder / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(record, payloads)))
    return path


def read(path: Path, *, checksum: bool = True) -> EventFile:
    file = EventFile(path, {}, checksum=checksum)
    file.refresh()
    return file


@pytest.mark.parametrize("seed", range(60))
def test_random_streams(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    payloads = Stream(draw).payloads(draw.randint(1, 12), draw.choice([20, 200, 2000]))
    file = read(written(tmp_path, payloads), checksum=bool(seed % 5))
    same(file, expected(payloads))
    assert file.columns.records == len(payloads)


@pytest.mark.parametrize("seed", range(30))
def test_growth_in_random_cuts(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a refresh finds, and however small the window, nothing is lost and nothing twice."""
    draw = random.Random(seed)
    monkeypatch.setattr(window, "BLOCK", draw.choice([1 << 10, 1 << 14, 1 << 21]))
    payloads = Stream(draw).payloads(draw.randint(1, 6), 400)
    path = written(tmp_path, payloads)
    data = path.read_bytes()
    path.write_bytes(b"")
    file = EventFile(path, {})
    for cut in [*sorted(draw.randrange(len(data)) for _ in range(draw.randint(1, 8))), len(data)]:
        with path.open("r+b") as handle:
            handle.seek(0, 2)
            handle.write(data[handle.tell() : cut])
        file.refresh()
    same(file, expected(payloads))


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bits(seed: int, tmp_path: Path) -> None:
    """Every record without a flipped bit is read, and none with one."""
    draw = random.Random(seed)
    # Plugins are told in every record, so that the loss of one says nothing about another.
    payloads = [each for each in Stream(draw, sure=True).payloads(5, draw.choice([30, 600]))
                if each != b"\xff" * 20]  # fmt: skip
    path = written(tmp_path, payloads)
    data, ends = bytearray(path.read_bytes()), list(accumulate(len(p) + 16 for p in payloads))
    hit = set()
    for _ in range(draw.choice([1, 1, 5])):
        place = draw.randrange(len(data))
        victim = bisect_right(ends, place)
        if victim not in hit:
            hit.add(victim)
            data[place] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    file = read(path)
    lost = sum(len(payloads[victim]) + 16 for victim in hit)
    if len(payloads) - 1 not in hit:
        assert sum(each.size for each in file.lost) == lost
    same(file, expected([each for index, each in enumerate(payloads) if index not in hit]))


def test_all_ways_of_reading_are_tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The random streams take predictions, parsing in step and the decoder alike."""
    used = Counter[str]()
    for name in ("_deliver", "_in_step", "_one"):
        plain = getattr(engine.Engine, name)

        def counted(
            self: engine.Engine, *given: Any, name: str = name, plain: Any = plain, **named: bool
        ) -> Any:
            used[name + " few" * named.get("few", False)] += 1
            return plain(self, *given, **named)

        monkeypatch.setattr(engine.Engine, name, counted)
    for seed in range(40):
        draw = random.Random(seed)
        read(written(tmp_path, Stream(draw).payloads(6, 2000)))
    assert min(used[name] for name in ("_deliver", "_deliver few", "_in_step", "_one")) > 5
