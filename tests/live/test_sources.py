"""The walk of the log directory as it fills."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose.live import sources as subject
from tb_diagnose.live.sources import Feed, Folders, LogDirectory
from tests.events import Log


class Clock:
    """A clock that stands still until it is moved, and moves by ``per_look`` at each look."""

    def __init__(self, per_look: float = 0.0) -> None:
        self.now, self.per_look = 0.0, per_look

    def __call__(self) -> float:
        self.now += self.per_look
        return self.now


def written(folder: Path) -> Path:
    with Log(folder) as log:
        log.scalars("loss", [1.0, 0.5])
    return log.path


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    clock = Clock()
    folders = Folders([LogDirectory(tmp_path / "none")], clock=clock)
    assert folders.feeds() == {}
    assert folders.where == str(tmp_path / "none")
    written(tmp_path / "none" / "a")
    clock.now += 60
    assert list(folders.feeds()) == [str(tmp_path / "none" / "a")]


def test_feeds_stay_while_their_folders_do(tmp_path: Path) -> None:
    clock = Clock()
    first, second = written(tmp_path / "a"), tmp_path / "b"
    folders = Folders([LogDirectory(tmp_path)], clock=clock)
    (before,) = folders.feeds().values()
    written(second)
    clock.now += 60
    after = folders.feeds()
    assert after[str(tmp_path / "a")] is before
    assert len(after) == 2
    first.unlink()
    clock.now += 60
    assert list(folders.feeds()) == [str(second)]


def test_a_slow_walk_is_a_rare_one(tmp_path: Path) -> None:
    clock = Clock(per_look=3.0)
    folders = Folders([LogDirectory(tmp_path)], clock=clock)
    folders.feeds()
    written(tmp_path / "a")
    clock.now += 20
    assert folders.feeds() == {}
    clock.now += 10
    assert len(folders.feeds()) == 1


def test_runs_are_named_as_tensorboard_names_them(tmp_path: Path) -> None:
    written(tmp_path / "one" / "a" / "train")
    written(tmp_path / "two")
    found = Folders(
        [LogDirectory(tmp_path / "one", "x"), LogDirectory(tmp_path / "two", "y")]
    ).feeds()
    for feed in found.values():
        feed.read_on()
    assert [run.name for feed in found.values() for run in feed.runs()] == ["x/a", "y"]


def test_a_folder_given_twice_is_followed_once(tmp_path: Path) -> None:
    written(tmp_path / "a")
    assert len(Folders([LogDirectory(tmp_path), LogDirectory(tmp_path / "a")]).feeds()) == 1


def one(folder: Path) -> tuple[Folders, Feed, Clock]:
    clock = Clock()
    folders = Folders([LogDirectory(folder)], clock=clock)
    (feed,) = folders.feeds().values()
    return folders, feed, clock


def settled(feed: Feed) -> None:
    """Reads until the time stamps are old enough to tell the next change."""
    deadline = time.monotonic() + 30
    while feed.has_changed():
        assert time.monotonic() < deadline
        feed.read_on()
        time.sleep(0.01)


def test_what_has_not_changed_is_not_read(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        _, feed, _ = one(tmp_path)
        assert feed.has_changed()
        assert feed.read_on()
        settled(feed)
        assert not feed.read_on()
        log.scalar("loss", 1.0, 2)
        log.flush()
        assert feed.has_changed()
        assert feed.read_on()
    assert feed.runs()[0].points == 3


def test_what_was_put_aside_is_read_again_when_it_changes(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        _, feed, _ = one(tmp_path)
        settled(feed)
        feed.put_aside()
        assert not feed.has_changed()
        assert feed.runs() == ()
        assert feed.load()[0].points == 2
        log.scalar("loss", 1.0, 2)
        log.flush()
        assert feed.has_changed()
        assert feed.read_on()
    assert feed.runs()[0].points == 3


def test_a_file_written_anew_that_looks_the_same_is_another_one(tmp_path: Path) -> None:
    """Its size, its inode and the moment of its last write are as before."""
    path = written(tmp_path)
    _, feed, _ = one(tmp_path)
    settled(feed)
    status = path.stat()
    with Log(tmp_path / "other") as log:
        log.scalars("loss", [1.0, 0.7])
    path.write_bytes(log.path.read_bytes())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert feed.has_changed()
    assert feed.read_on()
    assert feed.runs()[0].scalars[0].values.tolist() == pytest.approx([1.0, 0.7])


def test_a_directory_that_cannot_be_reached_keeps_its_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "a")
    folders, feed, clock = one(tmp_path)

    def refuses(_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(subject, "clusters", refuses)
        clock.now += 60
        assert list(folders.feeds().values()) == [feed]
        assert list(folders.problems) == [str(tmp_path)]
    clock.now += 60
    assert list(folders.feeds().values()) == [feed]
    assert folders.problems == {}


def test_folders_that_are_too_deep_are_told(tmp_path: Path) -> None:
    written(tmp_path / "a")
    written(tmp_path.joinpath(*"b" * 70))
    folders = Folders([LogDirectory(tmp_path)])
    assert list(folders.feeds()) == [str(tmp_path / "a")]
    (message,) = folders.problems.values()
    assert "more than 64 folders below" in message
