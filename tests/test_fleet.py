"""Many items: in order, whoever fails."""

from __future__ import annotations

import os

import pytest

from tb_diagnose.fleet import spread


def halved(number: int) -> int:
    if number == 13:
        raise ValueError("thirteen\nis unlucky")
    if number == 99:
        os._exit(1)
    return number // 2


@pytest.mark.parametrize("jobs", (1, 2))
def test_results_come_in_the_order_of_the_items_and_a_failure_is_told(jobs: int) -> None:
    done = list(spread(halved, [8, 13, 2], jobs))
    assert [each.item for each in done] == [8, 13, 2]
    assert [each.result for each in done] == [4, None, 1]
    assert [each.failure for each in done] == ["", "ValueError: thirteen is unlucky", ""]


def test_a_worker_that_dies_takes_only_its_own_item_along() -> None:
    done = list(spread(halved, [8, 99, 2, 4], 2))
    assert [each.result for each in done] == [4, None, 1, 2]
    assert "worker process died" in done[1].failure


def test_nothing_to_do() -> None:
    assert list(spread(halved, [], 4)) == []


def test_being_stopped_is_not_a_failure_of_an_item() -> None:
    def stopped(_: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(spread(stopped, [1, 2]))
