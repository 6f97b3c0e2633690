"""What tb-diagnose says of its own demonstration logs, word for word.

A change of a diagnosis shows here as a change of sentences that can be read and judged;
``pytest tests/test_golden.py --update-golden`` takes it over. Curves are left out (they are the
logs' own), and numbers are rounded to six digits, since processors differ in the seventeenth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tb_diagnose.core.settings import Settings
from tb_diagnose.pipeline import diagnose
from tb_diagnose.report.terminal import terminal
from tb_diagnose.report.text.screen import Screen

#: Lines of the fleet's table, and of the end, that the README shows; between them, the worst run.
HEAD, TAIL = 8, 3
HERE = Path(__file__).parent
LOGS = HERE.parent / "demo_logs"
RUNS = sorted(
    str(folder.parent.relative_to(LOGS))
    if folder.name == "train"
    else str(folder.relative_to(LOGS))
    for folder in {file.parent for file in LOGS.rglob("*tfevents*")}
    if folder.name not in ("validation", "test")
)


@cache
def everything() -> Mapping[str, Any]:
    return diagnose([LOGS], Settings())


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items() if key not in ("curves", "path")}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return value


def told(part: Mapping[str, Any]) -> dict[str, Any]:
    """A run's part with what was found in full, and of the other outcomes only the verdict."""
    found = [each for each in part["outcomes"] if each["verdict"] == "found"]
    others = {each["id"]: each["verdict"] for each in part["outcomes"] if each not in found}
    return {**part, "outcomes": found, "others": others}


@pytest.mark.parametrize("name", RUNS)
def test_the_document_of_a_run_is_as_it_was(name: str, request: pytest.FixtureRequest) -> None:
    part = next(run for run in everything()["runs"] if run["name"] == name)
    text = json.dumps(rounded(told(part)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    golden = HERE / "golden" / (name.replace("/", "--") + ".json")
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_run_is_reported_and_no_other() -> None:
    assert sorted(run["name"] for run in everything()["runs"]) == RUNS
    assert {file.stem.replace("--", "/") for file in (HERE / "golden").glob("*.json")} == set(RUNS)


def test_a_terminal_shows_the_same_where_curves_that_no_finding_names_are_left_out() -> None:
    brief = diagnose([LOGS], Settings(), brief=True)
    wide = Screen(width=100, color=False, unicode=True, verbose=True)
    assert terminal(brief, wide) == terminal(everything(), wide)
    curves = [sum(len(run["curves"]) for run in each["runs"]) for each in (brief, everything())]
    assert 0 < curves[0] < curves[1]


def test_the_document_keeps_to_its_schema() -> None:
    schema = json.loads(
        (HERE.parent / "tb_diagnose/report/document/document.schema.json").read_text()
    )
    jsonschema.validate(json.loads(json.dumps(everything(), allow_nan=False)), schema)


@pytest.mark.parametrize("name", RUNS)
def test_each_fault_is_named_and_each_healthy_run_is_left_alone(name: str) -> None:
    part = next(run for run in everything()["runs"] if run["name"] == name)
    found = {each["id"] for each in part["outcomes"] if each["verdict"] == "found"}
    if name.startswith("healthy/"):
        assert found == set()
    elif name.startswith("faults/"):
        fault = name.removeprefix("faults/")
        named = {
            "softmax-with-from-logits": "loss-output-mismatch",
            "recovered-logits": "loss-output-mismatch",
        }.get(fault, fault)
        assert named in found
        assert not [each["id"] for each in part["outcomes"] if each["verdict"] == "failed"]


def test_the_readme_shows_what_is_printed(request: pytest.FixtureRequest) -> None:
    wide = Screen(width=100, color=False, unicode=True, verbose=False)
    printed = terminal(everything(), wide)
    lines = printed.rstrip().splitlines()
    worst = block_of(printed, next(line for line in lines if line.startswith("✗ ")))
    shown = "\n\n⋮\n\n".join(["\n".join(lines[:HEAD]), worst.rstrip(), "\n".join(lines[-TAIL:])])
    readme = HERE.parent / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split("<!-- output -->\n```\n")
    old, behind = rest.split("\n```\n<!-- /output -->")
    if request.config.getoption("--update-golden"):
        text = f"{before}<!-- output -->\n```\n{shown}\n```\n<!-- /output -->{behind}"
        readme.write_text(text, encoding="utf-8")
        old = shown
    assert old == shown


def block_of(printed: str, first: str) -> str:
    """What is printed from a line on until the next run begins."""
    rest = printed[printed.index(first) :]
    following = re.search(r"\n\n(?=[✗▲●] |Across|\d+ runs)", rest)
    return rest[: following.start()] if following else rest
