"""The tables from labels to diagnoses name what the catalogue has, and nothing else."""

from __future__ import annotations

import pytest

from measuring.labels import SYMPTOMS
from measuring.names import SYMPTOM_NAMED_BY, TYPE_NAMED_BY, right_types, symptoms_named
from tb_diagnose.engine.contract import registry
from trainings.grid import grid
from trainings.plan import FAULTS


@pytest.mark.parametrize("label", sorted({*SYMPTOM_NAMED_BY, *TYPE_NAMED_BY}))
def test_every_label_is_named_by_diagnoses_that_exist(label: str) -> None:
    ids = {**SYMPTOM_NAMED_BY.get(label, {}), **TYPE_NAMED_BY.get(label, {})}
    assert ids
    assert set(ids) <= set(registry())


def test_every_symptom_has_a_name() -> None:
    assert set(SYMPTOM_NAMED_BY) == set(SYMPTOMS)


def test_every_injected_fault_expects_diagnoses_that_exist() -> None:
    assert any(each.fault for each in grid())
    for fault in FAULTS.values():
        assert set(fault.expects) <= set(registry())
        assert set(fault.types.split()) <= set(TYPE_NAMED_BY)


def test_one_id_can_name_several_labels_and_most_name_one() -> None:
    assert symptoms_named(["loss-divergence", "dead-relu"]) == {
        "diverged_or_nan": ["loss-divergence"]
    }
    assert right_types(["loss", "epochs"], ["loss-output-mismatch", "dead-relu"]) == [
        "loss-output-mismatch"
    ]
    assert right_types([], ["loss-output-mismatch"]) == []
