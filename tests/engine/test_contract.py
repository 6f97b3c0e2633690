"""The contract: what a class in a file becomes when it is declared a diagnosis."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.engine import contract
from tb_diagnose.engine.contract import (
    Limit,
    Parameter,
    comparison,
    diagnosis,
    limit,
    method,
    registry,
)

DECLARED = Limit("rise", 0.5, "of the progress", "chosen for this test", ">=")


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry()
    monkeypatch.setattr(contract, "_registry", {})


def declared() -> contract.Diagnosis:
    @diagnosis(family="stability", severity=Severity.INFO, leads_to=("b",), since="0.1")
    class LoudNoise:
        rise = limit(0.5, unit="of the progress", source="chosen for this test", alarm=">=")

        @method("both losses", points={"train_loss": 4})
        def by_losses(self, train_loss: Any, val_loss: Any, chance: Any = None) -> Iterator[Any]:
            yield Evidence(f"{train_loss}, {val_loss}, {chance}", "Whisper.")

        @method("the training loss")
        def by_loss(self, train_loss: Any) -> Iterator[Evidence]:
            yield Evidence(f"{train_loss}", "Whisper.")

    return registry()["loud-noise"]


def test_a_class_becomes_a_diagnosis_by_its_name_methods_and_module() -> None:
    one = declared()
    assert (one.id, one.family, one.since) == ("loud-noise", "stability", "0.1")
    assert [each.name for each in one.methods] == ["both losses", "the training loss"]
    assert one.methods[0].required == ("train_loss", "val_loss")
    assert one.methods[0].points == {"train_loss": 4}
    assert one.limits == (DECLARED,)
    assert one.text == sys.modules[__name__].__doc__
    assert not one.several


def test_a_role_is_optional_where_one_method_can_do_without() -> None:
    assert declared().roles == (
        Parameter("train_loss", optional=False),
        Parameter("val_loss", optional=True),
        Parameter("chance", optional=True),
    )


def test_a_comparison_judges_several_runs() -> None:
    @comparison(family="comparison", severity=Severity.INFO, since="0.1")
    class Twins:
        @method("their last values")
        def by_ends(self, runs: Mapping[str, Any]) -> Iterator[Evidence]:
            yield Evidence(f"{len(runs)} runs", "Keep one.")

    assert registry()["twins"].several
    assert registry()["twins"].roles == (Parameter("runs", optional=False),)


@pytest.mark.parametrize(
    ("default", "alarm", "far"),
    [
        (20, ">=", 200),  # ten times
        (1, ">", 10),
        (0.5, ">=", 10 / 11),  # even odds become ten to one
        (0.1, ">=", 10 / 19),
        (0.5, "<", 1 / 11),
        (20, "<", 2),
    ],
)
def test_far_beyond_a_limit_is_ten_times_and_a_share_stays_one(
    default: float, alarm: str, far: float
) -> None:
    bound = contract.Bound(Limit("size", default, "of it", "chosen for this test", alarm))
    assert bound.far == pytest.approx(far)
    assert bound.far_exceeded(bound.far)
    assert not bound.far_exceeded((default + far) / 2)
    assert not bound.far_exceeded(float("nan"))


def test_a_limit_is_a_number_that_makes_comparisons() -> None:
    rise = declared().default.rise
    assert rise == 0.5
    assert rise.exceeded(0.5)
    assert not rise.exceeded(0.49)
    assert not rise.exceeded(float("nan"))
    assert rise.compare(0.7) == Comparison(0.7, ">=", 0.5, "of the progress", "rise")
    assert rise.compare(0.7).holds


def test_limits_that_are_not_set_have_their_defaults() -> None:
    one = declared()
    assert one.instance({"rise": 0.7}).rise == 0.7
    assert one.instance().rise == 0.5
    with pytest.raises(TypeError, match="loud-noise has no limit 'fall'"):
        one.instance({"fall": 0.7})


def test_each_diagnosis_is_found_by_its_id() -> None:
    declared()
    assert all(contract.registered(name) is each for name, each in registry().items())
    assert contract.registered("no-such-diagnosis") is None


def test_the_registry_is_in_the_order_of_families_and_names() -> None:
    for family, name in (("b", "X"), ("a", "Z"), ("a", "Y")):
        diagnosis(family=family, severity=Severity.INFO, since="0.1")(type(name, (), {}))
    assert list(registry()) == ["y", "z", "x"]
