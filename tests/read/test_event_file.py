"""Damage is reported and survived; a growing file is read as it grows."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read import damage
from tb_diagnose.read.event_file import EventFile, Lost
from tests.events import Log, event, message, record

pytestmark = pytest.mark.usefixtures("reader")

POINTS = 60


def written(folder: Path) -> tuple[Path, list[int]]:
    """A file with one scalar per record, and the offsets at which its records begin."""
    with Log(folder) as log:
        log.tensors("loss", [1.0 / (1 + i) for i in range(POINTS)])
    data, at, offsets = log.path.read_bytes(), 0, []
    while at < len(data):
        offsets.append(at)
        at += 16 + int.from_bytes(data[at : at + 8], "little")
    return log.path, offsets


def steps(file: EventFile) -> list[int]:
    column = file.contents.scalars.get("loss")
    return list(column.steps) if column else []


def read(path: Path, *, checksum: bool = True) -> EventFile:
    file = EventFile(path, checksum=checksum)
    file.refresh()
    return file


@pytest.mark.parametrize("seed", range(30))
def test_a_flipped_bit_loses_its_record_alone(seed: int, tmp_path: Path) -> None:
    path, offsets = written(tmp_path)
    draw = random.Random(seed)
    victim = draw.randrange(2, POINTS)
    begin, end = offsets[victim], offsets[victim + 1]
    data = bytearray(path.read_bytes())
    data[draw.randrange(begin, end)] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    file = read(path)
    assert steps(file) == [step for step in range(POINTS) if step != victim - 1]
    assert file.lost == [Lost(begin, end - begin)]
    (fact,) = damage.facts(file, "x")
    assert fact.kind == "damaged-record"
    assert (fact.numbers["offset"], fact.numbers["bytes"]) == (begin, end - begin)


@pytest.mark.parametrize("seed", range(30))
def test_missing_and_foreign_bytes(seed: int, tmp_path: Path) -> None:
    """Bytes cut out of the file, or put into it, lose the records they touch and no others."""
    path, offsets = written(tmp_path)
    draw = random.Random(seed)
    data = path.read_bytes()
    first, last = sorted(draw.sample(range(offsets[2], offsets[-1]), 2))
    foreign = draw.randbytes(draw.randrange(200)) + bytes(draw.randrange(40))
    path.write_bytes(data[:first] + foreign + data[last:])
    kept = [i - 1 for i, at in enumerate(offsets) if i and [*offsets, len(data)][i + 1] <= first]
    kept += [i - 1 for i, at in enumerate(offsets) if at >= last]
    assert steps(read(path)) == kept


def test_a_damaged_length_far_from_the_next_block(tmp_path: Path) -> None:
    """The search for the next intact record goes on over several blocks of the file."""
    path = tmp_path / "events.out.tfevents.1"
    big = record(event(1.0, 0, message(4, os.urandom(9_000_000))))
    with Log(tmp_path / "a") as log:
        log.scalars("loss", [1.0, 2.0])
    path.write_bytes(log.path.read_bytes() + b"?" + big[1:] + log.path.read_bytes())
    file = read(path)
    assert steps(file) == [0, 1, 0, 1]
    assert [each.size for each in file.lost] == [len(big)]


def test_without_checksums_a_damaged_payload_is_not_looked_for(tmp_path: Path) -> None:
    path, offsets = written(tmp_path)
    data = bytearray(path.read_bytes())
    data[offsets[5] - 5] ^= 1
    path.write_bytes(data)
    assert len(steps(read(path, checksum=False))) == POINTS
    assert len(steps(read(path))) == POINTS - 1


@pytest.mark.parametrize("cut", [1, 8, 12, 13, 40])
def test_a_truncated_tail_is_resumed(cut: int, tmp_path: Path) -> None:
    path, offsets = written(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: offsets[-1] + cut])
    file = read(path)
    assert steps(file) == list(range(POINTS - 1))
    (fact,) = damage.facts(file, "x")
    assert fact.kind == "truncated-tail"
    assert fact.numbers == {"offset": offsets[-1], "bytes": cut}
    path.write_bytes(data)
    assert file.refresh()
    assert steps(file) == list(range(POINTS))
    assert not list(damage.facts(file, "x"))


@pytest.mark.parametrize("seed", range(12))
def test_growth_in_any_cuts(seed: int, tmp_path: Path) -> None:
    """Whatever the cuts, and with damage in it, a followed file gives what a whole one gives."""
    path, offsets = written(tmp_path)
    draw = random.Random(seed)
    data = bytearray(path.read_bytes())
    if seed % 2:
        data[offsets[20] + draw.randrange(70)] ^= 4
    path.write_bytes(data)
    whole = read(path)
    live = tmp_path / "live.tfevents"
    live.touch()
    file = EventFile(live)
    for cut in [*sorted(draw.sample(range(len(data)), 25)), len(data)]:
        live.write_bytes(data[:cut])
        file.refresh()
    assert steps(file) == steps(whole)
    assert sum(each.size for each in file.lost) == sum(each.size for each in whole.lost)
    assert not file.refresh()


def test_a_replaced_or_shrunk_file_is_read_anew(tmp_path: Path) -> None:
    path, _ = written(tmp_path)
    file = read(path)
    with Log(tmp_path / "b") as log:
        log.scalars("loss", [5.0, 4.0, 3.0])
    path.write_bytes(log.path.read_bytes())
    assert file.refresh()
    assert steps(file) == [0, 1, 2]
    other, _ = written(tmp_path / "c")
    os.replace(other, path)
    assert file.refresh()
    assert len(steps(file)) == POINTS


def test_an_append_after_a_crash_in_the_midst_of_a_record(tmp_path: Path) -> None:
    """The unfinished record is lost, what was appended behind it is not."""
    path, offsets = written(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: offsets[30] + 20] + data[offsets[1] : offsets[2]])
    file = read(path)
    assert steps(file) == [*range(29), 0]
    assert file.lost == [Lost(offsets[30], 20)]


@pytest.mark.parametrize(
    ("content", "kind", "cure"),
    [
        (b"", "empty-file", "flushed"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "not-event-file",
            "git lfs pull",
        ),
        (b"\x1f\x8b\x08" + bytes(50), "not-event-file", "gunzip"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "not-event-file", "remove"),
    ],
)
def test_files_that_are_none(content: bytes, kind: str, cure: str, tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(content)
    (fact,) = damage.facts(read(path), "x/y")
    assert fact.kind == kind
    assert cure in fact.message
    assert fact.where == "x/y"


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    file = EventFile(tmp_path / "gone")
    assert file.refresh()
    (fact,) = damage.facts(file, "gone")
    assert fact.kind == "unreadable"
    assert not file.refresh()


def test_payloads_nobody_asks_for_are_skipped(tmp_path: Path) -> None:
    image = message(1, message(1, "picture") + message(4, os.urandom(5_000)))
    with Log(tmp_path) as log:
        log.raw(event(1.0, 0, message(4, os.urandom(6_000_000))))
        log.raw(event(1.0, 1, message(5, image)))
        log.scalar("loss", 1.0, 1)
    file = read(log.path)
    assert steps(file) == [1]
    assert np.allclose(file.contents.scalars["loss"].values, 1.0)
    assert not list(damage.facts(file, "x"))
