"""What one curve did, described once: every symptom is a short reading of it."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_diagnose.analysis.curve_parts import (
    Excursion,
    Level,
    Outlook,
    Point,
    Rise,
    Segment,
    Stretch,
    Swings,
)
from tb_diagnose.analysis.segmentation import Segmentation, describe
from tb_diagnose.measure.binning import bin_curve
from tb_diagnose.measure.noise import FEW, RESOLUTION, TINY, NoiseModel
from tb_diagnose.measure.outliers import runs
from tb_diagnose.measure.periods import Period, Repeat, find_period, longest_repeat
from tb_diagnose.measure.piecewise import SHORTEST, Line, universal_limit
from tb_diagnose.measure.swings import swings
from tb_diagnose.measure.trend import trend

Floats = NDArray[np.float64]

#: Probability of a claim about a healthy curve that is accepted.
_CHANCE = 0.01
#: An outlook reaches over this share of the run.
_FURTHER = 0.25


class CurveSummary:
    """What a curve of n points did, in its own unit and at its own steps.

    Everything is computed when first asked for; neither array is written to. Where too little was
    logged to say something, it is None.

    Attributes:
        steps: [n] as logged.
        values: [n] float64, NaN and infinities included.
        better: -1 where lower is better, 1 where higher is, 0 where that is unknown. What speaks
            of best, gain or rise is None then.
    """

    def __init__(self, steps: ArrayLike, values: ArrayLike, better: int = 0) -> None:
        self.steps: NDArray[np.int64] = np.asarray(steps, dtype=np.int64)
        self.values: Floats = np.asarray(values, dtype=np.float64)
        self.better = better
        if self.steps.shape != self.values.shape or self.values.ndim != 1:
            raise ValueError(f"steps {self.steps.shape} and values {self.values.shape} differ")

    def __len__(self) -> int:
        return len(self.values)

    # What was logged.

    @cached_property
    def _is_finite(self) -> NDArray[np.bool_]:
        return np.isfinite(self.values)

    @cached_property
    def _where(self) -> NDArray[np.int64]:
        """Index of each finite value. [finite]"""
        return np.flatnonzero(self._is_finite)

    @cached_property
    def finite_values(self) -> Floats:
        """The finite values, in order; what is beyond 1e300 counts as that. [finite]"""
        values = self.values if self.finite == len(self) else self.values[self._where]
        return (
            values
            if not np.any(np.abs(values) > 1 / TINY)
            else np.clip(values, -1 / TINY, 1 / TINY)
        )

    @cached_property
    def finite(self) -> int:
        """How many values are finite."""
        return len(self._where)

    @cached_property
    def non_finite(self) -> tuple[Stretch, ...]:
        """Where values are NaN or infinite, in order; where the kind changes, another begins."""
        if self.finite == len(self):
            return ()
        kinds = {"nan": np.isnan(self.values), "inf": self.values == math.inf,
                 "-inf": self.values == -math.inf}  # fmt: skip
        found = [Stretch(*run, kind) for kind, mask in kinds.items() for run in runs(mask)]
        return tuple(sorted(found))

    @property
    def non_finite_share(self) -> float:
        """Share of the values that are not finite; 0 for an empty curve."""
        return 1 - self.finite / len(self) if len(self) else 0.0

    def point(self, index: int) -> Point:
        """The value at an index as it was logged."""
        return Point(index, int(self.steps[index]), float(self.values[index]))

    @cached_property
    def start(self) -> Point | None:
        """The first finite value."""
        return self.point(int(self._where[0])) if self.finite else None

    @cached_property
    def end(self) -> Point | None:
        """The last finite value."""
        return self.point(int(self._where[-1])) if self.finite else None

    @cached_property
    def lowest(self) -> Point | None:
        """The lowest finite value."""
        return self.point(int(self._where[self.finite_values.argmin()])) if self.finite else None

    @cached_property
    def highest(self) -> Point | None:
        """The highest finite value."""
        return self.point(int(self._where[self.finite_values.argmax()])) if self.finite else None

    @cached_property
    def best(self) -> Point | None:
        """The best finite value."""
        return {-1: self.lowest, 1: self.highest}.get(self.better)

    @cached_property
    def longest_repeat(self) -> Repeat | None:
        """The longest run of exactly equal values."""
        return longest_repeat(self.values)

    @property
    def constant(self) -> bool:
        """Whether two or more values are all exactly equal."""
        repeat = self.longest_repeat
        return repeat is not None and repeat.last - repeat.first + 1 == len(self)

    @property
    def all_zero(self) -> bool:
        """Whether there are values and all are exactly 0."""
        return len(self) > 0 and not np.any(self.values != 0)

    # Its noise and its course.

    @cached_property
    def _course(self) -> Segmentation | None:
        return describe(self.finite_values) if self.finite else None

    @property
    def noise_model(self) -> NoiseModel | None:
        """The noise as a function of the level; None for fewer than four values."""
        return self._course.noise if self._course and self.finite >= FEW else None

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
        return tuple(self._segment(line) for line in self._course.lines) if self._course else ()

    def _segment(self, line: Line) -> Segment:
        start, end = self._level(line, line.first), self._level(line, line.last)
        width = max(line.last - line.first, 1)
        known = line.last > line.first and line.slope_error > 0
        score = line.slope / line.slope_error if known else None
        slope = end.value / width - start.value / width
        return Segment(start.index, end.index, start, end, slope, score)

    def _level(self, line: Line, place: int) -> Level:
        assert self._course is not None
        unit, index = self._course.unit, int(self._where[place])
        value = float(unit.restore(line.at(place)))
        error = float(min(line.error_at(place) * unit.at(value), np.finfo(np.float64).max))
        return Level(value, error, index, int(self.steps[index]))

    @cached_property
    def excursions(self) -> tuple[Excursion, ...]:
        """Departures from the course that return, in order."""
        if not self._course:
            return ()
        where = self._where
        return tuple(
            Excursion(int(where[each.first]), int(where[each.last]),
                      self.point(int(where[each.peak])), each.base, each.score)
            for each in self._course.excursions
        )  # fmt: skip

    @cached_property
    def start_level(self) -> Level | None:
        """The course at the first value."""
        return self.segments[0].start if self.segments else None

    @cached_property
    def end_level(self) -> Level | None:
        """The course at the last value."""
        return self.segments[-1].end if self.segments else None

    @cached_property
    def _ends(self) -> list[tuple[float, float, Line, int]]:
        """Height, its error, line and place at both ends of each segment; lower is better."""
        lines = self._course.lines if self._course and self.better else ()
        return [
            (-self.better * line.at(place), line.error_at(place), line, place)
            for line in lines for place in (line.first, line.last)
        ]  # fmt: skip

    @cached_property
    def _best_end(self) -> tuple[float, float, Line, int] | None:
        """Of the ends of segments the one that is best even at its upper confidence limit."""
        return min(self._ends, key=lambda end: end[0] + end[1]) if self._ends else None

    @cached_property
    def best_level(self) -> Level | None:
        """The best that the course reached, which no lucky value is."""
        return self._level(*self._best_end[2:]) if self._best_end else None

    # How far it came.

    @cached_property
    def gained(self) -> float | None:
        """From the level at the start to the best one, in the curve's unit; never negative."""
        if not (self.start_level and self.best_level):
            return None
        return max(0.0, self.better * (self.best_level.value - self.start_level.value))

    @cached_property
    def gained_score(self) -> float | None:
        """The same in units of its standard error; None for fewer than four values."""
        if not self._best_end or self.finite < FEW:
            return None
        (start, start_error, *_), (best, best_error, *_) = self._ends[0], self._best_end
        return max(0.0, start - best) / math.hypot(start_error, best_error)

    @cached_property
    def improved_p(self) -> float | None:
        """Probability that so much improvement would be seen in a curve that does not improve.

        By ranks; from eight values on twice the smaller one of that and the chance of the levels.
        """
        if self.gained_score is None:
            return None
        ranked = trend(-self.better * self._binned).falling
        if self.finite < 2 * FEW:
            return ranked
        by_levels = 0.5 * math.erfc(self.gained_score / math.sqrt(2)) * len(self._ends)
        return min(1.0, 2 * by_levels, 2 * ranked)

    @property
    def improved(self) -> bool | None:
        """Whether it got better beyond doubt; None where too few values can not say."""
        if self.improved_p is None:
            return None
        few = self.finite < 2 * FEW
        return True if self.improved_p < _CHANCE else None if few else False

    @cached_property
    def _binned(self) -> Floats:
        """The finite values as at most some 300 medians."""
        return bin_curve(self.finite_values).values

    @cached_property
    def rise(self) -> Rise | None:
        """How much worse the end is than the best."""
        if not (self._best_end and self.best_level and self.end_level):
            return None
        best, best_error, _, place = self._best_end
        end, end_error, *_ = self._ends[-1]
        value = max(0.0, self.better * (self.best_level.value - self.end_level.value))
        points = self.finite - 1 - place
        score = max(0.0, end - best) / max(math.hypot(best_error, end_error), 1e-300)
        share = value / self.gained if self.gained else None
        beyond = score > universal_limit(len(self._binned)) and points >= SHORTEST
        return Rise(value, score, share, points, beyond)

    def reached(self, share: float) -> Level | None:
        """Where the course had first made this share of its gain; None where it gained nothing."""
        course = self._course
        if not (course and self.gained and self.start_level and self.best_level):
            return None
        goal = self.start_level.value + share * (self.best_level.value - self.start_level.value)
        height = float(course.unit.stabilize(goal))
        for line in course.lines:
            heights = (line.at(line.first), line.at(line.last))
            if max(self.better * each for each in heights) >= self.better * height:
                way = (height - heights[0]) / (line.slope or 1.0)
                place = line.first + math.ceil(min(max(way, 0.0), line.last - line.first))
                return self._level(line, place)
        return self.best_level

    @cached_property
    def late_share(self) -> float | None:
        """Share of the gain that was made in the second half: 0.5 for a straight line."""
        middle, end = self._at(self.finite // 2), self.best_level
        if not self.gained or middle is None or end is None:
            return None
        return max(self.better * (end.value - middle), 0.0) / self.gained

    def _at(self, place: int) -> float | None:
        """Level of the course at one of the finite values."""
        for line in self._course.lines if self._course else ():
            if line.first <= place <= line.last:
                return self._level(line, place).value
        return None

    # Where it is heading.

    @cached_property
    def outlook(self) -> Outlook | None:
        """Where the curve is heading at its end; None for fewer than four values."""
        if not self._course or not self.better or self.finite < FEW or not self.end_level:
            return None
        line = self._course.lines[-1]
        score = self.better * (self.segments[-1].slope_score or 0.0)
        further = min(_FURTHER * self.finite, line.last - line.first)
        then = float(self._course.unit.restore(line.at(line.last + further)))
        change = self.better * (then - self.end_level.value)
        gain = change / self.gained if self.gained else None
        seen = abs(score) > universal_limit(1) and (gain is None or abs(gain) > RESOLUTION)
        return Outlook(int(math.copysign(1, score)) if seen else 0, score, gain)

    @property
    def still_improving(self) -> bool | None:
        """Whether it gets better at its end, visibly within a further quarter of the run."""
        return None if self.outlook is None else self.outlook.direction > 0

    @property
    def settled(self) -> bool | None:
        """Whether it neither gets better nor worse at its end."""
        return None if self.outlook is None else self.outlook.direction == 0

    def within(self, band: float) -> Level | None:
        """Where the course first comes within ``band`` of its end for good, in the curve's unit."""
        if not self.end_level or not self._course:
            return None
        found = self.end_level
        for line, segment in zip(self._course.lines[::-1], self.segments[::-1], strict=True):
            if abs(segment.end.value - self.end_level.value) > band:
                return found
            if abs(segment.start.value - self.end_level.value) > band:
                toward = segment.start.value - self.end_level.value
                goal = self.end_level.value + math.copysign(band, toward)
                height = float(self._course.unit.stabilize(goal))
                way = (height - line.at(line.first)) / (line.slope or 1.0)
                return self._level(
                    line, line.first + math.ceil(min(max(way, 0.0), line.last - line.first))
                )
            found = segment.start
        return found

    # How it goes up and down.

    @cached_property
    def _residuals(self) -> Floats:
        """Distance of each finite value from the course, in units of the noise. [finite]"""
        fitted = np.empty(self.finite)
        for line in self._course.lines if self._course else ():
            fitted[line.first : line.last + 1] = line.at_all(np.arange(line.first, line.last + 1))
        return self._course.heights - fitted if self._course else fitted

    @cached_property
    def period(self) -> Period | None:
        """A pattern that comes back after exactly so many points."""
        return find_period(self._residuals)

    def swings(self, size: float) -> Swings:
        """Moves of at least ``size``, in the curve's unit, from turning point to turning point."""
        turns = swings(self.finite_values, size) if size > 0 else np.empty(0, np.int64)
        sizes = np.abs(np.diff(self.finite_values[turns]))
        half = len(sizes) // 2
        decay = float(np.median(sizes[-half:]) / np.median(sizes[:half])) if half > 1 else None
        return Swings(tuple(self._where[turns].tolist()), tuple(sizes.tolist()), decay)

    @cached_property
    def monotone_share(self) -> float | None:
        """Share of the moves between medians that make it better; None for fewer than two."""
        moves: Any = self.better * np.diff(self._binned) if self.better else ()
        return float(np.mean(moves > 0)) if len(moves) else None
