"""What is true of a training follows from its own scores and those of its healthy twins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.trainings.invented import measured, plan, record
from trainings.faults import FAULTS
from trainings.truth import measured as measure
from trainings.truth import truth

TWINS = [measured(skill=0.9 + shift) for shift in (-0.01, 0.0, 0.01)]
LOGGED = dict.fromkeys(("training", "validation", "score", "config"), True)
NAN = float("nan")


@pytest.mark.parametrize(("numbers", "clean"), [
    ({}, True),
    ({"skill": 0.8}, False),
    ({"turned": 1.5}, False),
    ({"turned": NAN}, False),
    ({"skill": NAN}, False),
])  # fmt: skip
def test_a_healthy_training_is_clean(numbers: dict[str, float], clean: bool) -> None:
    known = truth(None, measured(**numbers), TWINS, LOGGED)
    assert (known.harm, known.clean) == ("na", clean)


@pytest.mark.parametrize(("fault", "numbers", "harm"), [
    ("rate-too-high", {"skill": 0.8}, "yes"),
    ("rate-too-high", {"skill": 0.86}, "maybe"),
    ("rate-too-high", {"skill": 0.89}, "no"),
    ("rate-too-high", {"skill": NAN}, "yes"),
    ("validation-scaled", {"skill": 0.9, "val_skill": 0.2}, "yes"),
    ("validation-scaled", {"skill": 0.2, "val_skill": 0.9}, "no"),
    ("leak", {"skill": 0.5, "val_skill": 1.0}, "yes"),
    ("leak", {"skill": 0.9, "val_skill": 0.9}, "no"),
    ("running-mean", {"skill": 0.2}, "na"),
])  # fmt: skip
def test_harm_is_a_clear_loss_of_skill(fault: str, numbers: dict[str, float], harm: str) -> None:
    known = truth(FAULTS[fault], measured(**numbers), TWINS, LOGGED)
    assert (known.harm, known.clean) == (harm, False)


def test_seeds_that_differ_widen_what_is_no_harm() -> None:
    wide = [measured(skill=skill) for skill in (0.95, 0.8, 0.9)]
    assert truth(FAULTS["rate-too-high"], measured(skill=0.75), wide, LOGGED).harm != "yes"


@pytest.mark.parametrize(("fault", "numbers", "logged", "loggable"), [
    ("rate-too-high", {"training": (0.0, -0.5, 3.0, 0.01)}, "training", True),
    ("rate-too-high", {"training": (0.0, -0.5, 3.0, 0.01)}, "validation score", False),
    ("rate-too-high", {"validation": (2.0, 2.0, 0.0)}, "validation", True),
    ("rate-too-high", {"score": (0.95, 0.2)}, "score", True),
    ("rate-too-high", {"score": (0.95, NAN)}, "score", True),
    ("rate-too-high", {}, "training validation score", False),
    ("rate-too-high", {}, "config", True),
    ("schedule-kills", {}, "config", False),
    ("schedule-kills", {}, "rate", True),
    ("leak", {"score": (0.95, 0.2)}, "score config", False),
    # A harder task would look the same, unless the curves have a shape of their own.
    ("rate-too-low", {"skill": 0.8, "score": (0.8, 0.8)}, "score", False),
    ("rate-too-low", {"skill": 0.8, "score": (0.8, 0.8), "did": ("overfitting",)}, "score", True),
    ("validation-scaled", {"skill": 0.9, "val_skill": 0.0, "score": (0.95, 0.2)}, "score", True),
])  # fmt: skip
def test_a_fault_is_loggable_where_what_is_logged_tells_it(
    fault: str, numbers: dict[str, Any], logged: str, loggable: bool
) -> None:
    parts = {part: part in logged.split() for part in (*LOGGED, "rate")}
    known = truth(FAULTS[fault], measured(**{"skill": 0.2, **numbers}), TWINS, parts)
    assert known.loggable == loggable


@pytest.mark.parametrize(("curves", "did"), [
    ({}, ()),
    ({"skill": NAN}, ("non-finite-values",)),
    ({"loss": record().loss[::-1] * 9}, ("loss-divergence",)),
    ({"loss": record().loss * 0 + 1, "train_skill": 0.0}, ("no-learning",)),
    ({"val_loss": record().val_loss[::-1], "skill": 0.5}, ("overfitting",)),
])  # fmt: skip
def test_what_a_fault_did_is_read_from_the_network(curves: Any, did: tuple[str, ...]) -> None:
    assert measure(plan(), record(**curves)).did == did
