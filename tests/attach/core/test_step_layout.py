"""Vectors back into named numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.attach.core.step_layout import Segment, StepLayout, StepLayouts

RULES = {"sum": [4, 6], "mean": [2, 3], "low": [1, 2], "high": [3, 4], "same": [1, 2]}


@pytest.mark.parametrize("rule", RULES)
def test_replicas_become_one_by_the_segments_rule(rule: str) -> None:
    plan = StepLayout(segments=(Segment("other", 1, "same"), Segment("it", 2, rule)))
    sample = plan.read(np.array([[9, 1, 2], [9, 3, 4]], np.float32))
    assert sample.numbers["it"].tolist() == RULES[rule]


def test_joined_segments_keep_every_replica() -> None:
    sample = StepLayout(segments=(Segment("it", 2, "joined"),)).read(np.array([[1, 2], [3, 4]]))
    assert sample.numbers["it"].tolist() == [1, 2, 3, 4]


def test_a_vector_names_its_plan() -> None:
    layouts = StepLayouts()
    one, two = (
        StepLayout(segments=(Segment("a", 1, "same"),)),
        StepLayout(segments=(Segment("b", 2, "same"),)),
    )
    assert [layouts.number(each) for each in (one, two, one)] == [0, 1, 0]
    assert layouts.read(np.array([1, 5, 6], np.float32)).numbers["b"].tolist() == [5, 6]
    assert layouts.read(np.array([[0, 7]], np.float32)).one("a") == 7


def test_what_was_not_measured_is_nan() -> None:
    assert np.isnan(StepLayout().read(np.empty((1, 0))).one("loss"))
