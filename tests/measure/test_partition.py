from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from tb_diagnose.measure.partition import SHORTEST, costs, segment, weighted_sums
from tb_diagnose.measure.piecewise import change_penalty
from tests.simulated import Floats, generator


def squares(places: Floats, heights: Floats, errors: Floats, first: int, last: int) -> float:
    """The slow way: NumPy's own weighted least squares."""
    t, z, e = (column[first : last + 1] for column in (places, heights, errors))
    if len(t) < 2:
        return 0.0
    line = np.polynomial.Polynomial.fit(t, z, 1, w=1 / e)
    return float(np.sum(((z - line(t)) / e) ** 2))


def costs_of(points: tuple[Floats, Floats, Floats]) -> Floats:
    """What each piece costs, at [end, begin]; it has to end behind the first point."""
    n = len(points[0])
    cost = costs(weighted_sums(*points), 1, n + 1)
    return np.vstack([np.full(n + 1, np.inf), cost])


def total(points: tuple[Floats, Floats, Floats], pieces: list[tuple[int, int]]) -> float:
    penalty = change_penalty(len(points[0]))
    return sum(squares(*points, *piece) for piece in pieces) + penalty * len(pieces)


def every_segmentation(n: int) -> list[list[tuple[int, int]]]:
    found = []
    for count in range(n):
        for cuts in combinations(range(1, n), count):
            bounds = [0, *cuts, n]
            pieces = [(i, j - 1) for i, j in pairwise(bounds)]
            if all(j - i + 1 >= SHORTEST for i, j in pieces[1:-1]):
                found.append(pieces)
    return found


def points_of(seed: int, n: int) -> tuple[Floats, Floats, Floats]:
    rng = generator(seed, n)
    places = np.cumsum(rng.uniform(0.5, 3, size=n))
    heights = rng.normal(size=n) * 2
    heights[rng.integers(n) :] += rng.normal() * 20
    heights += rng.normal() * places
    return places, heights, rng.uniform(0.5, 2, size=n)


@pytest.mark.parametrize("seed", range(12))
def test_no_segmentation_at_all_is_better(seed: int) -> None:
    points = points_of(seed, 11)
    pieces = segment(*points, np.ones(11, np.int64))
    least = min(total(points, other) for other in every_segmentation(11))
    assert total(points, pieces) == pytest.approx(least)


@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_points_are_segmented_as_by_a_plain_dynamic_program(seed: int) -> None:
    n = 200
    points = points_of(seed, n)
    penalty = change_penalty(n)
    cost = costs_of(points)
    best = [0.0] + [np.inf] * n
    for j in range(1, n + 1):
        for i in range(j):
            if j - i >= SHORTEST or i == 0 or j == n:
                best[j] = min(best[j], best[i] + cost[j, i] + penalty)
    assert total(points, segment(*points, np.ones(n, np.int64))) == pytest.approx(best[n])


@pytest.mark.parametrize("seed", range(5))
def test_costs_are_those_of_least_squares(seed: int) -> None:
    points = points_of(seed, 30)
    cost = costs_of(points)
    for i, j in ((0, 30), (3, 9), (12, 14), (5, 6), (20, 30)):
        assert cost[j, i] == pytest.approx(squares(*points, i, j - 1), rel=1e-6, abs=1e-6)
    assert np.all(np.isinf(cost[np.triu_indices(31)]))


@pytest.mark.parametrize("points", (20, 100, 300))
def test_pure_noise_is_hardly_ever_cut(points: int) -> None:
    sizes, places, errors = np.ones(points, np.int64), np.arange(float(points)), np.ones(points)
    cut = [
        len(segment(places, generator(points, k).normal(size=points), errors, sizes)) > 1
        for k in range(400)
    ]
    assert np.mean(cut) < 0.02


def test_pieces_in_the_middle_have_three_points_however_they_are_binned() -> None:
    heights = np.zeros(30)
    heights[10] = 100
    places, errors = np.arange(30.0), np.ones(30)
    single = segment(places, heights, errors, np.ones(30, np.int64))
    binned = segment(places, heights, errors, np.full(30, 5))
    assert all(last - first + 1 >= SHORTEST for first, last in single[1:-1])
    assert any(first <= 10 <= last < first + SHORTEST - 1 for first, last in binned)
