"""What the tab shows of runs as they grow."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.live.folder import size
from tb_diagnose.live.sources import Feed, Folders, LogDirectory
from tb_diagnose.plugin.snapshots import Snapshots
from tests.cases import curve, run
from tests.events import Log
from tests.live.watching import Clock


class FakeFeed:
    """A feed whose runs a test sets; ``read`` counts how often they were read."""

    def __init__(self, *runs: Run) -> None:
        self.now, self.news, self.read, self.aside = list(runs), True, 0, False
        self.error: Exception | None = None

    def has_changed(self) -> bool:
        return self.news

    def read_on(self) -> bool:
        if self.error:
            raise self.error
        self.read += 1
        news, self.news = self.news, False
        return news

    def runs(self) -> Sequence[Run]:
        return self.now

    def load(self) -> Sequence[Run]:
        self.read += 1
        return self.now

    def written(self) -> float:
        return 0.0

    def put_aside(self) -> None:
        self.aside = True

    def grows(self, *runs: Run) -> None:
        self.now, self.news, self.aside = list(runs), True, False


class FakeSource:
    sampled, where = False, "logs"
    problems: Mapping[str, str] = {}

    def __init__(self, **feeds: Feed) -> None:
        self.now: dict[str, Feed] = feeds

    def feeds(self, *, at_once: bool = False) -> Mapping[str, Feed]:  # noqa: ARG002
        return self.now


def named(name: str, losses: Sequence[float] = (3, 2, 1)) -> Run:
    made = run(curve(losses))
    return Run(name, f"logs/{name}", scalars=made.scalars)


def snapshots(source: FakeSource, **more: object) -> Snapshots:
    settings = Settings(ignore=("comparison",))
    return Snapshots(source, settings, **{"clock": Clock(), **more})  # type: ignore[arg-type]


def looked(what: Snapshots) -> int:
    """How much a look brings."""
    return len(list(what.look()))


def test_nothing_yet_is_said_in_words() -> None:
    what = snapshots(FakeSource())
    assert what.snapshot().state == "starting"
    assert looked(what) == 0
    snapshot = what.snapshot()
    assert snapshot.state == "empty"
    assert snapshot.message.startswith("No event files yet in logs.")


def test_only_what_changed_is_judged_again() -> None:
    one, two = FakeFeed(named("one")), FakeFeed(named("two"))
    what = snapshots(FakeSource(one=one, two=two))
    assert looked(what) == 2
    first = what.snapshot()
    assert (first.state, first.message) == ("ready", "")
    one.grows(named("one", [3, math.nan, math.nan]))
    assert looked(what) == 1
    second = what.snapshot()
    assert (one.read, two.read) == (2, 1)
    assert second.version > first.version
    assert {name: each.line["changed"] for name, each in second.entries.items()} == {
        "one": second.version,
        "two": first.version,
    }
    assert next(iter(second.entries)) == "one"


def test_runs_that_go_are_gone() -> None:
    source = FakeSource(one=FakeFeed(named("one")), two=FakeFeed(named("two")))
    what = snapshots(source)
    looked(what)
    del source.now["one"]
    assert looked(what) == 1
    assert list(what.snapshot().entries) == ["two"]


def test_runs_of_one_name_stay_apart() -> None:
    feeds = {name: FakeFeed(named("same")) for name in ("a", "b", "c")}
    what = snapshots(FakeSource(**feeds))
    looked(what)
    entries = what.snapshot().entries
    assert set(entries) == {"same", "same (2)", "same (3)"}
    assert all(entries[name].line["name"] == name for name in entries)


def test_a_name_stays_with_its_run() -> None:
    feeds = {name: FakeFeed(named("same", [3, 2, number])) for number, name in enumerate("ab")}
    what = snapshots(FakeSource(**feeds))
    looked(what)
    feeds["a"].grows(named("same", [3, 2, 0, 0]))
    looked(what)
    entries = what.snapshot().entries
    assert entries["same"].part["points"] == 4
    assert entries["same (2)"].part["points"] == 3


def test_runs_are_compared_under_the_names_they_have_here() -> None:
    feeds = {name: FakeFeed(named("same", [3.0, 2.5, 2.2, 2.1, 2.0])) for name in "ab"}
    what = Snapshots(FakeSource(**feeds), Settings(), clock=Clock())
    looked(what)
    document = what.snapshot().document
    assert document is not None
    found = {each["id"]: each for each in document["comparisons"] if each["verdict"] == "found"}
    assert set(found["identical-runs"]["runs"]) == {"same", "same (2)"}
    feeds["a"].grows(named("same", [3.0, 2.5, 2.2, 2.1, 1.9]))
    assert looked(what) == 2  # of the run, and of the comparison
    document = what.snapshot().document
    assert document is not None
    assert "found" not in {each["verdict"] for each in document["comparisons"]}


def test_a_failing_folder_hinders_no_other(caplog: pytest.LogCaptureFixture) -> None:
    bad, good = FakeFeed(named("bad")), FakeFeed(named("good"))
    what = snapshots(FakeSource(bad=bad, good=good))
    bad.error = OSError("the disk is gone")
    with caplog.at_level(logging.ERROR):
        assert looked(what) == 2
        assert looked(what) == 0
    assert len(caplog.records) == 1
    snapshot = what.snapshot()
    assert list(snapshot.entries) == ["good"]
    assert snapshot.document is not None
    (problem,) = snapshot.document["problems"]
    assert problem["message"] == "bad was not read: OSError: the disk is gone"
    bad.error = None
    looked(what)
    assert set(what.snapshot().entries) == {"bad", "good"}


def test_progress_is_told_while_a_long_look_goes_on() -> None:
    feeds = {name: FakeFeed(named(name)) for name in ("a", "b")}
    what = snapshots(FakeSource(**feeds))
    look = what.look()
    next(look)
    snapshot = what.snapshot()
    assert (snapshot.state, len(snapshot.entries)) == ("ready", 1)
    assert snapshot.message == "Reading logs: 1 of 2 folders."


def test_memory_is_bounded_and_curves_are_still_there() -> None:
    feeds = {name: FakeFeed(named(name, [1.0] * 10)) for name in ("a", "b", "c")}
    what = snapshots(FakeSource(**feeds), held=2.5 * size(Run("", "")))
    looked(what)
    assert [feed.aside for feed in feeds.values()] == [True, False, False]
    snapshot = what.snapshot()
    assert len(snapshot.entries) == 3
    for _ in range(2):
        assert len(snapshot.entries["a"].data().run.scalars[0]) == 10
    assert feeds["a"].read == 2
    feeds["a"].now = []
    snapshot.entries["b"].data()
    assert feeds["b"].read == 1
    feeds["c"].grows(named("c"), named("d"))
    looked(what)
    snapshot.entries["b"].data()
    with pytest.raises(LookupError):
        snapshot.entries["a"].data()


def test_the_newest_run_is_held_however_large() -> None:
    feed = FakeFeed(named("large", [1.0] * 100))
    what = snapshots(FakeSource(large=feed), held=1)
    looked(what)
    assert not feed.aside


def test_real_files_put_aside_are_read_again_when_they_grow(tmp_path: Path) -> None:
    with Log(tmp_path / "a") as log, Log(tmp_path / "b") as other:
        for each in (log, other):
            each.scalars("loss", [3.0, 2.0, 1.0])
            each.flush()
        time.sleep(0.05)  # their time stamps are old enough to tell the next change
        clock = Clock()
        folders = Folders([LogDirectory(tmp_path)], clock=clock)
        what = Snapshots(folders, Settings(ignore=("comparison",)), held=3, clock=clock)
        assert looked(what) == 2
        assert looked(what) == 0
        entry = what.snapshot().entries["a"]
        assert entry.data().run.scalars[0].values.tolist() == [3, 2, 1]
        log.scalars("loss", [0.5], [3])
        log.flush()
        assert looked(what) == 1
        assert what.snapshot().entries["a"].data().run.points == 4
