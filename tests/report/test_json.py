"""The document as text: a run a line, whatever the order in which runs come."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import jsonschema

from tb_diagnose.report.document import document
from tb_diagnose.report.json import JsonReport, as_json, encode_run
from tests.fakes import healthy, sick, unreadable

SCHEMA = Path(__file__).parents[2] / "tb_diagnose/report/document/document.schema.json"


def test_it_is_the_document() -> None:
    made = document([healthy(), sick(), unreadable()])
    text = as_json(made)
    assert json.loads(text) == json.loads(json.dumps(made, allow_nan=False))
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text()))
    assert text.endswith("}\n")


def test_each_run_is_a_line() -> None:
    made = document([healthy(), sick(), unreadable()])
    lines = as_json(made).splitlines()
    names = [json.loads(line.rstrip(","))["name"] for line in lines[3:6]]
    assert names == [run["name"] for run in made["runs"]]


def test_no_run_at_all_is_a_document_too() -> None:
    assert json.loads(as_json(document([])))["runs"] == []


def test_runs_that_come_in_any_order_make_the_same_document() -> None:
    made = document([healthy(), sick(), unreadable()])
    report = JsonReport()
    for part in reversed(made["runs"]):
        report.add(encode_run(part))
    assert b"".join(report.chunks(report.rest((), ()))).decode() == as_json(made)


def test_many_runs_take_little_memory(monkeypatch) -> None:
    monkeypatch.setattr("tb_diagnose.report.json._MEMORY", 1 << 16)
    run = encode_run(document([sick()])["runs"][0])
    count = 2_000
    tracemalloc.start()
    report = JsonReport()
    for number in range(count):
        report.add(run._replace(order=(0, [(0, str(number))], "")))
    size = sum(map(len, report.chunks(report.rest((), ()))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > count * len(run.text)
    assert peak < size / 4
