"""Steps that repeat or go back, against restarts that continue."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, clear, fact, made, speaks

SPEAKS: Cases = {
    kind: {"facts": (fact(kind),)}
    for kind in ("steps-are-batch-indices", "repeated-steps", "backward-steps")
}

CLEAR: Cases = {
    "nothing happened": {"facts": ()},
    "a restart whose overlap was taken out": {"facts": (fact("restart"), fact("overlap"))},
    "several trainings, judged one by one": {"facts": (fact("several-trainings"),)},
    "damage, which has a diagnosis of its own": {"facts": (fact("damaged-record"),)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("disordered-steps", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("disordered-steps", **made(CLEAR[case]))


def test_curves_of_one_kind_share_one_piece_of_evidence() -> None:
    facts = tuple(fact("repeated-steps", f"Curve {letter} repeats.", letter) for letter in "abc")
    (evidence,) = speaks("disordered-steps", facts=facts)
    assert evidence.message == "Curve a repeats (3 curves in all)."
    assert (evidence.tag, evidence.related) == ("a", ("b", "c"))
    assert evidence.severity is Severity.INFO


def test_each_kind_has_a_fix_of_its_own() -> None:
    facts = (fact("backward-steps"), fact("steps-are-batch-indices"))
    fixes = [evidence.suggestion for evidence in speaks("disordered-steps", facts=facts)]
    assert "epoch * batches_per_epoch + batch" in fixes[0]
    assert "one writer" in fixes[1]
