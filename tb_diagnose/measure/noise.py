"""The noise of a curve: its scale, how it grows with the level, and a view that evens it out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median, quantile, row_medians

Floats = NDArray[np.float64]

#: Changes below a hundredth of what a curve went through cannot be seen in a chart: however smooth
#: a curve is, nothing finer is told apart.
RESOLUTION = 0.01
#: Fewer values have no noise that could be told from what they did.
FEW = 4
#: Second differences of a curve from which on their median is taken. Of fewer it is the lower
#: quartile, which a blow-up in the last two of five points leaves alone.
_MANY = 10
#: Share of the values → the size of a standard normal value that so many lie below (its quantile),
#: and the relative error of a scale estimated by it, times the root of the number of values. It is
#: the asymptotic error of a quantile, raised by a fifth because neighboring second differences
#: share points.
_QUANTILES = {0.5: (0.6745, 1.4), 0.25: (0.3186, 2.15)}
#: Blocks of this many points tell how the noise grows with the level.
_BLOCK, _BLOCKS = 16, 128
#: Smaller numbers are as good as 0, and larger than 1 / TINY as good as infinite.
TINY = 1e-300
#: 99 % of a normal distribution lie below; a slope of the noise is believed from three errors on.
_SURELY, _BELIEVED = 2.33, 3.0


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


def residual_scale(values: Floats) -> float:
    """Standard deviation of the point-to-point noise of finite [n], trend removed; 0 for n < 4.

    From second differences, which vanish on a straight line and have six times the variance of
    independent noise, by a quantile of their sizes. Source: Gasser, Sroka and Jennen-Steinmetz
    1986, "Residual variance and residual pattern in nonlinear regression".
    """
    return _scale(second_differences(values))


def second_differences(values: Floats) -> Floats:
    """Sizes of the second differences of [n], scaled to the noise's standard deviation. [n - 2]"""
    if len(values) < FEW:
        return np.empty(0)
    return np.abs(values[:-2] - 2 * values[1:-1] + values[2:]) / math.sqrt(6)


def _scale(sizes: Floats) -> float:
    if not len(sizes):
        return 0.0
    share = 0.5 if len(sizes) >= _MANY else 0.25
    found = median(sizes) if share == 0.5 else np.sort(sizes)[math.ceil(share * len(sizes)) - 1]
    return float(found) / _QUANTILES[share][0]


def scale_margin(points: int) -> float:
    """By what factor the noise of a curve may be larger than estimated, at 99 % confidence."""
    differences = max(points - 2, 1)
    share = 0.5 if differences >= _MANY else 0.25
    return math.exp(_SURELY * _QUANTILES[share][1] / math.sqrt(differences))


def estimate_noise(values: Floats) -> NoiseModel:
    """The noise of [n] within 1e300: constant, unless blocks of 16 show that it grows with the level."""
    sizes = second_differences(values)
    overall = _scale(sizes)
    blocks = min(_BLOCKS, len(sizes) // _BLOCK)
    if blocks < 4 or not overall:
        return NoiseModel(overall, 0.0)
    width = len(sizes) // blocks
    spans = row_medians(sizes[: blocks * width].reshape(blocks, width)) / _QUANTILES[0.5][0]
    levels = np.abs(row_medians(values[: blocks * width].reshape(blocks, width)))
    return _growing(levels, spans) or NoiseModel(overall, 0.0)


def _growing(levels: Floats, spans: Floats) -> NoiseModel | None:
    """Least squares of ``spans`` on ``levels`` [k], both parameters >= 0, relative errors alike.

    None where the noise does not grow with the level beyond doubt.
    """
    if not levels.max() > levels.min():
        return None
    growth = error = floor = 0.0
    weights = np.ones(len(levels))
    for _ in range(3):
        center = np.average(levels, weights=weights)
        apart = levels - center
        spread = float(np.sum(weights * apart**2))
        if not spread > 0:
            return None
        growth = float(np.sum(weights * apart * spans)) / spread
        floor = float(np.average(spans, weights=weights)) - growth * center
        if floor < 0:
            floor = 0.0
            growth = float(np.sum(weights * levels * spans) / np.sum(weights * levels**2))
        fitted = floor + growth * levels
        if growth <= 0 or not fitted.min() > 0:
            return None
        error = math.sqrt(np.mean(weights * (spans - fitted) ** 2) * len(levels) / spread)
        error /= math.sqrt(max(len(levels) - 2, 1))
        weights = fitted**-2
    return NoiseModel(float(floor), growth) if growth > _BELIEVED * error else None


def discernible(values: Floats, noise: NoiseModel) -> tuple[NoiseModel, float]:
    """What is surely beyond noise and can be seen: unit for change points of finite [n >= 1].

    The noise at its upper confidence limit, and at least ``RESOLUTION``: of the level for a
    positive curve that spans more than a factor of three, of the range for any other; far outside
    of the range, of the level again. Also returns what share of it is resolution, which no average
    makes smaller.
    """
    margin = scale_margin(len(values))
    low, high = quantile(values, 0.05), quantile(values, 0.95)
    least, most = float(values.min()), float(values.max())
    if least > 0 and most > 3 * least:
        floor, growth = RESOLUTION * low, RESOLUTION
    else:
        floor, growth = RESOLUTION * ((high - low) or (most - least)), 0.0
    seen = NoiseModel(max(floor, TINY), growth)
    unit = NoiseModel(max(margin * noise.floor, seen.floor), max(margin * noise.growth, growth))
    if most - least > unit.floor / RESOLUTION**3:
        unit = unit._replace(growth=max(unit.growth, RESOLUTION))
    level = 0.0 if not growth else low
    return unit, min(float(seen.at(level) / unit.at(level)), 1.0)
