"""No size, count or nesting in a file takes more memory or time than its bytes are worth."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read import clusters, load
from tb_diagnose.read.event_file import EventFile
from tests.events import (
    double,
    event,
    masked,
    message,
    metadata,
    number,
    record,
    summary,
    tensor,
)

#: Bytes of memory that a file may take: so many times its own, but so many at least.
TIMES, LEAST = 64, 64 << 20
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")


def scalars(count: int, tag: str = "loss") -> Iterator[bytes]:
    for step in range(count):
        yield record(event(1e9 + step, step, summary(tag, tensor(1.0))))


def shapes_without_values() -> Iterator[bytes]:
    """Three million numbers, told by a shape alone."""
    shape = message(2, b"".join(message(2, number(1, size)) for size in (3_000_000, 3)))
    for step in range(200):
        for plugin in ("histograms", "scalars", "diagnose"):
            content = message(8, number(1, 2) + shape) + metadata(plugin, b'{"v": 1}')
            yield record(event(1e9, step, summary(f"{plugin}", content)))


def many_axes() -> Iterator[bytes]:
    shape = message(2, message(2, number(1, 1 << 62)) * 100_000)
    yield record(event(1e9, 1, summary("x", message(8, number(1, 1) + shape))))


def new_tags_in_one_record() -> Iterator[bytes]:
    values = (message(1, message(1, f"tag{at}") + b"\x15" + bytes(4)) for at in range(20_000))
    yield record(event(1e9, 1, message(5, b"".join(values))))


def headers_in_headers() -> Iterator[bytes]:
    """Each header states that its record reaches to the end of the file."""
    sizes = range(20_000 * 12, 0, -12)
    yield from (record(bytes(size))[:12] for size in sizes)
    yield bytes(64)


def deep_groups() -> Iterator[bytes]:
    yield record(event(1e9, 1, b"\x53" * 500_000))


def deep_structs() -> Iterator[bytes]:
    """Hyper-parameters: a Struct in a Struct in a Struct …"""
    value = double(2, 1.0)
    for _ in range(3000):
        value = message(5, message(1, message(1, "x") + message(2, value)))
    content = message(3, message(1, message(1, "deep") + message(2, value)))
    yield record(event(1e9, 1, summary("_hparams_/x", metadata("hparams", content))))


def deep_json() -> Iterator[bytes]:
    for content in ("[" * 500_000, '{"a":' * 500_000, '{"config": ' + "[" * 90_000):
        for tag, plugin in (("keras", "graph_keras_model"), ("args/text_summary", "text")):
            text = message(8, number(1, 7) + message(8, content))
            yield record(event(1e9, 1, summary(tag, text + metadata(plugin))))


def large_histograms() -> Iterator[bytes]:
    for step in range(3):
        rows = np.ones((100_000, 3))
        yield record(
            event(1e9, step, summary("w", tensor(rows, "float64") + metadata("histograms")))
        )
        limits = np.arange(50_000.0).tobytes()
        proto = message(5, double(3, 1.0) + message(6, limits) + message(7, limits))
        yield record(event(1e9, step, summary("older", proto)))


def growth_that_ends_early() -> Iterator[bytes]:
    """By its beginning, each of the curves would go on for long."""
    for tag in range(300):
        yield from scalars(70, f"tag{tag}")
    yield record(event(1e9, 1, message(4, bytes(20_000_000))))


BOMBS: tuple[Callable[[], Iterator[bytes]], ...] = (
    shapes_without_values, many_axes, new_tags_in_one_record, headers_in_headers, deep_groups,
    deep_structs, deep_json, large_histograms, growth_that_ends_early,
)  # fmt: skip
#: Reads the folder ``sys.argv[1]``; tells by how many bytes memory grew at most, and CPU seconds.
_PROGRAM = """
import resource, sys, time
from pathlib import Path
from tb_diagnose.read import clusters, load
from tb_diagnose.read.native import binding
binding.library()
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before, begin = peak(), time.process_time()
for cluster in clusters([Path(sys.argv[1])]):
    load(cluster)
print(peak() - before, time.process_time() - begin)
"""


def cost(folder: Path, native: str = "1") -> tuple[int, float]:
    """Bytes by which memory grew, and CPU seconds, to read a folder in a process of its own."""
    done = subprocess.run(  # noqa: S603 (the program stands above)
        [sys.executable, "-c", _PROGRAM, str(folder)],
        capture_output=True, check=True, text=True, env={"TB_DIAGNOSE_NATIVE": native},
    )  # fmt: skip
    grown, seconds = done.stdout.split()
    return int(grown), float(seconds)


@pytest.mark.parametrize("native", ["1", "0"], ids=["library", "python"])
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_small_files_take_little(
    bomb: Callable[[], Iterator[bytes]], native: str, tmp_path: Path
) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join((*scalars(5), *bomb(), *scalars(5))))
    grown, seconds = cost(tmp_path, native)
    assert grown <= max(LEAST, TIMES * path.stat().st_size)
    assert seconds < 10


@pytest.mark.parametrize("length", [1 << 25, 1 << 32, 1 << 40])
def test_a_sparse_file_takes_what_its_bytes_take(length: int, tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(_header(length) + b"x" * 20 + b"".join(scalars(1)))
        file.truncate(length)
        file.seek(0, 2)
        file.writelines(scalars(5))
    grown, seconds = cost(tmp_path)
    assert grown <= 2 * LEAST
    assert seconds < 10
    (run,) = load(*clusters([tmp_path]))
    assert len(run.scalars[0]) == 105


def _header(length: int) -> bytes:
    """The header of a record of that length."""
    size = length.to_bytes(8, "little")
    return size + masked(size).to_bytes(4, "little")


@pytest.mark.parametrize("hole", ["zeros", "hole", "noise"])
def test_damage_costs_little_more_than_what_was_there(hole: str, tmp_path: Path) -> None:
    """Intact: 40 MB of scalars. Damaged: 20 MB of them are no records any more."""
    path = tmp_path / "events.out.tfevents.1"
    one = b"".join(scalars(1000))
    half = one * (20_000_000 // len(one))
    path.write_bytes(half * 2)
    intact = min(_seconds(path) for _ in range(3))
    with path.open("wb") as file:
        file.write(half[:7_000_000])
        if hole == "hole":
            file.seek(20_000_000, 1)
        else:
            file.write(
                bytes(20_000_000) if hole == "zeros" else np.random.default_rng(0).bytes(20_000_000)
            )
        file.write(half)
    assert min(_seconds(path) for _ in range(3)) < 2 * intact + 0.05


def _seconds(path: Path) -> float:
    begin = time.process_time()
    file = EventFile(path)
    file.refresh()
    assert file.contents.curves
    return time.process_time() - begin


@pytest.mark.slow
def test_a_million_tags(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    with path.open("wb") as file:
        for at in range(1_000_000):
            file.write(record(event(1e9 + at, at, summary(f"layer{at}/metric", tensor(1.0)))))
    grown, seconds = cost(tmp_path)
    assert grown < 1 << 30
    assert seconds < 20
