"""What the training loop is told of its own run: once, and again only if it gets worse."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tb_diagnose.attach.core.detach import CallbackRaised
from tb_diagnose.attach.core.live_monitor import Finding, LiveMonitor
from tests.events import Log

NAN = float("nan")


def checked(monitor: LiveMonitor) -> bool:
    """A check that does not wait until the last one has paid."""
    monitor._pace._due = 0.0
    return monitor.check()


def test_a_finding_is_reported_once(tmp_path: Path) -> None:
    found: list[Finding] = []
    monitor = LiveMonitor(tmp_path, found.append)
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        assert not checked(monitor)
        assert found == []
        log.scalar("loss", NAN, 2)
        log.flush()
        checked(monitor)
        log.scalar("loss", NAN, 3)
        log.flush()
        checked(monitor)
    first = next(each for each in found if each.id == "non-finite-values")
    assert (first.severity, first.outcome["verdict"]) == ("critical", "found")
    assert "Try" in first.text
    assert [each.id for each in found].count("non-finite-values") == 1


def test_it_looks_again_only_when_that_has_paid(tmp_path: Path) -> None:
    found: list[Finding] = []
    monitor = LiveMonitor(tmp_path, found.append)
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, 2.0])
    monitor.check()
    monitor._pace._due = float("inf")
    with Log(tmp_path, start=1_700_000_100) as log:
        log.scalars("loss", [NAN], [2])
    monitor.check()
    assert found == []
    monitor.check(last=True)
    assert "non-finite-values" in [each.id for each in found]


def test_what_an_earlier_monitor_reported_is_not_reported_again(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    found: list[Finding] = []
    first = LiveMonitor(tmp_path, found.append)
    first.check(last=True)
    known = [each.id for each in found]
    LiveMonitor(tmp_path, found.append, first).check(last=True)
    assert [each.id for each in found] == known


def test_of_several_runs_it_is_the_one_that_is_written(tmp_path: Path) -> None:
    with Log(tmp_path / "a-broken") as log:
        log.scalars("loss", [3.0, NAN])
    with Log(tmp_path / "b-mine") as log:
        log.scalars("loss", [3.0, 2.0])
    found: list[Finding] = []
    LiveMonitor(tmp_path, found.append).check(last=True)
    assert "non-finite-values" not in [each.id for each in found]


def test_stop_stops_for_what_is_critical(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    with caplog.at_level(logging.WARNING, "tb_diagnose"):
        assert LiveMonitor(tmp_path, "stop").check(last=True)
        assert not LiveMonitor(tmp_path, "warn").check(last=True)
    assert caplog.text.count("CRITICAL  non-finite-values") == 2


def test_what_the_users_function_raises_is_passed_on(tmp_path: Path) -> None:
    def prune(finding: Finding) -> None:
        raise KeyError(finding.id)

    with Log(tmp_path) as log:
        log.scalars("loss", [3.0, NAN])
    with pytest.raises(CallbackRaised):
        LiveMonitor(tmp_path, prune).check(last=True)


def test_nothing_is_written_yet(tmp_path: Path) -> None:
    assert not LiveMonitor(tmp_path / "later", print).check(last=True)


def test_a_wrong_word_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='on_finding is "warn", "stop" or a function'):
        LiveMonitor(tmp_path, "halt")  # type: ignore[arg-type]
