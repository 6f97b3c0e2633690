"""The noise of a curve: its scale from point to point and in the long run, and a model of it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Fewer values have no noise that could be told from what they did.
FEW = 4
#: So many second differences outvote what a curve did in its last few points.
_MANY = 10
#: The median size of a standard normal value.
NORMAL_MEDIAN = 0.6745
#: Share of the values → the size of a standard normal value that so many lie below (its quantile),
#: and the relative error of a scale estimated by it, times the root of the number of values. It is
#: the asymptotic error of a quantile, raised by a fifth because neighboring second differences
#: share points.
_QUANTILES = {0.5: (NORMAL_MEDIAN, 1.4), 0.25: (0.3186, 2.15)}
#: So many values tell a quantile well enough.
_SAMPLE = 1 << 14
#: Fewer points do not tell how their noise is correlated.
_TOLD = 40
#: At these lags the noise of few and of many points is taken for independent. Each change of a
#: course spoils two lags of second differences.
_NEAR, _FAR, _MANY_POINTS = 4, 8, 512
#: Error of the ratio of two such scales, times the root of n; and a correlation of neighbors above
#: which it is no noise but a course.
_RATIO_ERROR, _MOST_CORRELATED = 2.0, 0.9
#: Relative error of the numbers in a log, which holds them in single precision.
SINGLE_PRECISION = float(np.finfo(np.float32).eps)
#: 95 % of a normal distribution lie below.
_SURELY = 1.645


class NoiseModel(NamedTuple):
    """Standard deviation of the noise around a level: ``floor + growth * |level|``.

    Attributes:
        floor: in the unit of the curve.
        growth: relative, without unit.
    """

    floor: float
    growth: float

    def at(self, level: Any) -> Any:
        """Standard deviation of the noise around a level, or around each of [...]."""
        return self.floor + self.growth * np.abs(level)

    def stabilize(self, values: Any) -> Any:
        """Values [...] in units of the noise, which becomes 1 at every level.

        The integral of 1 / at(level): linear where the floor rules, logarithmic far above it.
        Source: Bartlett 1947, "The use of transformations".
        """
        if not self.growth:
            return np.asarray(values) / self.floor
        sizes = (np.log(self.at(values)) - math.log(self.floor)) / self.growth
        return np.copysign(sizes, values)

    def restore(self, units: Any) -> Any:
        """The inverse of ``stabilize``: from units of the noise to those of the curve. [...]"""
        if not self.growth:
            return np.asarray(units) * self.floor
        with np.errstate(over="ignore"):
            sizes = np.expm1(np.abs(units) * self.growth) * (self.floor / self.growth)
        return np.copysign(np.minimum(sizes, np.finfo(np.float64).max), units)


class Scale(NamedTuple):
    """The standard deviation of noise, and its upper confidence limit at 95 %."""

    value: float
    upper: float


def residual_scale(values: Floats, lag: int = 1) -> Scale:
    """The point-to-point noise of [n] within 1e300, trend removed; 0 for too few values.

    From second differences, which vanish on a straight line and have six times the variance of
    independent noise, by the median of their sizes. Source: Gasser, Sroka and Jennen-Steinmetz
    1986, "Residual variance and residual pattern in nonlinear regression". Of fewer than ten it is
    the lower quartile where that tells of less noise: a blow-up in the last two of five points
    leaves it alone. ``lag`` is how many points lie between those that differ.
    """
    sizes = sampled(second_differences(values, lag))
    if not len(sizes):
        return Scale(0.0, 0.0)
    middle = _by_quantile(sizes, 0.5)
    if len(sizes) >= _MANY:
        return middle
    quartile = _by_quantile(sizes, 0.25)
    visible = quartile.value > SINGLE_PRECISION * float(np.abs(values).max())
    return quartile if visible and quartile.upper < middle.upper else middle


def sampled(values: Floats) -> Floats:
    """Evenly spaced ones of [n]: all of 16,384, between a half and all of so many of more."""
    return values[:: -(-len(values) // _SAMPLE)] if len(values) else values


def second_differences(values: Floats, lag: int = 1) -> Floats:
    """Sizes of second differences of [n], scaled to the noise's deviation. [n - 2 lag or 0]"""
    if len(values) < max(FEW, 2 * lag + 1):
        return np.empty(0)
    apart = values[: -2 * lag] - 2 * values[lag:-lag] + values[2 * lag :]
    return np.abs(apart) / math.sqrt(6)


def _by_quantile(sizes: Floats, share: float) -> Scale:
    normal, error = _QUANTILES[share]
    n = len(sizes)
    low, high = math.ceil(share * n) - 1, math.floor(share * n)
    ordered = np.partition(sizes, (low, high))
    value = float(ordered[low] + ordered[high]) / 2 / normal
    return Scale(value, value * math.exp(_SURELY * error / math.sqrt(n)))


def long_run_scale(values: Floats, near: float | None = None) -> float:
    """Standard deviation of means over [n], times the root of how many values they are of.

    That of independent noise is the noise itself. Correlated noise differs less between neighbors
    than further apart: if it is autoregressive of first order, the correlation of neighbors is
    2 - sqrt(1 + 3 r), where r is the ratio of the variances of second differences at lag 1 and at
    a lag that the correlation does not reach. 0 where the two do not differ by more than the
    standard error of their ratio, and where n < 40. ``near`` is the scale at lag 1, where that is
    known.
    """
    n = len(values)
    if n < _TOLD:
        return 0.0
    lag = _NEAR if n < _MANY_POINTS else _FAR
    if near is None:
        near = residual_scale(values).value
    far = residual_scale(values, lag).value
    if far <= near * (1 + _RATIO_ERROR / math.sqrt(n)):
        return 0.0
    neighbors = min(2 - math.sqrt(1 + 3 * (near / far) ** 2), _MOST_CORRELATED)
    return far * math.sqrt((1 + neighbors) / (1 - neighbors))
