"""Exact repeats in a curve: one value again and again, or a pattern with a fixed period."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.piecewise import universal_limit

Floats = NDArray[np.float64]

#: Of longer curves the last so many points are looked at: a transform of them takes 5 ms.
_LONGEST = 1 << 16
#: So many multiples of a period are looked at, and two cycles more are there to correlate.
_MULTIPLES, _CYCLES = 4, 6
#: Of the correlation at the first multiple, the others keep so much where a period is exact. It
#: also is what the mean patterns of early and of late cycles must correlate by, and what the mean
#: pattern of all cycles must keep of the correlation.
_KEPT = 0.5
#: Variance of a pattern, in units of noise, below which it cannot be seen: a hundredth.
_SEEN = 0.01


class Repeat(NamedTuple):
    """The longest run of exactly equal values: its first and last index, and the value."""

    first: int
    last: int
    value: float


class Period(NamedTuple):
    """A pattern that comes back at a fixed distance.

    Attributes:
        points: that distance.
        strength: correlation between the mean patterns of the early and of the late cycles, which
            fades where the period is not exact.
        share: how much of the variance around the course the pattern explains, 0 to 1.
        peak: where in a cycle, as an index below ``points``, the pattern is furthest from 0.
    """

    points: int
    strength: float
    share: float
    peak: int


def longest_repeat(values: NDArray[np.floating]) -> Repeat | None:
    """The longest run of two or more equal values in [n]; NaN equals nothing."""
    same = values[1:] == values[:-1]
    if not same.any():
        return None
    edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
    first, last = edges[::2], edges[1::2]  # of runs of equality, which link one value more
    longest = int((last - first).argmax())
    start, end = int(first[longest]), int(last[longest])
    return Repeat(start, end, float(values[start]))


def find_period(residuals: Floats) -> Period | None:
    """The shortest exact period of [n] residuals around a course, in units of noise, or None.

    The autocorrelation at its first four multiples must stand above that halfway between them by
    more than chance allows (the standard error of each is 1 / sqrt(n)), and must not fade: swings
    whose length varies lose their phase. Periods of 2 to n / 6 points are looked for.
    """
    values = residuals[-_LONGEST:]
    n = len(values)
    if n < 2 * _CYCLES or not float(np.ptp(values)) > 0:
        return None
    correlation = autocorrelation(values)
    lags = np.arange(2, n // _CYCLES + 1)
    multiples = np.arange(1, _MULTIPLES + 1)[:, None] * lags
    at = correlation[multiples]
    between = (correlation[multiples - lags // 2] + correlation[multiples - (lags + 1) // 2]) / 2
    contrast = (at - between).mean(axis=0)
    # What is correlated over a part of the period has fewer independent values (Bartlett 1946).
    correlated = 1 + 2 * np.cumsum(correlation[1:] ** 2)[lags // 4]
    errors = np.sqrt(2 / _MULTIPLES / n * correlated)
    standing = (contrast > universal_limit(n) * errors) & (at.min(axis=0) > _KEPT * at[0])
    if not standing.any():
        return None
    found = _shortest(np.where(standing, contrast, -math.inf), 3 * math.sqrt(2 / _MULTIPLES / n))
    return _period(values, int(lags[found]), float(at[0, found]))


def _shortest(contrast: Floats, error: float) -> int:
    """Index of the shortest period: the best one within an eighth of the first that is as good."""
    first = int((contrast >= contrast.max() - error).argmax())
    reach = max((first + 2) // 8, 1)
    return first + int(contrast[first : first + 2 * reach].argmax())


def autocorrelation(values: Floats) -> Floats:
    """Autocorrelation of [n] at every lag from 0 to n - 1, each by the pairs that there are. [n]"""
    n = len(values)
    apart = values - values.mean()
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(apart, size)
    sums = np.fft.irfft(np.abs(spectrum) ** 2, size)[:n]
    return np.asarray(sums / np.maximum(sums[0], 1e-300) * (n / np.arange(n, 0, -1)))


def _period(values: Floats, points: int, correlation: float) -> Period | None:
    cycles = values[len(values) % points :].reshape(-1, points)
    early, late = (half.mean(axis=0) for half in np.array_split(cycles, 2))
    early, late = early - early.mean(), late - late.mean()
    norm = math.sqrt(float(np.sum(early**2)) * float(np.sum(late**2)))
    strength = float(np.sum(early * late)) / norm if norm > 0 else 0.0
    pattern = cycles.mean(axis=0)
    total = float(np.mean((cycles - cycles.mean()) ** 2))
    chance = total / len(cycles)
    share = max(float(np.var(pattern)) - chance, 0.0) / total if total > 0 else 0.0
    if min(strength, share / correlation) < _KEPT or share * total < _SEEN:
        return None
    offset = len(values) % points
    peak = int(np.abs(pattern - np.median(pattern)).argmax())
    return Period(points, strength, share, (peak + offset) % points)
