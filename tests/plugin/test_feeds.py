"""The walk of the log directory as it fills."""

from __future__ import annotations

from pathlib import Path

from tb_diagnose.plugin.feeds import Logdir
from tb_diagnose.plugin.places import Place
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
    logdir = Logdir([Place(tmp_path / "none")], clock)
    assert logdir.feeds() == {}
    assert logdir.where == str(tmp_path / "none")
    written(tmp_path / "none" / "a")
    clock.now += 60
    assert list(logdir.feeds()) == [str(tmp_path / "none" / "a")]


def test_feeds_stay_while_their_folders_do(tmp_path: Path) -> None:
    clock = Clock()
    first, second = written(tmp_path / "a"), tmp_path / "b"
    logdir = Logdir([Place(tmp_path)], clock)
    (before,) = logdir.feeds().values()
    written(second)
    clock.now += 60
    after = logdir.feeds()
    assert after[str(tmp_path / "a")] is before
    assert len(after) == 2
    first.unlink()
    clock.now += 60
    assert list(logdir.feeds()) == [str(second)]


def test_a_slow_walk_is_a_rare_one(tmp_path: Path) -> None:
    clock = Clock(per_look=3.0)
    logdir = Logdir([Place(tmp_path)], clock)
    logdir.feeds()
    written(tmp_path / "a")
    clock.now += 25
    assert logdir.feeds() == {}
    clock.now += 10
    assert len(logdir.feeds()) == 1


def test_runs_are_named_as_tensorboard_names_them(tmp_path: Path) -> None:
    written(tmp_path / "one" / "a" / "train")
    written(tmp_path / "two")
    found = Logdir([Place(tmp_path / "one", "x"), Place(tmp_path / "two", "y")]).feeds()
    for feed in found.values():
        feed.refresh()
    assert [run.name for feed in found.values() for run in feed.runs()] == ["x/a", "y"]


def test_a_folder_given_twice_is_followed_once(tmp_path: Path) -> None:
    written(tmp_path / "a")
    assert len(Logdir([Place(tmp_path), Place(tmp_path / "a")]).feeds()) == 1
