"""A loss that went nowhere is told from one that fell."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.analysis.progress import stalled, training_course
from tb_diagnose.core.finding import NotApplicable
from tests.cases import classes, epochs, falling, flat


@pytest.mark.parametrize(
    ("values", "message"),
    (
        ([2.4, 2.31, 2.30, 2.30, 2.30], "no better than guessing (2.3)"),
        (flat(20, 0.7), "is 0.7 at the start and 0.7 at the end"),
        ([0.7, 0.9, 1.4, 2.2, 2.0], "2 at the end"),
        ([0.7, 0.6, np.nan], "no longer finite"),
    ),
)
def test_it_is_said_why_nothing_was_learned(values: list[float], message: str) -> None:
    assert stalled(epochs(values), classes(10)).endswith(message)


@pytest.mark.parametrize("values", (falling(10), [2.3, 1.9], [0.05], []))
def test_a_loss_that_falls_or_cannot_tell_is_none(values: list[float]) -> None:
    assert stalled(epochs(values), classes(10)) == ""


def test_a_loss_that_falls_by_half_is_none_without_classes() -> None:
    assert stalled(epochs([8.0, 6.0, 4.0, 4.0]), None) == ""
    assert stalled(None) == ""


def test_a_course_needs_enough_finite_values() -> None:
    loss = epochs([3.0, np.nan, 2.0, 1.0])
    assert training_course(loss, 3).points == 3
    with pytest.raises(NotApplicable, match="fewer than 4 finite values of the training loss"):
        training_course(loss, 4)
