"""Damage that reading met, against a file that is still being written."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, clear, fact, made, speaks

SPEAKS: Cases = {
    kind: {"facts": (fact(kind),)}
    for kind in ("damaged-record", "unreadable", "not-event-file", "empty-file", "truncated-tail")
}

CLEAR: Cases = {
    "nothing happened": {"facts": ()},
    "a restart": {"facts": (fact("restart"), fact("overlap"))},
    "disorder, which has a diagnosis of its own": {"facts": (fact("repeated-steps"),)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("damaged-log", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("damaged-log", **made(CLEAR[case]))


def test_each_damage_has_its_evidence_and_its_place() -> None:
    facts = (fact("damaged-record", "Bytes 40 to 80 are damaged.", "a.v2"), fact("unreadable"))
    first, second = speaks("damaged-log", facts=facts)
    assert (first.message, first.tag) == ("Bytes 40 to 80 are damaged.", "a.v2")
    assert "intact" in first.suggestion
    assert "chmod" in second.suggestion


def test_a_tail_that_is_not_complete_yet_is_a_note() -> None:
    (evidence,) = speaks("damaged-log", facts=(fact("truncated-tail"),))
    assert evidence.severity is Severity.INFO
