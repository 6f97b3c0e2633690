"""SARIF: one result a finding, at the folder of its run."""

from __future__ import annotations

import json

from tb_diagnose.report.document import document
from tb_diagnose.report.sarif import sarif
from tests.fakes import healthy, sick


def test_each_finding_is_a_result() -> None:
    made = document([healthy(), sick()])
    (run,) = json.loads(sarif(made))["runs"]
    found = [each["id"] for each in made["runs"][0]["outcomes"] if each["verdict"] == "found"]
    assert [result["ruleId"] for result in run["results"]] == found
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(found)
    first = run["results"][0]
    assert first["level"] == "error"
    assert "Measured 10" in first["message"]["text"]
    (place,) = first["locations"]
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == made["runs"][0]["path"]


def test_what_could_not_be_read_is_a_notification() -> None:
    made = {**document([healthy()]), "problems": [{"path": "x", "message": "there is no x"}]}
    (run,) = json.loads(sarif(made))["runs"]
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "there is no x"
    assert run["results"] == []
