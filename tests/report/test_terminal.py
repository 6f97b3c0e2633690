"""The terminal's report: what is told, in which order, and that it fits the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from tb_diagnose.core.finding import Evidence, Verdict
from tb_diagnose.core.run import Run
from tb_diagnose.report.document import assembled, document
from tb_diagnose.report.screen import Screen, columns
from tb_diagnose.report.terminal import terminal
from tests.fakes import FakeExamination, healthy, outcome, series, sick, unreadable
from tests.report.test_document import examinations

RUNS = [healthy(), sick(), healthy("resnet/seed=2"), unreadable()]

SICK = """\
✗ training-configuration/as-given    Keras 3 · 1 layer, 11.1 M parameters · Adam 10 · 20 epochs
                                     in 2m 32s

  CRITICAL  learning-rate-too-high            epochs 0–3, known since epoch 0, 2m 32s before the end
    Adam steps of size 10 threw the loss from 1.6 (guessing among 5 classes) to 1.1e15; it came back
    to guessing and never below.
    Seen  train/epoch_loss  1.61 ▁▄█▅▃▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 1.61, up to 1.1e15
    Sure  p = 0.002, sign test over 9 epochs
          Measured 10 learning rate of Adam, alarm above 0.1
    Try   Adam(learning_rate=10.0) → Adam(learning_rate=1e-3)
    └ exploding-weights in 5 curves · loss-spikes epochs 0–3 · no-learning from epoch 9

  24 clear · 4 not checkable, 4 of them with callbacks=[…, tb_diagnose.attach.keras("logs")]

✗ lfs              unreadable · events.out.tfevents.1 is a git-lfs pointer; run git lfs pull.
✓ resnet/seed=1    healthy · 3 clear · 1 not checkable
✓ resnet/seed=2    healthy · 3 clear · 1 not checkable

4 runs: 1 critical, 1 unreadable, 2 healthy · 60 points
"""


def test_the_whole_report() -> None:
    assert terminal(document(RUNS), Screen(100)) == SICK


@pytest.mark.parametrize("width", (60, 80, 100, 160))
def test_it_fits_the_terminal(width: int) -> None:
    for line in terminal(document(RUNS), Screen(width)).splitlines():
        assert columns(line) <= width, line


def test_colours_change_nothing_but_colours() -> None:
    painted = terminal(document(RUNS), Screen(100, colour=True))
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
    assert "\n✓ fine" not in text


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


@settings(max_examples=25, deadline=None)
@given(examinations())
def test_whatever_was_logged_there_is_a_report(run: FakeExamination) -> None:
    for screen in (Screen(60, colour=True, verbose=True), Screen(100, unicode=False)):
        assert "1 run" in terminal(document([run]), screen).splitlines()[-1]
