"""Work that takes at most a share of the time."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tb_diagnose.live.pace import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("share", "at_least", "rest"), ((0.2, 0.0, 40.0), (0.02, 0.0, 490.0), (0.5, 60.0, 60.0))
)
def test_it_rests_as_its_share_asks_for(share: float, at_least: float, rest: float) -> None:
    clock = Clock()
    pace = Pace(share, at_least=at_least, clock=clock)
    assert pace.is_due
    with pace:
        clock.now += 10.0
    clock.now += rest - 0.5
    assert not pace.is_due
    clock.now += 1.0
    assert pace.is_due


def test_work_that_fails_has_taken_its_time_too() -> None:
    clock = Clock()
    pace = Pace(0.5, clock=clock)
    with suppress(OSError), pace:
        clock.now += 10.0
        raise OSError
    assert not pace.is_due
