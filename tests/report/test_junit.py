"""JUnit: a run is a suite, a check is a test."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given, settings

from tb_diagnose.core.run import Run
from tb_diagnose.report.document import document
from tb_diagnose.report.junit import junit
from tests.fakes import FakeExamination, healthy, sick
from tests.report.document.test_document import examinations


def test_each_check_is_a_test() -> None:
    made = document([sick(), healthy()])
    suites = ET.fromstring(junit(made))  # noqa: S314  it was made a line above
    assert [suite.get("name") for suite in suites] == [run["name"] for run in made["runs"]]
    for suite, run in zip(suites, made["runs"], strict=True):
        ends = [outcome["verdict"] for outcome in run["outcomes"]]
        assert suite.get("tests") == str(len(ends))
        assert suite.get("failures") == str(ends.count("found"))
        assert suite.get("skipped") == str(len(ends) - ends.count("found") - ends.count("clear"))
    failure = suites.find(".//failure")
    assert failure is not None
    assert "Measured 10" in (failure.text or "")


def test_a_path_that_was_not_read_is_an_error() -> None:
    made = {**document([healthy()]), "problems": [{"path": "x", "message": "there is no x"}]}
    error = ET.fromstring(junit(made)).find(".//error")  # noqa: S314  as above
    assert error is not None
    assert error.get("message") == "there is no x"


def test_a_name_may_hold_what_xml_cannot() -> None:
    run = replace(healthy(), run=Run('<"&\x00\ud800', "x"))
    (suite,) = ET.fromstring(junit(document([run])))  # noqa: S314  as above
    assert suite.get("name") == '<"&\\x00\ufffd'


@settings(max_examples=25, deadline=None)
@given(examinations())
def test_whatever_was_logged_it_is_xml(run: FakeExamination) -> None:
    assert ET.fromstring(junit(document([run]))).tag == "testsuites"  # noqa: S314
