"""Whatever is predicted, what is read is what protobuf reads: over random mixtures of streams."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read import engine
from tb_diagnose.read.file import EventFile
from tb_diagnose.read.histograms import from_tensor, packed, reduce
from tests.events import record
from tests.read.oracle import Expected, event_pb2, expected
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
        reduced = packed(reduce([from_tensor(np.array(each)) for _, each in rows]))
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
