"""Watching logs that grow: each finding once, as soon as it is decidable; nothing read in vain."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose.core.settings import Settings
from tb_diagnose.live import monitor as subject
from tb_diagnose.live.monitor import Watch
from tb_diagnose.live.state import News
from tb_diagnose.read import FollowerCache, clusters
from tests.events import Log

NAN = float("nan")
#: What these tests follow: decidable at the first NaN, and not before.
ONLY = Settings(select=("non-finite-values",))
Judged = list[int]


class Clock:
    """Time that passes when it is told to: without it, every look may walk the folders anew."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """The points of every run that is judged, one after another."""
    sizes: Judged = []
    examine = subject.examine

    def counted(run: Any, settings: Settings, **growing: bool) -> Any:
        sizes.append(run.points)
        return examine(run, settings, **growing)

    monkeypatch.setattr(subject, "examine", counted)
    return sizes


def seen(watch: Watch) -> list[tuple[str, list[str], list[str]]]:
    """One look: name, new findings and withdrawn ones of every run there is news of."""
    news = [each for each in watch.look() if isinstance(each, News)]
    return [(each.part["name"], sorted(each.found), list(each.gone)) for each in news]


def test_a_finding_is_told_once_when_it_becomes_decidable(tmp_path: Path) -> None:
    watch = Watch([tmp_path], ONLY, clock=Clock())
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
        log.flush()
        assert seen(watch) == []
        log.scalar("loss", NAN, 3)
        log.flush()
        assert seen(watch) == [("run", ["non-finite-values"], [])]
        log.scalar("loss", NAN, 4)
        log.flush()
        assert seen(watch) == []
    assert watch.summary()["critical"] == 1
    assert watch.summary()["points"] == 5


def test_what_is_there_at_first_is_told_at_the_first_look(tmp_path: Path) -> None:
    for name in "ab":
        with Log(tmp_path / name) as log:
            log.scalars("loss", [3.0, 2.0, NAN])
    watch = Watch([tmp_path], ONLY, clock=Clock())
    assert [name for name, *_ in seen(watch)] == ["a", "b"]
    assert seen(watch) == []


def test_runs_may_come_and_go(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    watch = Watch([logs], ONLY, clock=Clock())
    assert seen(watch) == []
    assert watch.summary()["runs"] == 0
    for _ in range(2):
        with Log(logs / "new") as log:
            log.scalars("loss", [3.0, NAN])
        assert seen(watch) == [("new", ["non-finite-values"], [])]
        shutil.rmtree(logs)
        assert seen(watch) == []
        assert watch.summary()["runs"] == 0


def test_a_finding_that_holds_no_longer_is_told_of_once(tmp_path: Path) -> None:
    watch = Watch([tmp_path], ONLY, clock=Clock())
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    assert [found for _, found, _ in seen(watch)] == [["non-finite-values"]]
    old = log.path
    with Log(tmp_path, start=1_700_000_100) as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
    old.unlink()
    assert [gone for *_, gone in seen(watch)] == [["non-finite-values"]]
    assert seen(watch) == []


def graver(share: float) -> Callable[..., Any]:
    """A stand-in for the severity of a finding: critical once a run has so many points."""
    run_part = subject.run_part

    def made(examination: Any, points: int, *, brief: bool) -> Any:
        part = run_part(examination, points, brief=brief)
        for each in part["outcomes"]:
            if each["verdict"] == "found":
                each["severity"] = "critical" if part["points"] >= share else "warning"
        return part

    return made


def test_a_finding_that_turns_graver_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "run_part", graver(4))
    watch = Watch([tmp_path], ONLY, clock=Clock())
    told = []
    with Log(tmp_path) as log:
        for step in range(6):
            log.scalar("loss", NAN, step)
            log.flush()
            told.append(len(seen(watch)))
    assert told == [1, 0, 0, 1, 0, 0]


def test_what_did_not_change_is_not_read(tmp_path: Path, judged: Judged) -> None:
    watch = Watch([tmp_path], ONLY, clock=Clock())
    logs = [Log(tmp_path / name) for name in "abc"]
    for log in logs:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
    seen(watch)
    logs[1].scalar("loss", 1.0, 2)
    logs[1].flush()
    for _ in range(3):
        seen(watch)
    assert judged == [2, 2, 2, 3]
    for log in logs:
        log.__exit__(None, None, None)


def test_judging_costs_each_record_the_same_however_long_the_run_becomes(
    tmp_path: Path, judged: Judged
) -> None:
    watch = Watch([tmp_path], ONLY, clock=Clock())
    with Log(tmp_path) as log:
        log.scalars("loss", [1.0] * 3000)
        log.flush()
        seen(watch)
        for step in range(3000, 3300):
            log.scalar("loss", 1.0, step)
            log.flush()
            seen(watch)
        assert len(judged) <= 11
        assert judged[-1] < 3300
        log.scalar("loss", NAN, 3300)
        log.flush()
        assert seen(watch) == []
    # It has come to rest.
    assert [found for _, found, _ in seen(watch)] == [["non-finite-values"]]
    assert judged[-1] == 3301


def test_a_run_that_grows_slowly_does_not_wait_for_ever(tmp_path: Path, judged: Judged) -> None:
    clock = Clock()
    watch = Watch([tmp_path], ONLY, clock=clock)
    with Log(tmp_path) as log:
        log.scalars("loss", [1.0] * 1000)
        log.flush()
        seen(watch)
        for step in range(1000, 1004):
            log.scalar("loss", 1.0, step)
            log.flush()
            seen(watch)
            clock.now += 1.0
    assert judged[0] == 1000
    assert len(judged) > 1


def test_only_so_much_is_kept_in_memory(tmp_path: Path) -> None:
    for number in range(6):
        with Log(tmp_path / f"run-{number}") as log:
            log.scalars("loss", [1.0] * 50)
    size = log.path.stat().st_size
    watch = Watch([tmp_path], ONLY, held=3 * (size + (1 << 14)), clock=Clock())
    seen(watch)
    assert len(watch._followers) == 3
    # What is no longer in memory is still told once.
    with Log(tmp_path / "run-0", start=1_700_000_100) as log:
        log.scalars("loss", [NAN], [50])
    assert seen(watch) == [("run-0", ["non-finite-values"], [])]
    assert len(watch._followers) <= 3
    assert watch.summary()["points"] == 301


def test_a_folder_that_breaks_the_reader_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        with Log(tmp_path / name) as log:
            log.scalars("loss", [1.0, NAN])
    refreshed = FollowerCache.refreshed

    def breaks(followers: FollowerCache, cluster: Any, size: int) -> Any:
        if cluster.name == "a":
            raise MemoryError("too large")
        return refreshed(followers, cluster, size)

    monkeypatch.setattr(FollowerCache, "refreshed", breaks)
    watch = Watch([tmp_path], ONLY, clock=Clock())
    problem, news = watch.look()
    assert not isinstance(problem, News)
    assert problem["message"].endswith("a was not read: MemoryError: too large")
    assert isinstance(news, News)
    with Log(tmp_path / "a", start=1_700_000_100) as log:
        log.scalars("loss", [1.0])
    assert list(watch.look()) == []
    assert watch.summary()["problems"] == 1


def test_following_ends_where_a_single_look_does(tmp_path: Path) -> None:
    """Told bit by bit, it is all that is told at once."""
    whole, growing = tmp_path / "whole", tmp_path / "growing"
    with Log(whole) as log:
        for step in range(60):
            log.scalar("loss", 2.0 / (step + 1) if step < 40 else 50.0 * step, step)
            log.histogram("w", [step, 1.0, 2.0], step)
    data = log.path.read_bytes()
    growing.mkdir()
    watch = Watch([growing], Settings(), clock=Clock())
    told: list[tuple[str, str]] = []
    gone: set[str] = set()
    for cut in range(0, len(data) + 1999, 1999):
        (growing / log.path.name).write_bytes(data[:cut])
        for each in watch.look():
            assert isinstance(each, News)
            outcomes = [one for one in each.part["outcomes"] if one["id"] in each.found]
            told += [(one["id"], one["severity"]) for one in outcomes]
            gone |= {*each.gone}
    assert seen(watch) == []
    assert len(told) == len({*told})
    (once,) = Watch([whole], Settings()).look()
    assert isinstance(once, News)
    ids = {identity for identity, _ in told}
    assert once.found
    assert once.found <= ids
    assert ids - once.found <= gone


@pytest.mark.parametrize("cuts", ((40, 7), (10_000, 10_000)))
def test_an_unfinished_file_is_no_news_while_it_grows(
    tmp_path: Path, cuts: tuple[int, int]
) -> None:
    watch = Watch([tmp_path], Settings(select=("damaged-log",)), clock=Clock())
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
    data = log.path.read_bytes()
    log.path.write_bytes(data[: -cuts[0]])
    assert seen(watch) == []
    log.path.write_bytes(data[: -cuts[1]])
    assert len(seen(watch)) == (cuts[0] == cuts[1])
    assert len(seen(watch)) == (cuts[0] != cuts[1])
    assert seen(watch) == []


def test_known_files_are_looked_at_more_often_than_folders_are_walked(tmp_path: Path) -> None:
    clock = Clock()
    walks = []

    def slowly(paths: Any) -> Any:
        walks.append(clock.now)
        clock.now += 1.0
        return clusters(paths)

    with pytest.MonkeyPatch.context() as patch, Log(tmp_path / "a") as log:
        patch.setattr(subject, "clusters", slowly)
        watch = Watch([tmp_path], ONLY, clock=clock)
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        assert seen(watch) == []
        log.scalar("loss", NAN, 2)
        log.flush()
        with Log(tmp_path / "b") as other:
            other.scalars("loss", [NAN])
        assert [name for name, *_ in seen(watch)] == ["a"]
        clock.now += 10.0
        assert [name for name, *_ in seen(watch)] == ["b"]
    assert walks == [0.0, 11.0]


def test_what_cannot_be_read_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])

    def refuses(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    watch = Watch([tmp_path], Settings(select=("damaged-log", "non-finite-values")), clock=Clock())
    with monkeypatch.context() as patch:
        patch.setattr("tb_diagnose.read.event_file.opened", refuses)
        assert [found for _, found, _ in seen(watch)] == [["damaged-log"]]
        assert seen(watch) == []
    assert [each[1:] for each in seen(watch)] == [(["non-finite-values"], ["damaged-log"])]


def test_files_of_one_folder_that_are_named_one_by_one_are_one_run(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b", "c"):
        with Log(tmp_path / "run", process=name) as log:
            log.scalars(f"loss/{name}", [NAN if name == "c" else 3.0] * 3)
        files.append(log.path)
    aside = files[2].rename(tmp_path / "aside")
    watch = Watch(files, ONLY, clock=Clock())
    assert seen(watch) == []
    assert watch.summary()["points"] == 6
    aside.rename(files[2])
    assert [(name, found) for name, found, _ in seen(watch)] == [("run", ["non-finite-values"])]
    assert watch.summary()["points"] == 9
