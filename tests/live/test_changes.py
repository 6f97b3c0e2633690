"""What is reported of a run: each finding once, and again only where it gets worse."""

from __future__ import annotations

from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.live.changes import Changes, Reported


def found(**severities: str) -> list[Outcome]:
    return [
        Outcome(name, "stability", Verdict.FOUND, Severity(severity))
        for name, severity in severities.items()
    ]


def changes(*, new: str = "", worse: str = "", gone: str = "") -> Changes:
    return Changes(frozenset(new.split()), frozenset(worse.split()), tuple(gone.split()))


def test_a_finding_is_new_once() -> None:
    reported = Reported()
    assert reported.update(found(spikes="warning")) == changes(new="spikes")
    assert reported.update(found(spikes="warning")) == changes()
    assert reported.update(found(spikes="warning", plateau="info")) == changes(new="plateau")


def test_it_is_reported_again_where_it_gets_worse_but_not_where_it_gets_better() -> None:
    reported = Reported()
    reported.update(found(spikes="warning"))
    assert reported.update(found(spikes="info")) == changes()
    assert reported.update(found(spikes="critical")) == changes(worse="spikes")
    assert reported.update(found(spikes="critical")).found == frozenset()


def test_what_holds_no_longer_is_reported_once() -> None:
    reported = Reported()
    clear = Outcome("spikes", "stability", Verdict.CLEAR, Severity.WARNING)
    reported.update(found(spikes="warning"))
    assert reported.update([clear]) == changes(gone="spikes")
    assert reported.update([clear]) == changes()
