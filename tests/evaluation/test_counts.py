"""Counts of truths and answers, and the page that is made of them."""

from __future__ import annotations

from measuring.answers import Answer, Finding
from trainings.counts import Judged, counted
from trainings.grid import Training, grid
from trainings.page import page
from trainings.plan import Trained
from trainings.truth import Truth

TRAINED = Trained(*[0.5] * 8)
GRID = {each.name: each for each in grid()}
HIGH = GRID["learning-rate-high-1000-digits-mlp-1"]
FINE = GRID["healthy-digits-mlp-1"]
JUDGES = frozenset({"learning-rate-too-high", "loss-divergence"})


def judged(training: Training, *ids: str, judges: frozenset[str] = JUDGES, **true: bool) -> Judged:
    shows = true.get("shows", False)
    expects = frozenset({"learning-rate-too-high", "dead-relu"}) if shows else frozenset()
    truth = Truth(training, TRAINED, clean=true.get("clean", False), shows=shows, expects=expects)
    return Judged(truth, Answer(tuple(Finding(each, True, "") for each in ids), "", judges))


def test_found_and_false_are_counted_where_they_are_due() -> None:
    counts = counted(
        [
            judged(HIGH, "learning-rate-too-high", shows=True),
            judged(HIGH, "loss-divergence", shows=True),
            judged(HIGH, "learning-rate-too-high"),
            judged(FINE, "learning-rate-too-high", clean=True),
            judged(FINE, clean=True),
            judged(FINE, "loss-divergence"),
        ],
        ["learning-rate-too-high", "dead-relu"],
    )
    assert counts["diagnoses"] == {
        "learning-rate-too-high": {"found": 1, "of": 2, "false": 1, "of clean": 2}
    }
    assert counts["totals"] == {
        "trainings": 6,
        "clean": 2,
        "clean, alarmed": 1,
        "faulty": 3,
        "showing": 2,
        "showing, alarmed": 2,
        "showing, named": 1,
        "harmless": 1,
        "harmless, alarmed": 1,
    }
    level = counts["faults"]["learning-rate-high"]["levels"][-1]
    assert level["level"] == "1000"
    assert (level["showing"], level["alarmed"], level["named"]) == (2, 2, 1)
    assert counts["healthy"]["digits-mlp"] == {"trainings": 3, "clean": 2, "alarmed": 1}


def test_the_page_shows_what_was_counted() -> None:
    trainings = counted([judged(HIGH, "learning-rate-too-high", shows=True)], JUDGES)
    corpora = {"real": {"tb-diagnose": {"clean runs alarmed": [0, 32]}}}
    text = page({"version": "1.2.3", "trainings": trainings, "corpora": corpora})
    assert "Measured with version 1.2.3" in text
    assert "| learning-rate-high | 1000 times the healthy rate | 1 of 1 | 1 of 1 | 1 of 1 |" in text
    assert "| `learning-rate-too-high` | 1 of 1 |  |" in text
    assert "| clean runs alarmed | 0 of 32 (0%) |" in text
    assert "wrong-loss" not in text
