"""The terminal's report: what is told, in which order, and that it fits the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from tb_diagnose.core.finding import Evidence, Severity, Verdict
from tb_diagnose.core.run import Run
from tb_diagnose.report.document import assembled, document
from tb_diagnose.report.terminal import terminal
from tb_diagnose.report.text.screen import Screen, columns
from tests.fakes import FakeExamination, healthy, outcome, series, sick, unreadable
from tests.report.document.test_document import examinations

RUNS = [healthy(), sick(), healthy("resnet/seed=2"), unreadable()]

SICK = """\
✗ training-configuration/as-given    Keras 3 · 1 layer, 11.1 M parameters · Adam 10 · 20 epochs
                                     in 2m 32s

  CRITICAL  learning-rate-too-high            epochs 0–3, detected at epoch 0, 2m 32s before the end
    Adam steps of size 10 threw the loss from 1.6 (guessing among 5 classes) to 1.1e15; it came back
    to guessing and never below.
    Seen  train/epoch_loss  1.61 ▁▄█▅▃▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 1.61, up to 1.1e15
    Proof Measured 10 learning rate of Adam, alarm above 0.1 · p = 0.002, sign test over 9 epochs
    Try   Adam(learning_rate=10.0) → Adam(learning_rate=1e-3)
    └ exploding-weights in 5 curves · loss-spikes epochs 0–3 · no-learning from epoch 9

✗ lfs            events.out.tfevents.1 is a git-lfs pointer; run git lfs pull.
✓ resnet/seed=1  Healthy by 3 checks: train/epoch_loss went from 2.3 to 0.1.
✓ resnet/seed=2  Healthy by 3 checks: train/epoch_loss went from 2.3 to 0.1.

4 runs: 1 critical, 1 unreadable, 2 healthy · 60 points
Checks per run, on average: 8 clear, 2 not logged. To log more: callbacks=[…,
tb_diagnose.attach.keras("logs")]
"""


def test_the_whole_report() -> None:
    assert terminal(document(RUNS), Screen(100)) == SICK


@pytest.mark.parametrize("runs", (RUNS, 5 * RUNS))
@pytest.mark.parametrize("width", (40, 60, 80, 100, 160, 200))
def test_it_fits_the_terminal(width: int, runs: list[FakeExamination]) -> None:
    for line in terminal(document(runs), Screen(width)).splitlines():
        assert columns(line) <= width, line


def test_colours_change_nothing_but_colours() -> None:
    painted = terminal(document(RUNS), Screen(100, color=True))
    assert painted != SICK
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == SICK


def test_ascii_for_terminals_that_have_no_more() -> None:
    text = terminal(document(RUNS), Screen(100, unicode=False))
    assert text.isascii()
    assert "?" not in text


def test_verbose_tells_the_whole_ledger_with_reasons() -> None:
    text = terminal(document(RUNS), Screen(100, verbose=True))
    assert "train/epoch_loss as train_loss: Keras' epoch_loss" in text
    assert "overfitting: no validation loss in this run" in text
    assert "The training was restarted." in text
    assert "check-23" in text


def test_a_name_cannot_command_the_terminal() -> None:
    run = Run("evil\x1b[2J\n✓ fine", "evil")
    text = terminal(document([FakeExamination(run)]), Screen(100))
    assert "\x1b" not in text
    assert "evil\\x1b[2J ✓ fine" in text


@pytest.mark.parametrize("character", "\u200b\u200f\u2028\u202e\u2066\u2069\ufeff\xad\x9b")
def test_what_hides_or_reorders_text_is_shown(character: str) -> None:
    text = terminal(document([FakeExamination(Run(f"a{character}b", "x"))]), Screen(100))
    assert character not in text
    assert f"a{character.encode('unicode_escape').decode()}b" in text


def test_a_broken_diagnosis_is_told_even_of_a_healthy_run() -> None:
    broken = outcome("dead-relu", Verdict.FAILED, reason="IndexError: 3")
    run = replace(healthy(), outcomes=(*healthy().outcomes, broken))
    assert "dead-relu failed: IndexError: 3" in terminal(document([run]), Screen(100))


def test_runs_of_one_name_are_told_apart_by_path() -> None:
    runs = [replace(healthy(), run=Run("train", path)) for path in ("a/train", "b/train")]
    text = terminal(document(runs), Screen(100))
    assert "✓ a/train" in text
    assert "✓ b/train" in text


def test_more_evidence_than_fits_is_named() -> None:
    seen = [Evidence(f"Curve {n}.", "Try.", f"tag_{n}") for n in range(6)]
    run = FakeExamination(Run("r", "r"), outcomes=(outcome("a", Verdict.FOUND, *seen),))
    text = terminal(document([run]), Screen(100))
    assert "and 3 more: tag_3, tag_4, tag_5" in text
    assert text.count("Try.") == 1
    assert "Curve 5." in terminal(document([run]), Screen(100, verbose=True))


def test_nan_is_drawn_and_named_as_the_end() -> None:
    loss = series([4.0, 2.0, 1.0, np.nan, np.nan])
    seen = Evidence("The loss is NaN.", "Clip.", "train/epoch_loss", (3, 4))
    run = FakeExamination(
        Run("r", "r", scalars=(loss,)), outcomes=(outcome("a", Verdict.FOUND, seen),)
    )
    assert "4 █▃▁×× NaN" in terminal(document([run]), Screen(100))


def test_problems_and_comparisons_have_their_place() -> None:
    seen = Evidence("Both are the same.", "Change the seed.", "a", related=("b",))
    across = [outcome("identical-runs", Verdict.FOUND, seen)]
    parts = document([healthy("a"), healthy("b")])["runs"]
    made = assembled(parts, across, [{"path": "x", "message": "there is no folder x"}])
    text = terminal(made, Screen(100))
    assert text.index("Across runs") < text.index("✗ there is no folder x") < text.index("2 runs")
    assert "1 path not read" in text


def many() -> list[FakeExamination]:
    """Twelve runs: three that diverge in one folder, one of another kind, the others healthy."""
    rise = Evidence("The loss rose.", "Lower the rate.")
    leak = Evidence("Too good.", "Look for a leak.")
    sick = [
        FakeExamination(Run(f"sweep/{n}", "x"), outcomes=(outcome("rises", Verdict.FOUND, rise),))
        for n in range(3)
    ]
    other = FakeExamination(Run("other", "x"), outcomes=(outcome("leak", Verdict.FOUND, leak),))
    return [*sick, other, *(healthy(f"well/{n}") for n in range(8))]


def test_many_runs_begin_with_what_they_share() -> None:
    lines = terminal(document(many()), Screen(100)).splitlines()
    assert lines[0].split() == ["Finding", "Runs", "Worst", "Where"]
    assert lines[1].split() == ["rises", "3", "warning", "in", "sweep/"]
    assert lines[2].split() == ["leak", "1", "warning", "other"]


def test_of_many_runs_each_finding_is_shown_in_full_once() -> None:
    text = terminal(document(many()), Screen(100))
    assert text.count("Try   Lower the rate.") == text.count("Try   Look for a leak.") == 1
    assert [line[:9] for line in text.splitlines() if "sweep/" in line[:9]] == [
        "▲ sweep/0",
        "▲ sweep/1",
        "▲ sweep/2",
    ]


def test_the_runs_of_each_finding() -> None:
    text = terminal(document(many()), Screen(100), by_finding=True)
    assert text.startswith("WARNING   rises  3 runs  in sweep/\n  · sweep/0: The loss rose.\n")
    assert text.count("Lower the rate.") == 1


def test_quiet_is_a_line_a_run() -> None:
    lines = terminal(document(many()), Screen(100, quiet=True)).splitlines()
    assert len(lines) == 12 + 2
    assert all(columns(line) <= 100 for line in lines)


def test_a_consequence_that_is_worse_than_its_cause_says_so() -> None:
    seen = Evidence("S.", "T.")
    cause = outcome("a", Verdict.FOUND, seen)
    worse = outcome("b", Verdict.FOUND, seen, severity=Severity.CRITICAL, caused_by="a")
    text = terminal(document([FakeExamination(Run("r", "r"), outcomes=(cause, worse))]), Screen())
    assert "✗ r" in text
    assert "└ CRITICAL b" in text


@settings(max_examples=25, deadline=None)
@given(examinations())
def test_whatever_was_logged_there_is_a_report(run: FakeExamination) -> None:
    for screen in (Screen(60, color=True, verbose=True), Screen(100, unicode=False)):
        assert "\n1 run" in re.sub(r"\x1b\[[0-9;]*m", "", terminal(document([run]), screen))


def test_what_the_settings_ignore_is_told_with_its_reason() -> None:
    made = document([healthy()])
    text = terminal(made, Screen(), ignored={"dead-relu": "sparse by design", "layers": ""})
    assert text.endswith("Ignored by the settings: dead-relu (sparse by design), layers\n")
    assert "Ignored" not in terminal(made, Screen())
