"""What the file of every diagnosis holds: its text, its names, the source of each number."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

import tb_diagnose.diagnoses
from tb_diagnose.engine.contract import Diagnosis, registry
from tb_diagnose.roles.catalog import ROLES

SECTIONS = (
    "Why it matters:", "How it is judged:", "When it stays silent:", "What to try:", "Sources:",
)  # fmt: skip


every_diagnosis = pytest.mark.parametrize("one", registry().values(), ids=registry())


@every_diagnosis
def test_the_text_has_its_sections_in_their_order(one: Diagnosis) -> None:
    lines = one.text.splitlines()
    assert lines[0].endswith(".")
    assert lines[1] == ""
    assert [line for line in lines if line in SECTIONS] == list(SECTIONS)
    bodies = [lines[lines.index(section) + 1] for section in SECTIONS]
    assert all(body.startswith("    ") and body.strip() for body in bodies)


@every_diagnosis
def test_one_word_names_class_file_and_id(one: Diagnosis) -> None:
    path = Path(sys.modules[one.kind.__module__].__file__ or "")
    assert one.kind.__name__.lower() == path.stem.replace("_", "")
    assert one.id == path.stem.replace("_", "-")
    assert one.family == path.parent.name
    assert path.parent.parent == Path(tb_diagnose.diagnoses.__file__).parent


@every_diagnosis
def test_every_limit_has_a_unit_and_a_source(one: Diagnosis) -> None:
    for limit in one.limits:
        assert limit.unit, limit.name
        assert limit.source, limit.name
        assert isinstance(limit.default, int | float), limit.name
        assert limit.alarm in ("", ">", ">=", "<", "<="), limit.name


@every_diagnosis
def test_there_are_at_most_four_limits(one: Diagnosis) -> None:
    assert len(one.limits) <= 4


def test_the_limits_stay_few() -> None:
    """Each is a number that somebody chose: share a definition of analysis/ before adding one."""
    assert sum(len(one.limits) for one in registry().values()) <= 144


@every_diagnosis
def test_no_number_is_hidden_in_the_code(one: Diagnosis) -> None:
    """What is compared with has a name, a unit and a source; 0, 1, 2 and 0.5 are no thresholds."""
    module = ast.parse(inspect.getsource(sys.modules[one.kind.__module__]))
    declared = {
        id(number)
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("limit", "method")
        for number in ast.walk(call)
    }
    plain = {-1, 0, 1, 2, 0.5, 3, 10, 100}
    hidden = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and id(node) not in declared
        and node.value not in plain
    ]
    assert not hidden


@every_diagnosis
def test_its_text_is_short(one: Diagnosis) -> None:
    assert len(one.text.split()) <= 150


@every_diagnosis
def test_it_leads_to_diagnoses_and_needs_roles_that_there_are(one: Diagnosis) -> None:
    assert set(one.leads_to) <= registry().keys() - {one.id}
    assert {need.role for need in one.roles} <= {*ROLES, "runs", "baseline"}


def test_every_file_of_the_house_is_registered() -> None:
    files = Path(tb_diagnose.diagnoses.__file__).parent.glob("*/[!_]*.py")
    assert {file.stem.replace("_", "-") for file in files} == registry().keys()
