"""The Markdown face."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from tb_diagnose.core.run import Run
from tb_diagnose.report.document import document
from tb_diagnose.report.markdown import escaped, markdown
from tests.fakes import FakeExamination, healthy, sick
from tests.report.document.test_document import examinations


def test_it_tells_what_the_terminal_tells() -> None:
    text = markdown(document([healthy(), sick()]))
    assert "| resnet/seed=1 | healthy |" in text
    assert "### critical: learning-rate-too-high" in text
    assert "- Seen: train/epoch\\_loss, epochs 0–3" in text
    assert "- **Try:** Adam(learning\\_rate=10.0) → Adam(learning\\_rate=1e-3)" in text
    assert "- Led to: exploding-weights, loss-spikes, no-learning" in text
    assert "## resnet" not in text


def test_a_name_breaks_neither_table_nor_page() -> None:
    run = replace(healthy(), run=Run("a|b\n# <script>", "x"))
    row = next(line for line in markdown(document([run])).splitlines() if "healthy |" in line)
    assert row.startswith("| a\\|b \\# \\<script\\> |")


def test_escaped_leaves_plain_words_alone() -> None:
    assert escaped("epochs 0–3, p = 0.002") == "epochs 0–3, p = 0.002"


@settings(max_examples=15, deadline=None)
@given(examinations())
def test_whatever_was_logged_there_is_a_page(run: FakeExamination) -> None:
    assert markdown(document([run])).startswith("# tb-diagnose\n")
