"""The course of a curve: straight segments and excursions from them, in the curve's own unit."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.curve_parts import Excursion, Level, Segment
from tb_diagnose.analysis.excursions import Departure
from tb_diagnose.analysis.logged_curve import LoggedCurve
from tb_diagnose.analysis.segmentation import Segmentation, describe
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.noise import FEW, NORMAL_MEDIAN, NoiseModel, sampled
from tb_diagnose.measure.piecewise import Line

Floats = NDArray[np.float64]

_LARGEST = float(np.finfo(np.float64).max)


class _End(NamedTuple):
    """One end of a segment.

    Attributes:
        height: in units of the noise, negated where higher is better.
        error: its standard error.
        place: which of the finite values it is.
    """

    height: float
    error: float
    place: int


class CurveCourse(LoggedCurve):
    """What the finite values of a curve did. All is None or empty where there are none."""

    @cached_property
    def _described(self) -> Segmentation:
        return describe(self.finite_values)

    @cached_property
    def _falling(self) -> Floats:
        """The course, negated where higher is better; in units of the noise. [finite]"""
        return -self.better * self._described.fitted

    @property
    def noise_model(self) -> NoiseModel | None:
        """The noise as a function of the level; None for fewer than four values."""
        return self._described.noise if self.finite >= FEW else None

    @property
    def noise(self) -> float | None:
        """Standard deviation of the point-to-point noise around the level at the end."""
        return self.noise_at(self.end_level.value) if self.end_level else None

    def noise_at(self, level: float) -> float | None:
        """Standard deviation of the point-to-point noise around a level."""
        return float(self.noise_model.at(level)) if self.noise_model else None

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The course as straight pieces, in order: change points are beyond noise."""
        return tuple(map(self._segment, self._described.lines)) if self.finite else ()

    def _segment(self, line: Line) -> Segment:
        start, end = self._level(line.first, line), self._level(line.last, line)
        width = max(line.last - line.first, 1)
        slope = end.value / width - start.value / width
        return Segment(start.index, end.index, start, end, slope, line.slope_score)

    def _level(self, place: int, line: Line | None = None) -> Level:
        """The course at one of the finite values, which the line goes through."""
        described = self._described
        line = line or next(line for line in described.lines if place <= line.last)
        value = float(self.course[place])
        error = min(line.error_at(place) * float(described.unit.at(value)), _LARGEST)
        index = int(self.where[place])
        return Level(value, error, index, int(self.steps[index]))

    @cached_property
    def excursions(self) -> tuple[Excursion, ...]:
        """Departures from the course that return, in order; none of fewer than four values."""
        if self.finite < FEW:
            return ()
        return tuple(map(self._excursion, self._described.excursions))

    def _excursion(self, departure: Departure) -> Excursion:
        first, last, peak = (int(self.where[place]) for place in departure[:3])
        base = self._described.heights[departure.peak] - departure.score
        level = float(self._described.unit.restore(base))
        return Excursion(first, last, self.point(peak), level, departure.score)

    @cached_property
    def course(self) -> Floats:
        """The level at each finite value, in the curve's unit. [finite]"""
        if not self.finite:
            return np.empty(0)
        return np.asarray(self._described.unit.restore(self._described.fitted))

    @cached_property
    def scatter(self) -> float | None:
        """Typical distance of the values from the course over the second half; None below 8.

        A standard deviation, told by the median distance, in the curve's unit. Other than
        ``noise``, which neighbors tell, it holds slow swings as well.
        """
        if self.finite < 2 * FEW:
            return None
        late = slice(self.finite // 2, None)
        distances = np.abs(self.finite_values[late] - self.course[late])
        return float(median(sampled(distances))) / NORMAL_MEDIAN

    @cached_property
    def start_level(self) -> Level | None:
        """The course at the first value."""
        return self._level(0) if self.finite else None

    @cached_property
    def end_level(self) -> Level | None:
        """The course at the last value."""
        return self._level(self.finite - 1) if self.finite else None

    @cached_property
    def _ends(self) -> list[_End]:
        """Both ends of each segment, in order; none where it is unknown what is better."""
        return [
            _End(float(self._falling[place]), line.error_at(place), place)
            for line in (self._described.lines if self.better and self.finite else ())
            for place in (line.first, line.last)
        ]

    @cached_property
    def _best_end(self) -> _End | None:
        """Of the ends of segments the one that is best even at its upper confidence limit."""
        return min(self._ends, key=lambda end: end.height + end.error) if self._ends else None

    @cached_property
    def best_level(self) -> Level | None:
        """The best that the course reached, which no lucky value is."""
        best = self._best_end
        return self._level(best.place) if best else None
