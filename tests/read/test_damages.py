"""Everything intact behind any damage is read, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read import damage
from tb_diagnose.read.event_file import EventFile
from tb_diagnose.read.sources import window
from tests.events import Log, event, message, record, summary, tensor
from tests.read.damages import damaged
from tests.read.decode.test_streams import same
from tests.read.oracle import Expected, expected

#: Set this to try more of them.
MANY = int(os.environ.get("TB_DIAGNOSE_DAMAGES", "300"))


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("part", range(10))
def test_what_is_intact_is_read(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(part, MANY, 10):
        monkeypatch.setattr(window, "BLOCK", [1 << 10, 1 << 13, 1 << 19][seed % 3])
        log = damaged(seed)
        path = tmp_path / "events.out.tfevents.1"
        path.write_bytes(log.data)
        file = EventFile(path)
        file.refresh()
        some, most = (expected([each[12:-4] for each in records])
                      for records in (log.certain(), log.intact()))  # fmt: skip
        assert _points(some) <= _read(file) <= _points(most), f"seed {seed}"
        if _points(some) == _points(most):
            same(file, most)


def _points(wanted: Expected) -> Counter[tuple[str, int]]:
    """How often each tag has each step."""
    curves = (*wanted.scalars.items(), *wanted.histograms.items())
    return Counter((tag, point[0]) for tag, points in curves for point in points)


def _read(file: EventFile) -> Counter[tuple[str, int]]:
    curves = file.contents.curves.items()
    return Counter((tag, step) for (_, tag), column in curves for step in column.steps.tolist())


def written(folder: Path, points: int = 50) -> tuple[Path, list[int]]:
    """A log of one curve, and where its records begin."""
    with Log(folder) as log:
        log.scalars("loss", np.linspace(1, 0, points))
    data, offsets = log.path.read_bytes(), [0]
    while offsets[-1] < len(data):
        length = int.from_bytes(data[offsets[-1] : offsets[-1] + 8], "little")
        offsets.append(offsets[-1] + length + 16)
    return log.path, offsets


@pytest.mark.usefixtures("reader")
def test_the_report_names_the_bytes(tmp_path: Path) -> None:
    path, offsets = written(tmp_path)
    data = bytearray(path.read_bytes())
    data[offsets[7] + 20] ^= 1
    data[offsets[30] + 2 : offsets[32]] = bytes(offsets[32] - offsets[30] - 2)
    path.write_bytes(data)
    file = EventFile(path)
    file.refresh()
    (fact,) = damage.facts(file, "x")
    assert f"{offsets[7]} to {offsets[8]}, {offsets[30]} to {offsets[32]}" in fact.message
    assert "--no-checksum" not in fact.message


@pytest.mark.usefixtures("reader")
def test_a_writer_with_checksums_of_its_own_is_known(tmp_path: Path) -> None:
    path, offsets = written(tmp_path)
    data = bytearray(path.read_bytes())
    for end in offsets[1:]:
        data[end - 1] ^= 0x55
    path.write_bytes(data)
    file = EventFile(path)
    file.refresh()
    (fact,) = damage.facts(file, "x")
    assert "--no-checksum" in fact.message
    assert not file.contents.curves
    # A damaged length on top of it: what follows is found by lengths alone.
    data[offsets[10]] ^= 1
    path.write_bytes(data)
    file = EventFile(path, checksum=False)
    file.refresh()
    assert len(file.contents.scalars["loss"]) == 49


@pytest.mark.usefixtures("reader")
def test_a_record_within_a_damaged_one_counts_once(tmp_path: Path) -> None:
    """An intact record that holds another one is read as it was written."""
    inner = record(event(1.0, 5, summary("inner", tensor(1.0))))
    outer = record(event(2.0, 6, summary("outer", message(4, b"picture" + inner + b"end"))))
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(outer * 2)
    file = EventFile(path)
    file.refresh()
    assert "inner" not in file.contents.scalars
