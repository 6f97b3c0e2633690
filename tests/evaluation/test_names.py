"""The tables from labels to diagnoses name what the catalog has, and nothing else."""

from __future__ import annotations

import pytest

from measuring.labels import SYMPTOMS
from measuring.names import SYMPTOM_NAMED_BY, TYPE_NAMED_BY, right_types, symptoms_named
from tb_diagnose.engine.contract import registry
from trainings.faults import FAULTS

#: Diagnoses that are still to be written.
TO_COME = set(
    "batch-norm-statistics curve-ends-early empty-validation gradients-never-zeroed"
    " mixed-trainings negative-loss optimizer-misses-weights periodic-loss score-at-chance"
    " unrepresentative-validation".split()
)


@pytest.mark.parametrize("label", sorted({*SYMPTOM_NAMED_BY, *TYPE_NAMED_BY}))
def test_every_label_is_named_by_diagnoses_that_exist(label: str) -> None:
    ids = {**SYMPTOM_NAMED_BY.get(label, {}), **TYPE_NAMED_BY.get(label, {})}
    assert ids
    assert set(ids) <= set(registry())


def test_every_symptom_has_a_name() -> None:
    assert set(SYMPTOM_NAMED_BY) == set(SYMPTOMS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_what_a_fault_expects_exists(name: str) -> None:
    assert FAULTS[name].expects
    assert set(FAULTS[name].types.split()) <= set(TYPE_NAMED_BY)
    assert set(FAULTS[name].expects) <= set(registry()) | TO_COME


def test_one_id_can_name_several_labels_and_most_name_one() -> None:
    assert symptoms_named(["loss-divergence", "dead-relu"]) == {
        "diverged_or_nan": ["loss-divergence"]
    }
    assert right_types(["loss", "epochs"], ["loss-output-mismatch", "dead-relu"]) == [
        "loss-output-mismatch"
    ]
    assert right_types([], ["loss-output-mismatch"]) == []
