"""Counts of labels and answers, and the page that is made of them."""

from __future__ import annotations

from measuring.answers import Answer, Finding
from trainings.counts import Judged, counted
from trainings.page import page

JUDGES = frozenset({"learning-rate-too-high", "loss-divergence"})
HIGH = {"base": "digits-mlp", "framework": "keras", "fault": "rate-too-high", "severity": "1000",
        "clean": "no", "expects": "learning-rate-too-high loss-oscillation",
        "did": "loss-divergence"}  # fmt: skip
FINE = {**HIGH, "fault": "none", "severity": "", "harm": "na", "shows": "no", "expects": "",
        "did": ""}  # fmt: skip


def shows(*ids: str) -> Judged:
    return judged({**HIGH, "harm": "yes", "shows": "yes"}, *ids)


def harmless(*ids: str) -> Judged:
    return judged({**HIGH, "harm": "no", "shows": "no"}, *ids)


def healthy(clean: str, *ids: str) -> Judged:
    return judged({**FINE, "clean": clean}, *ids)


def judged(row: dict[str, str], *ids: str) -> Judged:
    findings = tuple(Finding(identity, True, "") for identity in ids)
    return Judged(row, Answer(findings, "", JUDGES))


def test_found_and_false_are_counted_where_they_are_due() -> None:
    counts = counted(
        [
            shows("learning-rate-too-high"),
            shows("loss-divergence"),
            shows("loss-oscillation"),
            harmless("learning-rate-too-high"),
            healthy("yes", "learning-rate-too-high"),
            healthy("yes"),
            healthy("no", "loss-divergence"),
        ],
        ["learning-rate-too-high", "loss-divergence", "loss-oscillation", "dead-relu"],
    )
    assert counts["diagnoses"] == {
        "learning-rate-too-high": {"found": 1, "of": 3, "false": 1, "of clean": 2},
        "loss-divergence": {"found": 1, "of": 3, "false": 0, "of clean": 2},
    }
    totals = {
        "trainings": 7,
        "clean": 2,
        "clean, alarmed": 1,
        "faulty": 4,
        "showing": 3,
        "showing, alarmed": 3,
        "showing, named": 2,
        "harmless": 1,
        "harmless, alarmed": 1,
    }
    assert counts["totals"] == totals
    assert counts["frameworks"] == {"keras": totals}
    (level,) = counts["faults"]["rate-too-high"]["levels"]
    assert (level["level"], level["showing"], level["alarmed"], level["named"]) == ("1000", 3, 3, 2)
    assert counts["healthy"] == {"digits-mlp": {"trainings": 3, "clean": 2, "alarmed": 1}}


def test_the_page_shows_what_was_counted() -> None:
    trainings = counted([shows("learning-rate-too-high")], JUDGES)
    corpora = {"real": {"tb-diagnose": {"clean runs alarmed": [0, 32]}}}
    text = page({"version": "1.2.3", "trainings": trainings, "corpora": corpora})
    assert "Measured with version 1.2.3" in text
    assert "| rate-too-high | 1000 times the healthy rate | 1 of 1 | 1 of 1 | 1 of 1 |  |" in text
    assert "| `learning-rate-too-high` | 1 of 1 |  |" in text
    assert "| clean runs alarmed | 0 of 32 (0%) |" in text
    assert "wrong-sign" not in text
