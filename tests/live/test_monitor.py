"""Logs that grow: each finding once, as soon as it is decidable; nothing judged in vain."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine import examine as engine
from tb_diagnose.engine.time_limit import TimeLimit
from tb_diagnose.live import monitor as subject
from tb_diagnose.live.folder import REST, size
from tb_diagnose.live.sources import FolderFeed
from tests.events import Log
from tests.live.watching import Clock, parts, rested, seen, watching

NAN = float("nan")
Judged = list[int]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """The points of every run that is judged, one after another."""
    sizes: Judged = []
    examine = subject.examine

    def counted(run: Any, settings: Settings, **options: Any) -> Any:
        sizes.append(run.points)
        return examine(run, settings, **options)

    monkeypatch.setattr(subject, "examine", counted)
    return sizes


def test_a_finding_is_reported_once_when_it_becomes_decidable(tmp_path: Path) -> None:
    watched = watching(tmp_path)
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
        log.flush()
        assert seen(watched) == []
        log.scalar("loss", NAN, 3)
        log.flush()
        assert seen(watched) == [("run", ["non-finite-values"], [])]
        log.scalar("loss", NAN, 4)
        log.flush()
        assert seen(watched) == []
    (part,) = parts(watched)
    assert (part["verdict"], part["points"]) == ("critical", 5)


def test_what_is_there_at_first_is_reported_at_the_first_look(tmp_path: Path) -> None:
    for name in "ab":
        with Log(tmp_path / name) as log:
            log.scalars("loss", [3.0, 2.0, NAN])
    watched = watching(tmp_path)
    assert [name for name, *_ in seen(watched)] == ["a", "b"]
    assert rested(watched) == []


def test_runs_may_come_and_go(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    watched = watching(logs)
    assert seen(watched) == []
    for _ in range(2):
        with Log(logs / "new") as log:
            log.scalars("loss", [3.0, NAN])
        assert seen(watched) == [("new", ["non-finite-values"], [])]
        shutil.rmtree(logs)
        assert seen(watched) == []
        assert parts(watched) == []


def test_a_finding_that_holds_no_longer_is_reported_once(tmp_path: Path) -> None:
    watched = watching(tmp_path)
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    assert [found for _, found, _ in seen(watched)] == [["non-finite-values"]]
    old = log.path
    with Log(tmp_path, start=1_700_000_100) as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
    old.unlink()
    assert [gone for *_, gone in seen(watched)] == [["non-finite-values"]]
    assert rested(watched) == []


def test_what_did_not_change_is_judged_once(tmp_path: Path, judged: Judged) -> None:
    watched = watching(tmp_path)
    logs = [Log(tmp_path / name) for name in "abc"]
    for log in logs:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
    seen(watched)
    logs[1].scalar("loss", 1.0, 2)
    logs[1].flush()
    for _ in range(2):
        seen(watched)
    assert judged == [2, 2, 2, 3]
    # Once more when it has come to rest: what only an end can show is judged then.
    for _ in range(3):
        seen(watched, REST + 1)
    assert judged == [2, 2, 2, 3, 3]
    for log in logs:
        log.__exit__(None, None, None)


def test_judging_takes_its_share_of_the_time_however_long_a_run_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = watching(tmp_path, share=0.2)
    clock, examine, judged = watched[1], subject.examine, []

    def slowly(run: Any, settings: Settings, **options: Any) -> Any:
        clock.now += 10.0
        judged.append(run.points)
        return examine(run, settings, **options)

    monkeypatch.setattr(subject, "examine", slowly)
    with Log(tmp_path) as log:
        for step in range(100):
            log.scalar("loss", 1.0, step)
            log.flush()
            seen(watched, 5.0)
    # 500 s of looking, of which a fifth is spent on judging: once in 50 s.
    assert len(judged) == 13
    assert judged == sorted(set(judged))


def test_only_so_much_is_kept_in_memory(tmp_path: Path) -> None:
    for number in range(6):
        with Log(tmp_path / f"run-{number}") as log:
            log.scalars("loss", [1.0] * 50)
    time.sleep(0.05)  # their time stamps are old enough to tell the next change
    watched = watching(tmp_path, held=3.5 * size(Run("", "")))
    seen(watched)
    folders = watched[0].folders
    assert [len(folder.held) for folder in folders.values()] == [0, 0, 0, 1, 1, 1]
    assert watched[0].data(folders[str(tmp_path / "run-0")], 0).run.points == 50
    # What is no longer in memory is still reported.
    with Log(tmp_path / "run-0", start=1_700_000_100) as log:
        log.scalars("loss", [NAN], [50])
    assert seen(watched) == [("run-0", ["non-finite-values"], [])]
    assert sum(len(folder.held) for folder in folders.values()) == 3
    assert sum(part["points"] for part in parts(watched)) == 301


def test_a_run_that_is_put_aside_comes_to_rest_once(tmp_path: Path, judged: Judged) -> None:
    for name in "ab":
        with Log(tmp_path / name, start=time.time()) as log:
            log.scalars("loss", [3.0, 2.0])
    watched = watching(tmp_path, held=0)
    for seconds in (60.0, REST + 1, 60.0, REST + 1):
        seen(watched, seconds)
    assert len(judged) == 4


def test_a_folder_that_breaks_the_reader_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        with Log(tmp_path / name) as log:
            log.scalars("loss", [1.0, NAN])
    read_on = FolderFeed.read_on

    def breaks(feed: FolderFeed) -> bool:
        if feed._cluster.name == "a":
            raise MemoryError("too large")
        return read_on(feed)

    monitor, clock = watching(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(FolderFeed, "read_on", breaks)
        first, second = monitor.look()
        assert first.problem is not None
        assert first.problem["message"].endswith("a was not read: MemoryError: too large")
        assert second.folder is not None
        with Log(tmp_path / "a", start=1_700_000_100) as log:
            log.scalars("loss", [1.0], [2])
        assert seen((monitor, clock)) == []
        assert [problem["path"] for problem in monitor.problems()] == [str(tmp_path / "a")]
    assert seen((monitor, clock)) == [("a", ["non-finite-values"], [])]
    assert monitor.problems() == []


def test_a_run_goes_on_while_it_is_written_to(tmp_path: Path) -> None:
    with Log(tmp_path / "new", start=time.time() - 3) as new, Log(tmp_path / "old") as old:
        for log in (new, old):
            log.scalars("loss", [3.0, 2.0])
            log.flush()
        watched = watching(tmp_path)

        def states(seconds: float) -> list[str]:
            seen(watched, seconds)
            return [part["state"] == "running" for part in parts(watched)]

        assert states(0) == [True, False]
        old.scalar("loss", 1.0, 2)
        old.flush()
        assert states(REST + 1) == [False, True]
        assert states(REST - 10) == [False, True]
        assert states(REST + 10) == [False, False]


def test_who_knows_that_a_training_is_over_says_so(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
    monitor, _ = watched = watching(tmp_path, share=1e-9)
    for ended in (False, True):
        (update,) = monitor.look(ended=ended)
        assert update.folder is not None
        assert (parts(watched)[0]["state"] == "running") is not ended


@pytest.mark.parametrize("cut", (40, 10_000))
def test_an_unfinished_file_is_no_news_while_it_grows(tmp_path: Path, cut: int) -> None:
    settings = Settings(select=("damaged-log",))
    watched = watching(tmp_path, settings=settings)
    with Log(tmp_path, start=time.time()) as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
    data = log.path.read_bytes()
    log.path.write_bytes(data[:-cut])
    assert seen(watched) == []
    assert [found for _, found, _ in seen(watched, REST + 1)] == [["damaged-log"]]
    assert seen(watched) == []


def test_known_files_are_looked_at_more_often_than_folders_are_walked(tmp_path: Path) -> None:
    clock = Clock()
    watched = watching(tmp_path, clock=clock)
    with Log(tmp_path / "a") as log:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        assert seen(watched) == []
        log.scalar("loss", NAN, 2)
        log.flush()
        with Log(tmp_path / "b") as other:
            other.scalars("loss", [NAN])
        assert [name for name, *_ in seen(watched, 1.0)] == ["a"]
        assert [name for name, *_ in seen(watched, 1.5)] == ["b"]


def test_what_cannot_be_read_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])

    def refuses(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    settings = Settings(select=("damaged-log", "non-finite-values"))
    watched = watching(tmp_path, settings=settings)
    with monkeypatch.context() as patch:
        patch.setattr("tb_diagnose.read.event_file.opened", refuses)
        assert [found for _, found, _ in seen(watched)] == [["damaged-log"]]
        assert seen(watched) == []
    assert [each[1:] for each in seen(watched)] == [(["non-finite-values"], ["damaged-log"])]


def test_files_of_one_folder_that_are_named_one_by_one_are_one_run(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b", "c"):
        with Log(tmp_path / "run", process=name) as log:
            log.scalars(f"loss/{name}", [NAN if name == "c" else 3.0] * 3)
        files.append(log.path)
    aside = files[2].rename(tmp_path / "aside")
    watched = watching(*files)
    assert seen(watched) == []
    assert parts(watched)[0]["points"] == 6
    aside.rename(files[2])
    assert [(name, found) for name, found, _ in seen(watched)] == [("run", ["non-finite-values"])]
    assert parts(watched)[0]["points"] == 9


def test_a_diagnosis_that_hangs_is_shown_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(*_: Any) -> Any:
        while True:
            pass

    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    monkeypatch.setattr(engine, "_judge", hangs)
    watched = watching(tmp_path, time_limit=TimeLimit(0.3))
    assert seen(watched) == []
    (outcome,) = parts(watched)[0]["outcomes"]
    assert (outcome["verdict"], outcome["reason"]) == ("failed", "took longer than 0.1 s")
