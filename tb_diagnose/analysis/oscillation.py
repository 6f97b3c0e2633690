"""Swings of a curve that are neither its noise nor its way down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.measure.granularity import sample_size, share_noise
from tb_diagnose.measure.medians import part_medians, quantile
from tb_diagnose.measure.piecewise import universal_limit
from tb_diagnose.measure.swings import swings

Floats = NDArray[np.float64]

#: Values of single batches are mostly noise: so many parts of at least so many values are judged
#: by their medians, whose error is a quarter of that of a value.
_PARTS, _VALUES = 50, 20
#: Nobody validates more often: a longer validation curve is logged batch by batch.
_VALIDATIONS = 500
#: Words of a tag that say that each value is one batch's.
_SINGLE = frozenset(("step", "batch", "iter", "iteration"))
#: A difference of two medians is no chance beyond six of their standard errors, one of two shares
#: beyond four standard deviations of counting (p < 1e-4).
_ERRORS, _COUNTING = 6.0, 4.0
#: The standard error of a median is so many times that of a mean.
_MEDIAN = 1.25
#: From one point to the next, a curve that jumps about its course moves by so many of its standard
#: deviations at its turns, and so many points show that it does.
JUMP, _JUMPS = 2.5, 12
#: Four of five normal deviations are below so many standard deviations; of second differences, the
#: variance is six times that of the values.
_MOST, _USUAL, _DIFFERENCES = 0.8, 1.2816, 6.0
#: Two full swings: fewer turns can be one accident.
TURNS = 4
#: Slower than one turn in so many points is drift.
_SLOWEST = 8
#: What the first fifth does is the way down; an oscillation still turns in the last third.
_SETTLED, _LATE = 5, 3


class Oscillation(NamedTuple):
    """Turning points of a curve beyond its noise.

    Attributes:
        turns: index of each into the curve as it was logged, at most one a part.
        low, high: the lowest and highest level that it turned at.
        size: of the smallest move that counts, in the curve's unit.
        points: how many values or medians were judged.
        range: the highest less the lowest of them.
    """

    turns: tuple[int, ...]
    low: float
    high: float
    size: float
    points: int
    range: float


def averaged(curve: Curve, *, single: bool) -> Floats:
    """The values, or the medians of equal parts where each value is a ``single`` batch's. [m]"""
    values = curve.finite_values
    if not single:
        return values
    return part_medians(values, min(_PARTS, len(values) // _VALUES))


def medians(curve: Curve) -> tuple[Floats, float]:
    """At most 50 medians [m] of equal parts of a curve, and by how much noise can move one."""
    values = curve.finite_values
    parts = min(_PARTS, len(values))
    single = curve.noise or 0.0
    points = len(values) / max(parts, 1)
    error = single * (_MEDIAN / np.sqrt(points) if points > 1 else 1.0)
    return part_medians(values, parts), float(error * universal_limit(max(parts, 1)))


def is_per_batch(curve: Curve, validation: Curve | None) -> bool:
    """Whether each value is a batch's: its words say so, or it has more than there are epochs."""
    if curve.series.tag.startswith("epoch_"):
        return False
    if curve.split == "validation":
        return len(curve) > _VALIDATIONS
    if _SINGLE & set(curve.info.words) or validation is None:
        return True
    together = np.isin(curve.steps, validation.steps)
    return len(curve) > 1.5 * len(validation) or float(np.mean(together)) < 0.5


def roughness(values: Floats) -> float:
    """Standard deviation of [n] values about their course behind their first quarter, in their
    unit.

    By second differences, of which a fifth may be larger by any amount; 0 for fewer than 12.
    """
    if len(values) < _JUMPS:
        return 0.0
    sizes = np.abs(np.diff(values[len(values) // 4 :], 2))
    return quantile(sizes, _MOST) / _USUAL / float(np.sqrt(_DIFFERENCES))


def oscillation(curve: Curve, values: Floats, size: float) -> Oscillation | None:
    """The turns of ``values`` behind their first fifth, by moves of ``size`` and beyond noise."""
    size = max(size, _noise(curve, values))
    if not size > 0 or len(values) < _SLOWEST:
        return None
    turns = swings(values, size)
    turns = turns[turns >= len(values) // _SETTLED]
    slow = len(turns) < len(values) / _SLOWEST * (1 - 1 / _SETTLED)
    if slow or not np.any(turns >= len(values) * (_LATE - 1) // _LATE):
        return None
    at = curve.where[(turns * curve.finite) // len(values)]
    low, high = float(values[turns].min()), float(values[turns].max())
    return Oscillation(tuple(at.tolist()), low, high, size, len(values), float(np.ptp(values)))


def _noise(curve: Curve, values: Floats) -> float:
    """What two medians, or two shares of so many examples, may differ by."""
    points = curve.finite / max(len(values), 1)
    error = _ERRORS * _MEDIAN * (curve.noise or 0.0) / np.sqrt(points) if points > 1 else 0.0
    examples = sample_size(curve.series.values) if curve.info.kind == "score" else None
    if not (examples and len(values)):
        return error
    return max(error, _COUNTING * share_noise(float(np.median(values)), examples))
