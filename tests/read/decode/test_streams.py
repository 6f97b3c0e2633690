"""What is read is what protobuf reads: over random mixtures of streams."""

from __future__ import annotations

import random
import struct
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.histograms import ROW
from tb_diagnose.read.decode.native import NativeStore
from tb_diagnose.read.event_file import EventFile
from tb_diagnose.read.native import binding
from tb_diagnose.read.sources import window
from tests.events import event, message, record
from tests.read.oracle import Expected, expected
from tests.read.streams import Stream

pytestmark = pytest.mark.usefixtures("reader")


#: Bytes that decide what follows.
_TELLING = (0x00, 0x01, 0x0A, 0x2A, 0x42, 0x4A, 0x7F, 0x80)


def same(file: EventFile, wanted: Expected) -> None:
    """Whether the file's columns hold what was expected, bit by bit."""
    assert set(file.contents.scalars) == set(wanted.scalars)
    for tag, points in wanted.scalars.items():
        column = file.contents.scalars[tag]
        assert column.steps.tolist() == [step for step, _, _ in points]
        assert column.wall.tobytes() == struct.pack(f"<{len(points)}d", *(w for _, w, _ in points))
        values = np.array([value for _, _, value in points]).astype(column.values.dtype)
        assert column.values.tobytes() == values.tobytes()
    assert set(file.contents.histograms) == set(wanted.histograms)
    for tag, rows in wanted.histograms.items():
        column = file.contents.histograms[tag]
        assert column.steps.tolist() == [step for step, _ in rows]
        close(column.values, np.concatenate([histograms.reduced(each) for _, each in rows]))


def close(rows: np.ndarray, others: np.ndarray) -> None:
    """Whether histograms are reduced alike, but for the rounding of sums."""
    for name in ROW.names or ():
        tolerance = {"rtol": 1e-6} if name == "quantiles" else {"rtol": 1e-9, "atol": 1e-9}
        assert np.allclose(rows[name], others[name], equal_nan=True, **tolerance)


def alike(file: EventFile, other: EventFile) -> None:
    """Whether both have read the same, bit by bit."""
    assert [file.lost, file.records] == [other.lost, other.records]
    for some, others in (
        (file.contents.scalars, other.contents.scalars),
        (file.contents.histograms, other.contents.histograms),
    ):
        assert list(some) == list(others)
        for tag, column in some.items():
            assert column.values.dtype == others[tag].values.dtype
            assert column.steps.tolist() == others[tag].steps.tolist()
            assert column.wall.tobytes() == others[tag].wall.tobytes()
            data, wanted = column.values, others[tag].values
            if data.dtype == ROW:
                close(data, wanted)
            else:
                assert data.tobytes() == wanted.tobytes()


def written(folder: Path, payloads: list[bytes]) -> Path:
    path = folder / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(record, payloads)))
    return path


def read(path: Path, *, checksum: bool = True) -> EventFile:
    file = EventFile(path, checksum=checksum)
    file.refresh()
    return file


@pytest.mark.parametrize("seed", range(60))
def test_random_streams(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    payloads = Stream(draw).payloads(draw.randint(1, 12), draw.choice([20, 200, 2000]))
    file = read(written(tmp_path, payloads), checksum=bool(seed % 5))
    same(file, expected(payloads))
    assert file.records == len(payloads)


@pytest.mark.parametrize("seed", range(30))
def test_growth_in_random_cuts(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a refresh finds, and however small the window, nothing is lost and nothing twice."""
    draw = random.Random(seed)
    monkeypatch.setattr(window, "BLOCK", draw.choice([1 << 10, 1 << 14, 1 << 21]))
    payloads = Stream(draw).payloads(draw.randint(1, 6), 400)
    path = written(tmp_path, payloads)
    data = path.read_bytes()
    path.write_bytes(b"")
    file = EventFile(path)
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


@pytest.mark.parametrize("seed", range(100))
def test_mutilated_payloads(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What bytes could mean is no matter of who reads them: records with a true CRC, but odd."""
    draw = random.Random(seed)
    payloads = [bytearray(each) for each in Stream(draw).payloads(6, 300)]
    for payload in draw.choices(payloads, k=draw.choice([3, 100])):
        for _ in range(draw.choice([1, 1, 3]) if payload else 0):
            place = draw.randrange(min(len(payload), draw.choice([24, 60, 4000])))
            payload[place] = draw.choice([*_TELLING, draw.randrange(256)])
        if payload and draw.random() < 0.2:
            del payload[draw.randrange(len(payload)) :]
    path = written(tmp_path, [bytes(each) for each in payloads])
    file = read(path)
    monkeypatch.setattr(binding, "library", lambda: None)
    alike(file, read(path))


@pytest.mark.parametrize("values", [1, 5, 64, 65])
@pytest.mark.parametrize("checksum", [True, False])
def test_records_that_are_the_same_but_for_their_numbers(
    values: int, checksum: bool, tmp_path: Path
) -> None:
    """Steps grow in size, a tag becomes wider, another is damaged."""
    stream, forms = Stream(random.Random(values)), ["simple", "content", "double"]
    curves = [(f"curve{index}", forms[index % 3]) for index in range(values)]
    payloads = []
    for step in (*range(300), *range(16_300, 16_500), *range(2**21 - 50, 2**21 + 50), -2, -1):
        if step == 16_350:
            curves[0] = curves[0][0], "double"
        if step % 100 == 99:
            curves = curves[1:] + curves[:1]
        each = b"".join(stream.value(*curve) for curve in curves)
        payloads.append(event(stream.now(), step, message(5, each)))
    path = written(tmp_path, payloads)
    same(read(path, checksum=checksum), expected(payloads))
    # One bit of a tag, of which the record's checksum tells; without it, that is another tag.
    data, place = bytearray(path.read_bytes()), path.read_bytes().rindex(b"curve0")
    data[place] ^= 1
    path.write_bytes(data)
    file = read(path, checksum=checksum)
    assert file.bad_from == (len(data) - len(payloads[-1]) - 16 if checksum else None)
    assert ("burve0" in file.contents.scalars) != checksum


def test_the_library_takes_most_records(tmp_path: Path) -> None:
    """What it leaves is decoded in Python: records of odd forms, not whole kinds of them."""
    if binding.library() is None:
        pytest.skip("reading in plain Python")
    taken = records = 0
    for seed in range(40):
        draw = random.Random(seed)
        file = read(written(tmp_path, Stream(draw).payloads(6, 2000)))
        assert isinstance(file._store, NativeStore)
        taken, records = taken + file._store.records, records + file.records
    assert taken > 0.6 * records
