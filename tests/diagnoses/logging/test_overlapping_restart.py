"""Steps that were logged twice."""

from __future__ import annotations

from tb_diagnose.core.run import Fact
from tests.cases import fact, silent, speaks

TWICE = Fact("overlap", "steps 5 to 7 were logged twice.", "train", {"first": 5, "dropped": 3})


def test_it_says_what_was_left_out() -> None:
    (evidence,) = speaks("overlapping-restart", facts=(fact("restart"), TWICE))
    assert evidence.message == "Steps 5 to 7 were logged twice."
    assert evidence.tag == "train"


def test_a_restart_that_goes_on_where_the_log_ended_is_nothing() -> None:
    silent("overlapping-restart", facts=(fact("restart"), fact("several-trainings")))
    silent("overlapping-restart", facts=())
