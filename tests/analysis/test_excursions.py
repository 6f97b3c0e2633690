from __future__ import annotations

import numpy as np

from tb_diagnose.analysis.excursions import fitted, judge_points
from tb_diagnose.measure.piecewise import Line
from tests.simulated import Floats, generator


def level(first: int, last: int, height: float) -> Line:
    return Line(first, last, (first + last) / 2, height, 0.0, 0.1, 0.0)


def noise(points: int) -> Floats:
    return generator(points).normal(size=points) * 0.8


def bounds(lines: list[Line]) -> list[tuple[int, int]]:
    return [(line.first, line.last) for line in lines]


def test_what_departs_and_returns_is_an_excursion() -> None:
    heights = noise(100)
    heights[[30, 31]] += 20
    heights[60] -= 15
    lines, excursions, limit = judge_points(heights, [level(0, 99, 0.0)], [])
    assert bounds(lines) == [(0, 99)]
    assert [each[:2] for each in excursions] == [(30, 31), (60, 60)]
    assert excursions[0].score > limit > 4
    assert excursions[1].score < -limit


def test_what_departs_and_reaches_an_end_is_a_segment() -> None:
    heights = noise(100)
    heights[:2] += 40
    heights[97:] += 30
    lines, excursions, _ = judge_points(heights, [level(0, 99, 0.0)], [])
    assert bounds(lines) == [(0, 1), (2, 96), (97, 99)]
    assert excursions == []
    assert lines[-1].level > 25


def test_pieces_of_two_points_at_the_ends_are_judged_as_points() -> None:
    heights = noise(100)
    within = [level(0, 1, 1.0), level(2, 97, 0.0), level(98, 99, -1.0)]
    lines, _, _ = judge_points(heights, within, [])
    assert bounds(lines) == [(0, 99)]


def test_a_bend_that_a_line_does_not_follow_is_no_excursion() -> None:
    heights = 0.02 * (np.arange(60) - 30.0) ** 2
    line = Line(0, 59, 29.5, float(heights.mean()), 0.0, 0.1, 0.01)
    _, excursions, limit = judge_points(heights, [line], [])
    assert np.max(np.abs(heights - heights.mean())) > limit
    assert excursions == []


def test_known_returns_are_excursions_unless_found_anyway() -> None:
    heights = noise(100)
    heights[40:50] += 3
    _, excursions, _ = judge_points(heights, [level(0, 99, 0.0)], [(40, 49)])
    assert [each[:2] for each in excursions] == [(40, 49)]
    heights[40:50] += 30
    _, excursions, _ = judge_points(heights, [level(0, 99, 0.0)], [(36, 52)])
    assert [each[:2] for each in excursions] == [(40, 49)]


def test_fitted_is_the_height_of_each_line_at_its_points() -> None:
    lines = [level(0, 2, 5.0), Line(3, 5, 4.0, 1.0, 2.0, 0.1, 0.1)]
    assert fitted(lines, 6).tolist() == [5, 5, 5, -1, 1, 3]
