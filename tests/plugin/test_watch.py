"""The thread: when it works, and what it does when it fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tb_diagnose.core.settings import SettingsError
from tb_diagnose.plugin import watch
from tb_diagnose.plugin.snapshot import Snapshot
from tb_diagnose.plugin.watch import Watcher


class FakeSnapshots:
    """Counts looks; ``error`` is raised in the next ones, ``news`` is whether they bring any."""

    def __init__(self) -> None:
        self.looks = self.version = 0
        self.news = True
        self.error: Exception | None = None

    def look(self) -> Iterator[None]:
        self.looks += 1
        if self.error:
            raise self.error
        if self.news:
            yield
        self.news = False

    def snapshot(self) -> Snapshot:
        self.version += 1
        return Snapshot(self.version, "ready")


def until(wanted: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def snapshots() -> FakeSnapshots:
    return FakeSnapshots()


@pytest.fixture
def watcher(snapshots: FakeSnapshots) -> Iterator[Watcher]:
    made = Watcher(lambda: snapshots, every=0.01)  # type: ignore[arg-type, return-value]
    yield made
    made.stop()


def test_nobody_looks_nothing_works(watcher: Watcher) -> None:
    before = threading.active_count()
    assert watcher._thread is None
    assert watcher.latest().state == "starting"
    assert threading.active_count() == before + 1
    until(lambda: watcher.latest().state == "ready")
    assert watcher._thread is not None
    assert watcher._thread.daemon


def test_a_version_comes_only_with_news(watcher: Watcher, snapshots: FakeSnapshots) -> None:
    until(lambda: watcher.latest().version == 1)
    seen = snapshots.looks
    until(lambda: snapshots.looks > seen + 3)
    assert watcher.latest().version == 1
    snapshots.news = True
    until(lambda: watcher.latest().version == 2)


def test_it_rests_while_nobody_asks(
    watcher: Watcher, snapshots: FakeSnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_IDLE", 0.0)
    watcher.latest()
    until(lambda: snapshots.looks and not watcher._wanted.is_set())
    until(lambda: watcher._snapshot.version == 1)
    looks = snapshots.looks
    time.sleep(0.1)
    assert snapshots.looks <= looks + 1
    looks = snapshots.looks
    watcher.latest()
    until(lambda: snapshots.looks > looks)


def test_an_error_is_shown_once_and_goes_when_it_is_over(
    watcher: Watcher, snapshots: FakeSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    snapshots.error = OSError("the disk is gone")
    with caplog.at_level(logging.ERROR):
        until(lambda: watcher.latest().state == "error")
        shown = watcher.latest()
        assert shown.message == "OSError: the disk is gone"
        seen = snapshots.looks
        until(lambda: snapshots.looks > seen + 3)
    assert len(caplog.records) == 1
    assert watcher.latest() is shown
    snapshots.error = None
    until(lambda: watcher.latest().state == "ready")


def test_wrong_settings_are_told_in_their_own_words() -> None:
    def make() -> FakeSnapshots:
        raise SettingsError("unknown diagnosis 'dead-rely'; did you mean 'dead-relu'?")

    watcher = Watcher(make, every=0.01)  # type: ignore[arg-type]
    until(lambda: watcher.latest().state == "error")
    assert watcher.latest().message.startswith("unknown diagnosis 'dead-rely'")
    watcher.stop()
