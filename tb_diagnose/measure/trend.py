"""Is there a trend, and how sure is that? Rank tests, exact where points are few."""

from __future__ import annotations

from functools import cache, lru_cache
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Up to here the null distribution of Kendall's statistic is counted out; beyond, its normal
#: approximation is good to three digits (Kendall 1938, "A new measure of rank correlation").
EXACT = 12


class Trend(NamedTuple):
    """Mann-Kendall's test of a trend.

    Attributes:
        tau: share of rising pairs minus share of falling pairs, -1 to 1.
        rising: one-sided p-value against a rise having come about by chance.
        falling: the same against a fall.
        points: how many points were ranked.
    """

    tau: float
    rising: float
    falling: float
    points: int


def trend(values: Floats) -> Trend:
    """Mann-Kendall's test on [n] (n up to a few hundred: it looks at every pair).

    Source: Mann 1945, "Nonparametric tests against trend"; ties as in Kendall 1945.
    """
    n = len(values)
    if n < 2:
        return Trend(0.0, 1.0, 1.0, n)
    signs = np.sign(values[None, :] - values[:, None])
    score = int(np.sum(signs, where=_later(n)))
    tau = score / (n * (n - 1) / 2)
    if n <= EXACT:
        return Trend(tau, _exact(n, score), _exact(n, -score), n)
    tied = 0.0
    if np.count_nonzero(signs) < n * (n - 1):
        _, ties = np.unique(values, return_counts=True)
        tied = float(np.sum(ties * (ties - 1) * (2 * ties + 5)))
    deviation = sqrt(max((n * (n - 1) * (2 * n + 5) - tied) / 18, 1e-300))
    return Trend(tau, _normal(score, deviation), _normal(-score, deviation), n)


@lru_cache(maxsize=128)
def _later(n: int) -> NDArray[np.bool_]:
    """Of each pair of n points, whether the second one comes after the first. [n, n]"""
    return np.triu(np.ones((n, n), np.bool_), 1)


@lru_cache(maxsize=1024)
def _exact(n: int, score: int) -> float:
    counts = _inversions(n)
    pairs = n * (n - 1) // 2
    # A permutation with k falling pairs scores pairs - 2 k.
    most_falling = (pairs - score) // 2
    return float(np.sum(counts[: max(most_falling + 1, 0)]) / np.sum(counts))


@cache
def _inversions(n: int) -> Floats:
    """How many permutations of n have k inversions, for each k: the Mahonian numbers."""
    counts = np.ones(1)
    for size in range(2, n + 1):
        counts = np.convolve(counts, np.ones(size))
    return counts


def _normal(score: int, deviation: float) -> float:
    return 0.5 * erfc((score - 1) / deviation / sqrt(2))
