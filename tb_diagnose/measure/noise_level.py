"""How the noise of a curve grows with its level, and what is discernible beside it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import quantile, row_medians
from tb_diagnose.measure.noise import (
    NORMAL_MEDIAN,
    SINGLE_PRECISION,
    NoiseModel,
    residual_scale,
    sampled,
    second_differences,
)

Floats = NDArray[np.float64]

#: Changes below a hundredth of what a curve went through cannot be seen in a chart: however smooth
#: a curve is, nothing finer is told apart.
RESOLUTION = 0.01
#: Smaller numbers are as good as 0, and larger than 1 / TINY as good as infinite.
TINY = 1e-300
#: The square of what is larger is infinite.
_SQUARABLE = 1e150
#: Blocks of so many points at least and at most tell how the noise grows with the level.
_BLOCK, _WIDEST, _BLOCKS = 16, 512, 128
#: Growth of the noise is believed from three standard errors on.
_BELIEVED = 3.0
#: Logarithm of how much likelier a model is where it is taken for the true one: 20 times.
_LIKELIER = 3.0


def estimate_noise(values: Floats) -> tuple[NoiseModel, float]:
    """The noise of [n] within 1e300, and the factor by which it may be larger at 95 % confidence.

    It is constant, unless blocks of 16 values, or in fewer than 64 the likelihood, show that it
    grows with the level.
    """
    scale = residual_scale(values)
    margin = scale.upper / scale.value if scale.value > 0 else 1.0
    constant = NoiseModel(scale.value, 0.0)
    if not scale.value > 0:
        return constant, margin
    sizes = second_differences(values)
    blocks = min(_BLOCKS, len(sizes) // _BLOCK)
    if blocks < 4:
        return _likelier(values, constant), margin
    width = len(sizes) // blocks
    spans, levels = (
        row_medians(column[: blocks * width].reshape(blocks, width)[:, :_WIDEST])
        for column in (sizes, values)
    )
    return _growing(np.abs(levels), spans / NORMAL_MEDIAN) or constant, margin


def _likelier(values: Floats, constant: NoiseModel) -> NoiseModel:
    """Noise in proportion to the level instead, where it is much likelier to give [n] values."""
    if not values.min() > 0:
        return constant
    logarithms = np.log(values)
    growth = residual_scale(logarithms).value
    if not growth > 0:
        return constant
    # Of logarithms the density is that of the values times their level.
    proportional = _log_likelihood(logarithms, growth) - (len(values) - 2) * logarithms.mean()
    better = proportional - _log_likelihood(values, constant.floor)
    return NoiseModel(0.0, growth) if better > _LIKELIER else constant


def _log_likelihood(values: Floats, scale: float) -> float:
    """That of second differences of [n], but for a constant, by a Cauchy density: outliers do not
    decide.
    """
    sizes = np.minimum(second_differences(values) / scale, _SQUARABLE)
    return -float(np.sum(np.log1p(sizes**2))) - len(sizes) * math.log(scale)


def _growing(levels: Floats, spans: Floats) -> NoiseModel | None:
    """Least squares of ``spans`` on ``levels`` [k], both parameters >= 0, relative errors alike.

    None where the noise does not grow with the level beyond doubt.
    """
    if not levels.max() > levels.min():
        return None
    weights = fitted = np.ones(len(levels))
    for _ in range(3):
        weights = fitted**-2
        total = weights.sum()
        center = (levels * weights).sum() / total
        apart = levels - center
        spread = float((weights * apart**2).sum())
        if not spread > 0:
            return None
        growth = float((weights * apart * spans).sum()) / spread
        floor = float((spans * weights).sum() / total) - growth * center
        if floor < 0:
            floor = 0.0
            growth = float((weights * levels * spans).sum() / (weights * levels**2).sum())
        fitted = floor + growth * levels
        if growth <= 0 or not fitted.min() > 0:
            return None
    error = math.sqrt((weights * (spans - fitted) ** 2).mean() * len(levels) / spread)
    error /= math.sqrt(max(len(levels) - 2, 1))
    return NoiseModel(float(floor), growth) if growth > _BELIEVED * error else None


def discernible(values: Floats, noise: NoiseModel, margin: float) -> tuple[NoiseModel, float]:
    """What is surely beyond noise and can be seen: unit for change points of finite [n >= 1].

    The noise at its upper confidence limit (times ``margin``), and at least ``RESOLUTION``: of the
    level for a positive curve that spans more than a factor of three, else of the range; far
    outside of the range, of the level again. Also returns what share is resolution, which averages
    do not make smaller.
    """
    low, high = (quantile(sampled(values), share) for share in (0.05, 0.95))
    least, most = float(values.min()), float(values.max())
    if least > 0 and most > 3 * least:
        floor, growth = RESOLUTION * low, RESOLUTION
    else:
        floor, growth = RESOLUTION * ((high - low) or (most - least)), 0.0
    digits = SINGLE_PRECISION * max(abs(low), abs(high))
    seen = NoiseModel(max(floor, digits, TINY), growth)
    unit = NoiseModel(max(margin * noise.floor, seen.floor), max(margin * noise.growth, growth))
    if most - least > unit.floor / RESOLUTION**3:
        unit = unit._replace(growth=max(unit.growth, RESOLUTION))
    level = 0.0 if not growth else low
    return unit, min(float(seen.at(level) / unit.at(level)), 1.0)
