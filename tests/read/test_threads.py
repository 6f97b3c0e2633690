"""Many threads read many files at once, each with a reader of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tb_diagnose.read import clusters, load
from tests.events import Log


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns every ten microseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient", "reader")
def test_no_thread_sees_what_another_reads(tmp_path: Path) -> None:
    """Each run has tags of its own, many of them met at the same moment as others'."""
    for run in range(40):
        with Log(tmp_path / f"run{run}") as log:
            for step in range(20):
                for tag in range(run % 7 + 3):
                    log.tensor(f"{run}/curve{tag}", run + step, step)
                log.histogram(f"{run}/weights", [run, run + 1.0], step)
                log.scalar(f"{run}/new{step}", run, step)
    found = list(clusters([tmp_path])) * 3
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(load, found))
    for cluster, (run,) in zip(found, results, strict=True):
        number = int(cluster.name.removeprefix("run"))
        tags = {f"{number}/curve{tag}" for tag in range(number % 7 + 3)}
        tags |= {f"{number}/new{step}" for step in range(20)}
        assert {series.tag for series in run.scalars} == tags
        for series in run.scalars:
            later = series.steps if "curve" in series.tag else 0
            assert (series.values == number + later).all()
        assert run.histograms[0].count.tolist() == [2.0] * 20
