"""Every diagnosis that needs vitals speaks on a real training with its fault, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("tensorflow", reason="the trainings are Keras'")

from tb_diagnose.engine.contract import registry
from tb_diagnose.roles.resolve import VITALS
from tests.attach import faulty
from tests.attach.verdicts import alarms, found

pytestmark = pytest.mark.filterwarnings("ignore")

Train = Callable[..., None]
#: Fault, and the diagnoses that name it.
FAULTS: dict[Train, tuple[str, ...]] = {
    faulty.negative_bias: ("dead-relu",),
    faulty.huge_rate: ("dead-relu",),
    faulty.bytes_into_tanh: ("saturated-activations", "unnormalised-inputs"),
    faulty.ten_sigmoids: ("vanishing-gradients",),
    faulty.steep: ("exploding-gradients", "update-ratio"),
    faulty.tiny_rate: ("update-ratio",),
    faulty.detached: ("disconnected-layers",),
    faulty.bytes_in: ("unnormalised-inputs",),
    faulty.scales: ("unnormalised-inputs",),
    faulty.scaled_once: ("train-validation-skew",),
    faulty.resized: ("train-validation-skew",),
    faulty.one_in_a_hundred: ("class-imbalance",),
    faulty.wrong_labels: ("noisy-labels",),
    faulty.one_batch: ("repeated-inputs",),
    faulty.sorted_by_class: ("unshuffled-data",),
    faulty.single_examples: ("batch-too-small",),
    faulty.tight_clipping: ("clipping-saturation",),
    faulty.single_softmax: ("constant-output",),
}
QUICK = (faulty.negative_bias, faulty.scaled_once)
ROWS = [
    pytest.param(train, marks=[pytest.mark.slow] * (train not in QUICK), id=train.__name__)
    for train in FAULTS
]


@pytest.mark.parametrize("train", ROWS)
def test_a_fault_is_named(train: Train, tmp_path: Path) -> None:
    train(tmp_path, fault=True)
    assert set(FAULTS[train]) <= found(tmp_path)


@pytest.mark.parametrize("train", ROWS)
def test_its_repaired_twin_alarms_nobody(train: Train, tmp_path: Path) -> None:
    train(tmp_path, fault=False)
    assert not alarms(tmp_path)
    assert not set(FAULTS[train]) & found(tmp_path)


#: PyTorch alone tells of them; its own tests do.
ELSEWHERE = {"gradients-never-zeroed", "gradient-overflow"}


def test_no_diagnosis_that_needs_vitals_is_left_out() -> None:
    roles = {*VITALS.values(), "dead_units", "saturated_units"}
    need = {
        name
        for name, one in registry().items()
        if any(roles & set(method.required) for method in one.methods)
    }
    assert need - ELSEWHERE <= {name for names in FAULTS.values() for name in names}
