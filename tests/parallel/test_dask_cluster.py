"""Many items on a Dask cluster of real processes: all are told of, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose.cli import main as cli
from tb_diagnose.parallel.dask_cluster import NoCluster, spread
from tests.events import Log

NAN = float("nan")


def halved(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Half of each number, and the process that found it."""
    for number in numbers:
        if number == 13:
            raise ValueError("thirteen\nis unlucky")
        if number == 99:
            os._exit(1)
        time.sleep(0.05)
        yield number // 2, os.getpid()


@contextmanager
def cluster(failures: int) -> Iterator[Any]:
    """Two worker processes; a task is given up once it has lost more than so many."""
    distributed = pytest.importorskip(
        "distributed", reason="distributed is not installed; see the extra 'test-scale'"
    )
    import dask  # noqa: PLC0415  comes with an extra

    settings = {
        "distributed.scheduler.allowed-failures": failures,
        "distributed.comm.timeouts.connect": "10s",
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=60,
        ) as made,
    ):
        yield made


def test_all_is_done_although_a_worker_is_killed_midway() -> None:
    with cluster(failures=3) as workers:
        numbers = [*range(0, 120, 2), 13]
        done = []
        victim = 0
        for each in spread(halved, numbers, workers.scheduler_address):
            done.append(each)
            if each.result and not victim:
                victim = each.result[1]
                os.kill(victim, signal.SIGKILL)
        assert sorted(each.at for each in done) == list(range(61))
        assert all(each.item == numbers[each.at] for each in done)
        halves = {each.item: each.result[0] for each in done if each.result}
        assert halves == {number: number // 2 for number in numbers[:-1]}
        assert [each.failure for each in done if each.failure] == [
            "ValueError: thirteen is unlucky"
        ]
        assert len({each.result[1] for each in done if each.result} - {victim}) >= 1


def test_an_item_that_ends_its_workers_takes_no_other_along(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(failures=0) as workers:
        numbers = [2, 4, 99, 6, 8, *[10] * 20]
        done = {each.at: each for each in spread(halved, numbers, workers.scheduler_address)}
        assert [at for at, each in done.items() if each.failure] == [2]
        assert "one worker after another" in done[2].failure
        assert len(done) == len(numbers)

        for number in range(5):
            with Log(tmp_path / "logs" / f"run-{number}") as log:
                log.scalars("loss", [3.0, 2.0, NAN])
        monkeypatch.chdir(tmp_path)
        assert cli.main(["logs", "--format", "json", "--dask", workers.scheduler_address]) == 0
        there = capsys.readouterr().out
        assert cli.main([str(tmp_path / "logs"), "--format", "json"]) == 0
        here = capsys.readouterr().out
        assert json.loads(there)["summary"]["runs"] == 5
        assert there == here


def test_where_no_scheduler_answers_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(
        "distributed", reason="distributed is not installed; see the extra 'test-scale'"
    )
    monkeypatch.setattr("tb_diagnose.parallel.dask_cluster._PATIENCE", 0.3)
    with pytest.raises(NoCluster, match="no Dask scheduler answers at tcp"):
        list(spread(halved, [1], "tcp://127.0.0.1:9"))


def test_without_the_extra_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main([str(tmp_path), "--dask", "tcp://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.endswith("pip install 'tb-diagnose[dask]'\n")
