from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.analysis.segment_lines import Points, fit_lines, points_of, without_returns
from tests.simulated import Floats, generator


def points(heights: Floats) -> Points:
    return Points(np.arange(float(len(heights))), heights, np.ones(len(heights)))


def test_a_piece_between_two_of_one_line_is_an_excursion() -> None:
    heights = generator(1).normal(size=60)
    heights[20:25] += 30
    pieces, returned = without_returns(points(heights), [(0, 19), (20, 24), (25, 59)])
    assert pieces == [((0, 19), (25, 59))]
    assert returned == [(20, 24)]


def test_two_pieces_between_two_of_one_line_are_one_excursion() -> None:
    heights = generator(2).normal(size=60)
    heights[20:23] += 60
    heights[23:26] += 30
    pieces, returned = without_returns(points(heights), [(0, 19), (20, 22), (23, 25), (26, 59)])
    assert pieces == [((0, 19), (26, 59))]
    assert returned == [(20, 25)]


def test_pieces_that_do_not_return_stay() -> None:
    heights = generator(3).normal(size=60)
    heights[20:] += 10
    heights[25:] += 10
    found = [(0, 19), (20, 24), (25, 59)]
    assert without_returns(points(heights), found) == ([(piece,) for piece in found], [])


def test_what_is_longer_than_what_surrounds_it_is_no_excursion() -> None:
    heights = generator(4).normal(size=60)
    heights[10:50] += 30
    found = [(0, 9), (10, 49), (50, 59)]
    assert without_returns(points(heights), found)[1] == []


@pytest.mark.parametrize("change", (101, 105, 109))
def test_a_change_within_a_bin_is_placed_within_a_point(change: int) -> None:
    heights = generator(change).normal(size=200) + 20.0 * (np.arange(200) >= change)
    edges = np.arange(0, 210, 10)
    medians = np.median(heights.reshape(20, 10), axis=1)
    binned = Points(edges[:-1] + 4.5, medians, np.full(20, 0.4))
    for pieces in ([(0, 9), (10, 19)], [(0, 9), (10, 10), (11, 19)], [(0, 10), (11, 19)]):
        lines = fit_lines(binned, [(piece,) for piece in pieces], edges, heights)
        assert [line.first for line in lines] == [0, pytest.approx(change, abs=1)]
        assert [line.last for line in lines] == [lines[1].first - 1, 199]


def test_the_points_of_bins() -> None:
    assert points_of((1, 2), np.array([0, 4, 6, 9])) == (4, 8)
