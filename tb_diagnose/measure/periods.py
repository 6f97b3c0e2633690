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
#: A period is only seen where the curve goes through it four times.
_CYCLES = 4


class Repeat(NamedTuple):
    """The longest run of exactly equal values: its first and last index, and the value."""

    first: int
    last: int
    value: float


class Period(NamedTuple):
    """A pattern that comes back at a fixed distance.

    Attributes:
        points: that distance.
        strength: share of the variance around the course that the pattern explains, 0 to 1: the
            correlation between the mean pattern of odd and of even cycles.
        share: the same for single cycles: how much of the variance of all values it explains.
        peak: where in a cycle, as an index below ``points``, the pattern is furthest from 0.
    """

    points: int
    strength: float
    share: float
    peak: int


def longest_repeat(values: NDArray[np.floating]) -> Repeat | None:
    """The longest run of two or more equal values in [n]; NaN equals nothing."""
    if len(values) < 2:
        return None
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    bounds = np.concatenate([[0], edges, [len(values)]])
    lengths = np.diff(bounds)
    longest = int(lengths.argmax())
    if lengths[longest] < 2:
        return None
    first = int(bounds[longest])
    return Repeat(first, first + int(lengths[longest]) - 1, float(values[first]))


def find_period(residuals: Floats) -> Period | None:
    """The shortest period of [n] residuals around a course, or None.

    The autocorrelation must have a peak there that rises above what lies between it and 0 by more
    than chance allows (standard error 1 / sqrt(n)), and the mean patterns of the odd and of the
    even cycles must correlate. Swings whose length varies lose their phase, and fail the latter.
    """
    values = residuals[-_LONGEST:]
    n = len(values)
    if n < 3 * _CYCLES or not float(np.ptp(values)) > 0:
        return None
    correlation = autocorrelation(values)[: n // _CYCLES + 1]
    limit = universal_limit(n) / math.sqrt(n)
    for points in _peaks(correlation, limit):
        if (found := _period(values, points)) is not None:
            return found
    return None


def autocorrelation(values: Floats) -> Floats:
    """Autocorrelation of [n] at every lag from 0 to n - 1, each by the pairs that there are. [n]"""
    n = len(values)
    apart = values - values.mean()
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(apart, size)
    sums = np.fft.irfft(np.abs(spectrum) ** 2, size)[:n]
    return np.asarray(sums / np.maximum(sums[0], 1e-300) * (n / np.arange(n, 0, -1)))


def _peaks(correlation: Floats, limit: float) -> list[int]:
    """Lags >= 2 of local maxima that stand out, the highest ones first; of equal ones the shorter.

    Of what stands out within a hundredth of the highest, the shortest lag comes first: its
    multiples are as high.
    """
    lowest = np.minimum.accumulate(correlation)[1:-1]
    middle = correlation[1:-1]
    local = (middle >= correlation[:-2]) & (middle > correlation[2:])
    standing = (middle > limit) & (middle - lowest > math.sqrt(2) * limit) & local
    lags = np.flatnonzero(standing) + 1
    lags = lags[lags >= 2]
    if not len(lags):
        return []
    near = correlation[lags] >= correlation[lags].max() - 2 * limit
    return sorted(lags[near].tolist())[:3]


def _period(values: Floats, points: int) -> Period | None:
    cycles = values[len(values) % points :].reshape(-1, points)
    odd, even = cycles[::2].mean(axis=0), cycles[1::2].mean(axis=0)
    odd, even = odd - odd.mean(), even - even.mean()
    norm = math.sqrt(float(np.sum(odd**2)) * float(np.sum(even**2)))
    strength = float(np.sum(odd * even)) / norm if norm > 0 else 0.0
    # Fisher's transform of a correlation of so many pairs has this standard error.
    error = 1 / math.sqrt(max(points - 3, 1))
    if math.atanh(min(strength, 1 - 1e-12)) <= max(2.0 * error, 0.5):
        return None
    pattern = cycles.mean(axis=0)
    total = float(np.mean((cycles - cycles.mean()) ** 2))
    chance = total / len(cycles)
    share = max(float(np.var(pattern)) - chance, 0.0) / total if total > 0 else 0.0
    offset = len(values) % points
    peak = int(np.abs(pattern - np.median(pattern)).argmax())
    return Period(points, strength, share, (peak + offset) % points)
