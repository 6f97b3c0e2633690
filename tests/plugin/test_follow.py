"""Runs judged again as they grow, within bounds."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.plugin import follow
from tb_diagnose.plugin.feeds import Feed, Logdir
from tb_diagnose.plugin.follow import Following
from tb_diagnose.plugin.places import Place
from tests.cases import curve, run
from tests.events import Log


class FakeFeed:
    """A feed whose runs a test sets; ``read`` counts how often they were asked for."""

    def __init__(self, *runs: Run) -> None:
        self.now, self.news, self.read, self.aside = list(runs), True, 0, False
        self.looked = 0
        self.error: Exception | None = None

    def refresh(self) -> bool:
        self.looked += 1
        if self.error:
            raise self.error
        news, self.news = self.news, False
        return news

    def runs(self) -> Sequence[Run]:
        self.read += 1
        return self.now

    again = runs

    def put_aside(self) -> None:
        self.aside = True

    def grows(self, *runs: Run) -> None:
        self.now, self.news, self.aside = list(runs), True, False


class FakeSource:
    sampled, where = False, "logs"

    def __init__(self, **feeds: Feed) -> None:
        self.now: dict[str, Feed] = feeds

    def feeds(self) -> Mapping[str, Feed]:
        return self.now


def named(name: str, losses: Sequence[float] = (3, 2, 1)) -> Run:
    made = run(curve(losses))
    return Run(name, f"logs/{name}", scalars=made.scalars)


def following(source: FakeSource, **more: object) -> Following:
    settings = Settings(ignore=("comparison",))
    return Following(source, settings, **more)  # type: ignore[arg-type]


def rounds(what: Following) -> list[bool]:
    return list(what.round())


def stopped(seconds: Sequence[float]) -> Callable[[], float]:
    """A clock that shows these seconds, one after another, and then stands still."""
    left = list(seconds)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_nothing_yet_is_said_in_words() -> None:
    what = following(FakeSource())
    assert what.snapshot().state == "starting"
    assert rounds(what) == []
    snapshot = what.snapshot()
    assert snapshot.state == "empty"
    assert snapshot.message.startswith("No event files yet in logs.")


def test_only_what_changed_is_judged_again() -> None:
    one, two = FakeFeed(named("one")), FakeFeed(named("two"))
    what = following(FakeSource(one=one, two=two))
    assert rounds(what) == [True, True]
    first = what.snapshot()
    assert (first.state, first.message) == ("ready", "")
    one.grows(named("one", [3, math.nan, math.nan]))
    what._kept["one"].due = -math.inf
    assert rounds(what) == [True, False]
    second = what.snapshot()
    assert (one.read, two.read) == (2, 1)
    assert second.version > first.version
    assert {name: each.line["changed"] for name, each in second.entries.items()} == {
        "one": second.version,
        "two": first.version,
    }
    assert next(iter(second.entries)) == "one"


def test_a_run_that_takes_long_to_judge_is_judged_rarely() -> None:
    feed = FakeFeed(named("one"))
    # Begin and end of the first judgment: 10 s; then 39 s and 41 s after it.
    what = following(FakeSource(one=feed), clock=stopped([0, 10, 49, 51, 51]))
    assert rounds(what) == [True]
    feed.grows(named("one"))
    assert rounds(what) == [False]
    assert rounds(what) == [True]


def test_runs_that_go_are_gone() -> None:
    source = FakeSource(one=FakeFeed(named("one")), two=FakeFeed(named("two")))
    what = following(source)
    rounds(what)
    del source.now["one"]
    assert rounds(what) == [True, False]
    assert list(what.snapshot().entries) == ["two"]


def test_runs_of_one_name_stay_apart() -> None:
    feeds = {name: FakeFeed(named("same")) for name in ("a", "b", "c")}
    what = following(FakeSource(**feeds))
    rounds(what)
    entries = what.snapshot().entries
    assert set(entries) == {"same", "same (2)", "same (3)"}
    assert all(entries[name].line["name"] == name for name in entries)


def test_a_name_stays_with_its_run() -> None:
    feeds = {name: FakeFeed(named("same", [3, 2, number])) for number, name in enumerate("ab")}
    what = following(FakeSource(**feeds))
    rounds(what)
    what._kept["a"].due = -math.inf
    feeds["a"].grows(named("same", [3, 2, 0, 0]))
    rounds(what)
    entries = what.snapshot().entries
    assert entries["same"].part["points"] == 4
    assert entries["same (2)"].part["points"] == 3


def test_runs_are_compared_under_the_names_they_have_here() -> None:
    feeds = {name: FakeFeed(named("same", [3.0, 2.5, 2.2, 2.1, 2.0])) for name in "ab"}
    what = Following(FakeSource(**feeds), Settings())
    rounds(what)
    document = what.snapshot().document
    assert document is not None
    found = {each["id"]: each for each in document["comparisons"] if each["verdict"] == "found"}
    assert set(found["identical-runs"]["runs"]) == {"same", "same (2)"}
    what._kept["a"].due = what._together._due = -math.inf
    feeds["a"].grows(named("same", [3.0, 2.5, 2.2, 2.1, 1.9]))
    assert rounds(what) == [True, False, True]
    document = what.snapshot().document
    assert document is not None
    assert "found" not in {each["verdict"] for each in document["comparisons"]}


def test_a_failing_folder_hinders_no_other(caplog: pytest.LogCaptureFixture) -> None:
    bad, good = FakeFeed(named("bad")), FakeFeed(named("good"))
    what = following(FakeSource(bad=bad, good=good))
    bad.error = OSError("the disk is gone")
    with caplog.at_level(logging.ERROR):
        assert rounds(what) == [True, True]
        assert rounds(what) == [False, False]
    assert len(caplog.records) == 1
    snapshot = what.snapshot()
    assert list(snapshot.entries) == ["good"]
    assert snapshot.document is not None
    (problem,) = snapshot.document["problems"]
    assert problem["message"] == "bad was not read: OSError: the disk is gone"
    bad.error = None
    rounds(what)
    assert set(what.snapshot().entries) == {"bad", "good"}


def test_progress_is_told_while_a_long_round_goes_on() -> None:
    feeds = {name: FakeFeed(named(name)) for name in ("a", "b")}
    what = following(FakeSource(**feeds))
    round_ = what.round()
    next(round_)
    snapshot = what.snapshot()
    assert (snapshot.state, len(snapshot.entries)) == ("ready", 1)
    assert snapshot.message == "Reading logs: 1 of 2 folders."


def test_of_many_runs_the_live_ones_are_looked_at_most() -> None:
    feeds = {f"{number:03}": FakeFeed(named(f"{number:03}")) for number in range(200)}
    what = following(FakeSource(**feeds))
    assert len(rounds(what)) == 200
    for kept in what._kept.values():
        kept.due = -math.inf
    feeds["000"].grows(named("000"))
    for _ in range(4):
        rounds(what)
    looked = [feed.looked - 1 for feed in feeds.values()]
    assert feeds["000"].read == 2
    assert min(looked) == 1
    assert looked.count(1) == 200 - 128 - 1
    assert looked[-1] == 4


def test_memory_is_bounded_and_curves_are_still_there() -> None:
    feeds = {name: FakeFeed(named(name, [1.0] * 10)) for name in ("a", "b", "c")}
    what = following(FakeSource(**feeds), held=20)
    rounds(what)
    assert [feed.aside for feed in feeds.values()] == [True, False, False]
    snapshot = what.snapshot()
    assert len(snapshot.entries) == 3
    for _ in range(2):
        assert len(snapshot.entries["a"].examined().run.scalars[0]) == 10
    assert feeds["a"].read == 2
    feeds["a"].now = []
    feeds["b"].aside = True
    what._kept["b"].held = []
    snapshot.entries["b"].examined()
    with pytest.raises(LookupError):
        snapshot.entries["a"].examined()


def test_the_newest_run_is_held_however_large() -> None:
    feed = FakeFeed(named("large", [1.0] * 100))
    what = following(FakeSource(large=feed), held=1)
    rounds(what)
    assert not feed.aside


def test_real_files_put_aside_are_read_again_when_they_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_PAUSE", 0.0)
    with Log(tmp_path / "a") as log, Log(tmp_path / "b") as other:
        for each in (log, other):
            each.scalars("loss", [3.0, 2.0, 1.0])
            each.flush()
        what = Following(Logdir([Place(tmp_path)]), Settings(), held=3)
        assert rounds(what)[:2] == [True, True]
        assert rounds(what)[:2] == [False, False]
        entry = what.snapshot().entries["a"]
        assert entry.examined().run.scalars[0].values.tolist() == [3, 2, 1]
        log.scalars("loss", [0.5], [3])
        log.flush()
        assert rounds(what)[:2] == [True, False]
        assert what.snapshot().entries["a"].examined().run.points == 4
