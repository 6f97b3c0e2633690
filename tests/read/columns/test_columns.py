"""Columns that share their steps, against lists that share nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.read.columns.columns import Column, Piece
from tb_diagnose.read.columns.histograms import HISTOGRAM, ROW

#: How one curve gets points: how many, and whether at steps of its own.
GAINS = st.tuples(st.integers(0, 3), st.sampled_from([False, False, False, True]))
#: What happens to three curves at once, and which of them are settled, in which order; the others
#: when they are looked at.
ROUNDS = st.lists(
    st.tuples(
        st.tuples(GAINS, GAINS, GAINS), st.permutations(range(3)), st.booleans(), st.booleans()
    ),
    max_size=8,
)


def piece(steps: list[int], first: int, *, lasting: bool = True) -> Piece:
    """Points at these steps, whose wall times and values count on from ``first``."""
    numbers = np.arange(first, first + len(steps), dtype=np.uint64)
    points = np.array(steps, np.int64), numbers, numbers.astype(np.uint32)
    return Piece(points, 0, len(steps), lasting=lasting)


def together(columns: list[Column], steps: list[int], first: int) -> None:
    """All of them get points at the same steps, and are settled one beside the other."""
    before = None
    for column in columns:
        column.take(piece(steps, first))
        column.settle(1.5, before)
        before = column


@given(ROUNDS)
def test_whatever_is_shared_each_has_its_own_points(rounds: Any) -> None:
    columns = [Column("<f4") for _ in range(3)]
    wanted: list[list[int]] = [[], [], []]
    for gains, order, settles, looks in rounds:
        for column, steps, (count, alone) in zip(columns, wanted, gains, strict=True):
            new = [len(steps) + at + 1000 * alone for at in range(count)]
            if new:
                column.take(piece(new, len(steps), lasting=alone))
                steps.extend(new)
        before = None
        for at in order if settles else ():
            columns[at].settle(1.2, before)
            before = columns[at]
        for column, steps in zip(columns, wanted, strict=True) if looks else ():
            assert column.steps.tolist() == steps
    for column, steps in zip(columns, wanted, strict=True):
        assert len(column) == len(steps)
        assert column.steps.tolist() == steps
        assert column.wall.view("<u8").tolist() == list(range(len(steps)))
        assert column.data().view("<u4").tolist() == list(range(len(steps)))


def test_curves_that_are_logged_together_keep_their_steps_once() -> None:
    first, second, third = columns = [Column("<f4") for _ in range(3)]
    for begin in range(0, 5000, 1000):
        together(columns, list(range(begin, begin + 1000)), begin)
    assert np.shares_memory(first.steps, second.steps)
    assert np.shares_memory(first.steps, third.steps)
    assert not np.shares_memory(first.wall, second.wall)


def test_who_goes_its_own_way_gets_its_own_steps() -> None:
    first, second = columns = [Column("<f4"), Column("<f4")]
    for begin in range(0, 3000, 1000):
        together(columns, list(range(begin, begin + 1000)), begin)
    seen = second.steps
    second.take(piece([9000], 3000))
    first.take(piece([3000], 3000))
    assert not np.shares_memory(first.steps, second.steps)
    assert second.steps.tolist() == [*range(3000), 9000]
    assert first.steps.tolist() == [*range(3001)]
    assert seen.tolist() == list(range(3000))


def test_a_lender_that_goes_ahead_takes_nobody_along() -> None:
    first, second = columns = [Column("<f4"), Column("<f4")]
    for begin in range(0, 3000, 1000):
        together(columns, list(range(begin, begin + 1000)), begin)
    first.take(piece([3000], 3000))
    assert (len(first), len(second)) == (3001, 3000)
    assert second.steps.tolist() == list(range(3000))


def test_histograms_lend_nothing() -> None:
    first, second = Column(HISTOGRAM), Column(HISTOGRAM)
    for _ in range(3):
        before = None
        for column in (first, second):
            points = np.arange(9), np.arange(9, dtype=np.uint64), np.zeros(9, ROW)
            column.take(Piece(points, 0, 9, lasting=True))
            column.settle(1.5, before)
            before = column
    assert not np.shares_memory(first.steps, second.steps)
