"""The report in a notebook: what it shows, and that no log can inject markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings

from tb_diagnose.core.finding import Evidence, Verdict
from tb_diagnose.core.run import Run
from tb_diagnose.engine.causes import Cause
from tb_diagnose.report.document import assembled, document
from tb_diagnose.report.notebook import notebook
from tests.fakes import FakeExamination, healthy, outcome, sick, unreadable
from tests.report.document.test_document import examinations

EXPECTED = {"p", "b", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li"}


class Tags(HTMLParser):
    """The elements of a page, each closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.names.add(tag)
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_it_shows_the_runs_their_causes_and_findings() -> None:
    cause = Cause("rate", "Learning rate too high", 0.72, (), (), "Adam(1e-3)", ())
    page = notebook(document([healthy(), replace(sick(), causes=(cause,)), unreadable()]))
    assert "3 runs: 1 critical, 1 unreadable, 1 healthy" in page
    assert "<b>Likely cause</b> Learning rate too high 72%" in page
    assert "Measured 10 learning rate of Adam, alarm above 0.1" in page
    assert "It led to: exploding-weights, loss-spikes, no-learning." in page
    assert page.count("<details>") == 1


def test_more_runs_than_a_notebook_bears_are_counted() -> None:
    page = notebook(document([healthy(f"run-{n}") for n in range(103)]))
    assert "<p>and 3 more</p>" in page
    assert "run-99" in page
    assert "run-100" not in page


def test_comparisons_and_problems_have_their_place() -> None:
    seen = Evidence("Both are the same.", "Change the seed.", "a", related=("b",))
    parts = document([healthy("a"), healthy("b")])["runs"]
    across = [outcome("identical-runs", Verdict.FOUND, seen)]
    page = notebook(assembled(parts, across, [{"path": "x", "message": "no folder <x>"}]))
    assert "Across runs" in page
    assert "no folder &lt;x&gt;" in page


def test_a_name_brings_no_markup() -> None:
    page = notebook(document([FakeExamination(Run("<script>alert(1)</script>", "x"))]))
    assert Tags(page).names <= EXPECTED


@settings(max_examples=15, deadline=None)
@given(examinations())
def test_whatever_was_logged_it_is_well_formed(run: FakeExamination) -> None:
    assert Tags(notebook(document([run]))).names <= EXPECTED | {"code", "br"}
