"""A curve as straight segments, and excursions from them that return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.excursions import Departure, fitted, judge_points
from tb_diagnose.analysis.segment_lines import Points, fit_lines, points_of, without_returns
from tb_diagnose.measure.binning import bin_curve
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.noise import NoiseModel, long_run_scale, residual_scale
from tb_diagnose.measure.noise_level import discernible, estimate_noise
from tb_diagnose.measure.outliers import clip_outliers
from tb_diagnose.measure.partition import segment
from tb_diagnose.measure.peaks import without_peaks
from tb_diagnose.measure.piecewise import Line

Floats = NDArray[np.float64]

#: Of longer curves the last so many points tell how their noise is correlated.
_LONGEST = 1 << 16
#: Peaks of so many times what lies beside them, and of so many standard deviations, are no noise.
_FAR = 10.0
#: What is beyond that many times the usual cannot be told in its unit.
_BEYOND = 1e100


class Segmentation(NamedTuple):
    """What the finite values [n >= 1] of a curve did.

    Attributes:
        noise: the estimated noise.
        unit: what is discernible: the unit of ``heights``, ``lines`` and scores.
        heights: [n] the values in that unit, in which the noise is at most 1 at every level.
        fitted: [n] the course in that unit: the lines, none further than the values it stands for.
        lines: the segments, in order, by the indices of their points.
        excursions: in order.
        limit: score beyond which a single point stands out.
    """

    noise: NoiseModel
    unit: NoiseModel
    heights: Floats
    fitted: Floats
    lines: tuple[Line, ...]
    excursions: tuple[Departure, ...]
    limit: float


def describe(values: Floats) -> Segmentation:
    """Segments and excursions of [n >= 1] values within 1e300. O(n)."""
    course = _course(values)
    noise, margin = estimate_noise(course)
    unit, resolution = discernible(course, noise, margin)
    heights = unit.stabilize(values)
    points, edges = _points(course, np.asarray(unit.stabilize(course)), unit, resolution)
    # Changes are looked for by the noise as estimated, claims are made at its upper limit.
    likely = points._replace(errors=np.maximum(points.errors / margin, resolution))
    pieces, returned = without_returns(likely, segment(*likely, np.diff(edges)))
    lines, excursions, limit = judge_points(
        heights,
        fit_lines(points, pieces, edges, heights),
        [points_of(piece, edges) for piece in returned],
    )
    inside = _within_values(fitted(lines, len(heights)), heights, lines)
    return Segmentation(noise, unit, heights, inside, tuple(lines), tuple(excursions), limit)


def _course(values: Floats) -> Floats:
    """The values without those far outside: where there are many, they would be taken for noise."""
    times = float(values.max()) / middle if (middle := float(median(values))) > 0 else 0.0
    return without_peaks(values, _FAR, _FAR) if _FAR < times < _BEYOND else values


def _within_values(course: Floats, heights: Floats, lines: Sequence[Line]) -> Floats:
    """The same [n], each line no lower and no higher than the values of its segment."""
    first = [line.first for line in lines]
    points = [line.last - line.first + 1 for line in lines]
    lowest = np.repeat(np.minimum.reduceat(heights, first), points)
    highest = np.repeat(np.maximum.reduceat(heights, first), points)
    return np.asarray(np.minimum(np.maximum(course, lowest), highest))


def _points(
    values: Floats, heights: Floats, unit: NoiseModel, resolution: float
) -> tuple[Points, NDArray[np.int64]]:
    """What lines are fitted to, and the first point of each and of the end. [m + 1]"""
    bins = bin_curve(values)
    edges = np.append(bins.first, len(values))
    levels = np.asarray(unit.stabilize(bins.values))
    largest = int(bins.sizes.max())
    errors = np.full(len(levels), max(1.0, long_run_scale(heights[-_LONGEST:])))
    if largest > 1:
        middle = levels[bins.sizes >= largest - 1]
        near = residual_scale(middle).value
        scales = near, long_run_scale(middle, near), errors[0] * largest**-0.5
        error = min(max(scales), errors[0])
        # Between single points and the largest bins the error is a power of the size.
        errors *= bins.sizes ** (math.log(error / errors[0]) / math.log(largest))
    # The median of five and more points needs no clipping.
    levels = np.where(bins.sizes < 5, clip_outliers(levels, errors), levels)
    return Points(bins.centers, levels, np.maximum(errors, resolution)), edges
