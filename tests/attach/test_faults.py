"""Faults put into real trainings on purpose are named, and the same trainings without are quiet."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("tensorflow", reason="attaching to Keras is tested on TensorFlow")

from tb_diagnose.checkup import checkup
from tb_diagnose.diagnosis import registry
from tb_diagnose.report.shapes import RunPart
from tb_diagnose.settings import Settings
from tests.attach.faults import FAULTS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def diagnosed(folder: Path, name: str, *, spoilt: bool) -> RunPart:
    FAULTS[name].train(str(folder / "run"), spoilt=spoilt)
    (run,) = checkup([folder], Settings())["runs"]
    return run


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(name: str, tmp_path: Path) -> None:
    run = diagnosed(tmp_path, name, spoilt=True)
    found = {each["id"] for each in run["outcomes"] if each["verdict"] == "found"}
    assert found & set(FAULTS[name].ids)


@pytest.mark.parametrize("name", FAULTS)
def test_its_twin_is_quiet(name: str, tmp_path: Path) -> None:
    run = diagnosed(tmp_path, name, spoilt=False)
    found = [each for each in run["outcomes"] if each["verdict"] == "found"]
    assert not [each["id"] for each in found if each["severity"] != "info"]
    assert not {each["id"] for each in found} & set(FAULTS[name].ids)


def test_each_diagnosis_that_needs_vitals_has_its_fault() -> None:
    needs = {
        each.id
        for each in registry().values()
        if any(need.role.endswith(("_vitals", "_vitals_val")) for need in each.needs)
    }
    assert needs == {identity for fault in FAULTS.values() for identity in fault.ids}
