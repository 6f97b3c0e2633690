"""What the file of every diagnosis holds: its text, its names, the source of each number."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import tb_diagnose.diagnoses
from tb_diagnose.core.run import Run
from tb_diagnose.engine.contract import Diagnosis, registry
from tb_diagnose.roles.requirements import ENABLE
from tb_diagnose.roles.resolve import assign

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
def test_one_word_names_function_file_and_id(one: Diagnosis) -> None:
    path = Path(inspect.getfile(one.judge))
    assert one.judge.__name__ == path.stem
    assert one.id == path.stem.replace("_", "-")
    assert one.family == path.parent.name
    assert path.parent.parent == Path(tb_diagnose.diagnoses.__file__).parent


@every_diagnosis
def test_every_limit_has_a_unit_and_a_source(one: Diagnosis) -> None:
    for each in one.limits.declared if one.limits else ():
        assert each.unit, each.name
        assert each.source, each.name
        assert isinstance(each.default, int | float), each.name


@every_diagnosis
def test_every_field_of_its_limits_is_declared(one: Diagnosis) -> None:
    if one.limits:
        declared = [each.name for each in one.limits.declared]
        assert declared == list(inspect.get_annotations(one.limits))


@every_diagnosis
def test_it_leads_to_diagnoses_and_needs_roles_that_there_are(one: Diagnosis) -> None:
    assert set(one.leads_to) <= registry().keys() - {one.id}
    roles = (
        {"runs", "baseline"}
        if one.several
        else ENABLE.keys() | assign(Run("", ""), {}).values.keys()
    )
    assert {need.role for need in one.needs} <= roles


def test_every_file_of_the_house_is_registered() -> None:
    files = Path(tb_diagnose.diagnoses.__file__).parent.glob("*/[!_]*.py")
    assert {file.stem.replace("_", "-") for file in files} == registry().keys()
