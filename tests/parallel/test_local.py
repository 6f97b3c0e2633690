"""Many items: in order, whoever fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tb_diagnose.parallel import local as fleet
from tb_diagnose.parallel.local import spread


def halved(numbers: Sequence[int]) -> Iterator[int]:
    for number in numbers:
        if number == 13:
            raise ValueError("thirteen\nis unlucky")
        if number == 99:
            os._exit(1)
        yield number // 2


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


def test_many_items_are_done_in_order_whoever_dies_among_them() -> None:
    items = [99 if at in (40, 41, 160) else at for at in range(200)]
    done = list(spread(halved, items, 2))
    assert [each.at for each in done] == list(range(200))
    expected = [None if item in (13, 99) else item // 2 for item in items]
    assert [each.result for each in done] == expected


def test_a_process_with_threads_is_not_forked() -> None:
    with ThreadPoolExecutor(1) as threads:
        threads.submit(int).result()
        assert not fleet._single()
        assert [each.result for each in spread(halved, [8, 2], 2)] == [4, 1]


def test_workers_are_taken_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert [fleet.worker_count(items) for items in (0, 1, 199, 200, 10_000)] == [1, 1, 1, 2, 8]


def named_and_slow(paths: Sequence[str]) -> Iterator[None]:
    for path in paths:
        Path(path).write_text(str(os.getpid()))
        yield time.sleep(60)


def begun(tmp_path: Path, *, prepare: str = "") -> tuple[subprocess.Popen[str], list[int]]:
    """A process with two workers that are busy for a minute, and the workers' numbers."""
    marks = [str(tmp_path / name) for name in "ab"]
    code = (
        f"{prepare}\n"
        "from tb_diagnose.parallel.local import spread\n"
        "from tests.parallel.test_local import named_and_slow\n"
        f"try: list(spread(named_and_slow, {marks}, 2))\n"
        "except KeyboardInterrupt: print('stopped')"
    )
    process = subprocess.Popen(  # noqa: S603  the code is this file's own
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        if all(Path(mark).exists() and Path(mark).read_text() for mark in marks):
            return process, [int(Path(mark).read_text()) for mark in marks]
        time.sleep(0.02)
    process.kill()
    raise AssertionError(process.communicate())


def gone(number: int) -> bool:
    """Whether a process has ended, within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@linux
def test_control_c_ends_workers_at_once_and_without_tracebacks(tmp_path: Path) -> None:
    # Whoever starts the tests in the background makes them ignore Control-C, which is inherited.
    prepare = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process, workers = begun(tmp_path, prepare=prepare)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=20) == ("stopped\n", "")
    assert all(map(gone, workers))


@linux
@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGHUP))
def test_a_signal_to_the_program_alone_ends_its_workers(
    tmp_path: Path, number: signal.Signals
) -> None:
    prepare = "from tb_diagnose.cli.main import settle_in; settle_in()"
    process, workers = begun(tmp_path, prepare=prepare)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert all(map(gone, workers))


@linux
def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    process, workers = begun(tmp_path)
    process.kill()
    assert all(map(gone, workers))
    process.communicate(timeout=20)


def test_nothing_to_do() -> None:
    assert list(spread(halved, [], 4)) == []


def test_being_stopped_is_not_a_failure_of_an_item() -> None:
    def stopped(_: Sequence[int]) -> Iterator[int]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(spread(stopped, [1, 2]))


def together(numbers: Sequence[int]) -> list[int]:
    """Fails as a whole where one is unlucky, before anything is done."""
    if 13 in numbers:
        raise ValueError("thirteen")
    return [number // 2 for number in numbers]


@pytest.mark.parametrize("jobs", (1, 2))
def test_of_items_done_together_only_the_one_that_fails_is_lost(jobs: int) -> None:
    items = [2, 4, 13, 6, 13]
    done = list(spread(together, items, jobs))
    assert [each.item for each in done] == items
    assert [each.result for each in done] == [1, 2, None, 3, None]


def test_where_results_are_missing_it_ends_and_they_are_told() -> None:
    done = list(spread(lambda numbers: numbers[:-1], [4, 5]))
    assert [each.result for each in done] == [4, None]
    assert done[1].failure.startswith("ValueError")


@pytest.mark.parametrize(("items", "jobs"), ((1, 2), (7, 2), (1000, 2), (1000, 16)))
def test_batches_hold_all_items_in_order_and_become_smaller(items: int, jobs: int) -> None:
    batches = list(fleet._batches(range(items), jobs))
    assert [item for each in batches for item in each] == list(range(items))
    sizes = [len(each) for each in batches]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= max(1, items // jobs // 60)
