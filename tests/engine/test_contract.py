"""The contract: what a function in a file becomes when it is declared a diagnosis."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.run import Series
from tb_diagnose.engine import contract
from tb_diagnose.engine.contract import (
    Need,
    Threshold,
    Thresholds,
    comparison,
    diagnosis,
    limit,
    registry,
)


class Limits(Thresholds):
    """Stands where a diagnosis' own would."""

    rise: float = limit(0.5, unit="of the progress", source="chosen for this test")


@pytest.fixture(autouse=True)
def _house_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    registry()
    monkeypatch.setattr(contract, "_registry", {})


def test_a_function_becomes_a_diagnosis_by_its_name_signature_and_module() -> None:
    @diagnosis(family="stability", severity=Severity.INFO, leads_to=("b",), since="0.1")
    def loud_noise(
        train_loss: Series, val_loss: Series | None, limits: Limits
    ) -> Iterator[Evidence]:
        yield Evidence(f"{train_loss}, {val_loss}, {limits}", "Whisper.")

    one = registry()["loud-noise"]
    assert (one.id, one.family, one.since) == ("loud-noise", "stability", "0.1")
    assert one.needs == (Need("train_loss", optional=False), Need("val_loss", optional=True))
    assert one.limits is Limits
    assert one.judge is loud_noise
    assert one.text == sys.modules[__name__].__doc__
    assert not one.several


def test_a_role_that_is_asked_for_by_keyword_only_is_needed_as_well() -> None:
    @diagnosis(family="stability", severity=Severity.INFO, since="0.1")
    def quiet(entropy: Series, *, reinforcement: bool) -> Iterator[Evidence]:
        yield Evidence(f"{entropy}, {reinforcement}", "Speak up.")

    needs = (Need("entropy", optional=False), Need("reinforcement", optional=False))
    assert registry()["quiet"].needs == needs


def test_a_comparison_judges_several_runs() -> None:
    @comparison(family="comparison", severity=Severity.INFO, since="0.1")
    def twins(runs: Mapping[str, Any]) -> Iterator[Evidence]:
        yield Evidence(f"{len(runs)} runs", "Keep one.")

    assert registry()["twins"].several
    assert registry()["twins"].needs == (Need("runs", optional=False),)


def test_a_limit_carries_its_unit_and_source() -> None:
    declared = Threshold("rise", 0.5, "of the progress", "chosen for this test")
    assert Limits.declared == (declared,)


def test_limits_that_are_not_given_have_their_defaults() -> None:
    given = Limits(rise=0.7)
    assert (Limits().rise, given.rise, Limits().rise) == (0.5, 0.7, 0.5)
    with pytest.raises(TypeError, match="there is no limit 'fall'"):
        Limits(fall=0.7)
    with pytest.raises(AttributeError, match="not to be changed: rise"):
        given.rise = 0.8


def test_each_diagnosis_is_found_by_its_id() -> None:
    assert all(contract.registered(name) is each for name, each in contract.registry().items())
    assert contract.registered("no-such-diagnosis") is None


def test_the_registry_is_in_the_order_of_families_and_names() -> None:
    for family, name in (("b", "x"), ("a", "z"), ("a", "y")):

        def judge() -> Iterator[Evidence]:
            yield from ()

        judge.__name__ = name
        diagnosis(family=family, severity=Severity.INFO, since="0.1")(judge)
    assert list(registry()) == ["y", "z", "x"]
