"""What is new about a run, as it is printed."""

from __future__ import annotations

import json

from tb_diagnose.report.document import document
from tb_diagnose.report.terminal.news import lines, told
from tb_diagnose.report.text.screen import Screen
from tests.fakes import sick

RUN = document([sick()])["runs"][0]


def test_a_new_finding_is_told_with_what_it_led_to() -> None:
    text = told(RUN, {"learning-rate-too-high"}, [], Screen())
    assert text.startswith("✗ training-configuration/as-given    Keras 3")
    assert "CRITICAL  learning-rate-too-high" in text
    assert "· loss-spikes epochs 0–3 ·" in text
    assert text.endswith("\n\n")


def test_a_new_consequence_of_a_known_finding_is_told_below_its_cause() -> None:
    text = told(RUN, {"no-learning"}, [], Screen())
    assert "CRITICAL" not in text
    assert "WARNING   no-learning" in text
    assert "└ a consequence of learning-rate-too-high" in text
    assert "loss-spikes" not in text


def test_what_holds_no_longer_is_named() -> None:
    text = told(RUN, (), ["dead-relu", "loss-plateau"], Screen())
    assert text.endswith("\n\n  No longer found: dead-relu · loss-plateau\n\n")


def test_a_line_of_json_for_each() -> None:
    made = [json.loads(line) for line in lines(RUN, {"no-learning"}, ["x"]).splitlines()]
    which = {"name": RUN["name"], "path": RUN["path"]}
    (outcome,) = [each for each in RUN["outcomes"] if each["id"] == "no-learning"]
    assert made == [{**which, "found": outcome}, {**which, "gone": "x"}]
