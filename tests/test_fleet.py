"""Many items: in order, whoever fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tb_diagnose.fleet import spread


def halved(number: int) -> int:
    if number == 13:
        raise ValueError("thirteen\nis unlucky")
    if number == 99:
        os._exit(1)
    return number // 2


@pytest.mark.parametrize("jobs", (1, 2))
def test_results_come_in_the_order_of_the_items_and_a_failure_is_told(jobs: int) -> None:
    done = list(spread(halved, [8, 13, 2], jobs))
    assert [each.item for each in done] == [8, 13, 2]
    assert [each.result for each in done] == [4, None, 1]
    assert [each.failure for each in done] == ["", "ValueError: thirteen is unlucky", ""]


def test_a_worker_that_dies_takes_only_its_own_item_along() -> None:
    done = list(spread(halved, [8, 99, 2, 4], 2))
    assert [each.result for each in done] == [4, None, 1, 2]
    assert "worker process died" in done[1].failure


def touched_and_slow(path: str) -> None:
    Path(path).touch()
    time.sleep(60)


@pytest.mark.skipif(os.name != "posix", reason="signals of a terminal are a matter of POSIX")
def test_control_c_ends_workers_at_once_and_without_tracebacks(tmp_path: Path) -> None:
    marks = [str(tmp_path / name) for name in "ab"]
    code = (
        "from tb_diagnose.fleet import spread\n"
        "from tests.test_fleet import touched_and_slow\n"
        f"try: list(spread(touched_and_slow, {marks}, 2))\n"
        "except KeyboardInterrupt: print('stopped')"
    )
    process = subprocess.Popen(  # noqa: S603  the code is this file's own
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not all(Path(mark).exists() for mark in marks) and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert (out, err) == ("stopped\n", "")


def test_nothing_to_do() -> None:
    assert list(spread(halved, [], 4)) == []


def test_being_stopped_is_not_a_failure_of_an_item() -> None:
    def stopped(_: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(spread(stopped, [1, 2]))
