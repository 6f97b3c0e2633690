"""Several trainings in one folder."""

from __future__ import annotations

from tb_diagnose.core.finding import Severity
from tests.cases import clear, fact, speaks


def test_trainings_that_were_told_apart_are_a_note() -> None:
    one = fact("several-trainings", "this is training 1 of 2 in one folder")
    (evidence,) = speaks("mixed-trainings", facts=(one,))
    assert evidence.message == "This is training 1 of 2 in one folder."
    assert evidence.severity is Severity.INFO
    assert "folder of its own" in evidence.suggestion


def test_writers_at_the_same_time_are_a_warning() -> None:
    (evidence,) = speaks("mixed-trainings", facts=(fact("several-writers"),))
    assert evidence.severity is None


def test_one_training_is_clear_restarted_or_not() -> None:
    clear("mixed-trainings", facts=())
    clear("mixed-trainings", facts=(fact("restart"), fact("overlap")))


def test_the_folder_is_named_in_the_words_of_the_framework() -> None:
    facts = (fact("several-writers"),)
    (evidence,) = speaks("mixed-trainings", framework="PyTorch SummaryWriter", facts=facts)
    assert "SummaryWriter(" in evidence.suggestion
