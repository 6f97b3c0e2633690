"""What hangs is ended: in Python code, wherever it is, and only that."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from tb_diagnose.core.finding import Outcome, Verdict
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine import examine as engine
from tb_diagnose.engine import time_limit as subject
from tb_diagnose.engine.contract import Diagnosis
from tb_diagnose.engine.examine import examine
from tb_diagnose.engine.time_limit import TimeLimit, TookTooLong
from tests.cases import curve, run


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_LOOK", 0.01)
    monkeypatch.setattr(subject, "_AGAIN", 0.05)


def hang() -> None:
    while True:
        sum(range(100))


def swallow() -> None:
    for _ in range(3):
        with suppress(BaseException):  # as careless code does
            hang()
    hang()


def test_work_in_time_is_left_alone() -> None:
    limit = TimeLimit(30.0)
    assert [limit.run(lambda number=number: number) for number in range(100)] == [*range(100)]
    with pytest.raises(ZeroDivisionError):
        limit.run(lambda: 1 / 0)


@pytest.mark.parametrize("work", (hang, swallow))
def test_what_hangs_is_ended_and_what_comes_after_is_not(work: object) -> None:
    limit = TimeLimit(3.0)
    for _ in range(2):
        limit.restart()
        with pytest.raises(TookTooLong, match=r"took longer than 1 s"):
            limit.run(work)  # type: ignore[arg-type]
        assert limit.run(lambda: True)


def test_an_exception_that_comes_too_late_is_taken_back() -> None:
    """The work ends at about the moment at which it would have been ended."""
    limit = TimeLimit(0.09)
    for delay in range(60):
        limit.restart()
        end = time.monotonic() + 0.02 + delay / 4000

        def work(end: float = end) -> None:
            while time.monotonic() < end:
                pass

        with suppress(TookTooLong):
            limit.run(work)
        for _ in range(200):
            sum(range(50))


def test_the_second_thread_ends_where_nothing_is_left_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "_IDLE", 2)
    before = threading.active_count()
    TimeLimit(9.0).run(lambda: None)
    deadline = time.monotonic() + 30
    while threading.active_count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_diagnosis_that_hangs_fails_and_the_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noisy = run(curve([3.0, 2.0, float("nan"), 1.0] * 10))
    expected = {each.id: each.verdict for each in examine(noisy, Settings()).outcomes}
    judge = engine._judge

    def hangs(diagnosis: Diagnosis, *rest: Any) -> Outcome:
        if diagnosis.id == "loss-spikes":
            hang()
        return judge(diagnosis, *rest)

    monkeypatch.setattr(engine, "_judge", hangs)
    outcomes = examine(noisy, Settings(), time_limit=TimeLimit(6.0)).outcomes
    (failed,) = [each for each in outcomes if each.verdict is Verdict.FAILED]
    assert (failed.id, failed.reason) == ("loss-spikes", "took longer than 2 s")
    found = {each.id: each.verdict for each in outcomes}
    assert found == {**expected, "loss-spikes": Verdict.FAILED}


def test_what_takes_too_long_to_date_has_no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.Replay, "since", lambda *_: hang())
    broken = run(curve([3.0, 2.0, float("nan"), 1.0] * 10))
    settings = Settings(select=("non-finite-values",))
    (outcome,) = examine(broken, settings, time_limit=TimeLimit(0.3)).outcomes
    assert (outcome.verdict, outcome.detected_at) == (Verdict.FOUND, None)
