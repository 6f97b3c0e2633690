"""What is trained: many bases, every fault, and a list that fewer are the beginning of."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from trainings.bases import BASES
from trainings.faults import FAULTS
from trainings.grid import HEALTHY, Training, grid

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def trainings() -> list[Training]:
    return grid(3520)


def test_there_are_as_many_as_asked_for_of_many_kinds(trainings: list[Training]) -> None:
    assert len(trainings) == 3520
    assert len({training.base for training in trainings}) == len(BASES) >= 30
    assert {training.fault for training in trainings} == {"", *FAULTS}


def test_names_are_distinct_file_names(trainings: list[Training]) -> None:
    names = [training.name for training in trainings]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9.+-]+", name) for name in names)


def test_fewer_are_the_beginning(trainings: list[Training]) -> None:
    assert grid(700) == trainings[:700]


def test_each_group_has_its_healthy_twins(trainings: list[Training]) -> None:
    healthy = Counter(training.group for training in trainings if not training.fault)
    assert set(healthy.values()) == {HEALTHY}
    assert set(healthy) == {training.group for training in trainings}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_the_plan_at_each_level(name: str, trainings: list[Training]) -> None:
    fault = FAULTS[name]
    one = next(training for training in trainings if training.fault == name)
    healthy = BASES[one.base].plan(one.seed, one.framework)
    for level in fault.levels:
        plan = fault.inject(healthy, level)
        assert (plan is healthy) == (fault.harm == "log")
        assert [len(x) for x, _ in plan.split] == [len(x) for x, _ in healthy.split]
        assert np.isfinite(plan.rate)
