"""What one curve did, described once: every symptom is a short reading of it."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from tb_diagnose.analysis.curve_course import CurveCourse
from tb_diagnose.analysis.curve_parts import Level, Outlook, Rise, Spike, Swings
from tb_diagnose.measure.noise import FEW
from tb_diagnose.measure.noise_level import RESOLUTION
from tb_diagnose.measure.partition import SHORTEST
from tb_diagnose.measure.peaks import find_peaks
from tb_diagnose.measure.periods import Period, find_period
from tb_diagnose.measure.swings import swings
from tb_diagnose.measure.trend import trend

#: Probabilities of a claim about a healthy curve: of improvement, and of a rise behind the best.
_CHANCE, _HARDLY = 0.01, 0.001
#: Up to here improvement is told by ranks: the noise of so few values is hardly known.
RANKED = 32
#: A slope is told from none, and a level from another, from three standard errors on.
_ERRORS = 3.0
#: No noise of a mean is so many times its usual level.
BLOWN_UP = 3.0
#: The second half of a straight line makes half of its gain; noise may take a tenth of it. Fewer
#: values are no line.
STRAIGHT, _LINE = 0.4, 20
#: So many indices, each a constant factor from the next, tell an exponent.
_PLACES = 50
#: An outlook reaches over this share of the run.
_FURTHER = 0.25


class CurveSummary(CurveCourse):
    """What a curve of n points did, in its own unit and at its own steps.

    Everything is computed when first asked for; neither array is written to. Where too little was
    logged to say something, or where it is unknown whether lower or higher is better, what depends
    on it is None.
    """

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
        start, best = self._ends[0], self._best_end
        return max(0.0, start.height - best.height) / math.hypot(start.error, best.error)

    @cached_property
    def improved_p(self) -> float | None:
        """Probability that so much improvement would be seen in a curve that does not improve.

        By ranks below eight values, by levels from 32 on, where values may be correlated; between,
        twice the smaller one of both.
        """
        if self.gained_score is None:
            return None
        levels = 0.5 * math.erfc(self.gained_score / math.sqrt(2)) * len(self._ends)
        if self.finite >= RANKED:
            return min(levels, 1.0)
        ranks = trend(-self.better * self.finite_values).falling
        return ranks if self.finite < 2 * FEW else min(2 * levels, 2 * ranks, 1.0)

    @property
    def improved(self) -> bool | None:
        """Whether it got better beyond doubt; None where too few values cannot say."""
        if self.improved_p is None:
            return None
        few = self.finite < 2 * FEW
        return True if self.improved_p < _CHANCE else None if few else False

    @cached_property
    def rise(self) -> Rise | None:
        """How much worse the end is than the best."""
        if not (self._best_end and self.best_level and self.end_level):
            return None
        best, end = self._best_end, self._ends[-1]
        value = max(0.0, self.better * (self.best_level.value - self.end_level.value))
        error = math.hypot(best.error, end.error)
        score = max(0.0, end.height - best.height) / error
        near = min(_ERRORS * error, (end.height - best.height) / 2)
        below = np.flatnonzero(self._falling <= best.height + near)
        points = self.finite - 1 - int(below[-1])
        share = value / self.gained if self.gained else None
        chance = min(0.5 * math.erfc(score / math.sqrt(2)) * len(self._ends), 1.0)
        persistent = chance < _HARDLY and points >= SHORTEST
        if self.finite < RANKED and self.best:
            behind = self.where > self.best.index
            chance = trend(-self.better * self.finite_values[behind]).rising
        return Rise(value, score, share, points, persistent, chance)

    def reached(self, share: float) -> Level | None:
        """Where the course had first made this share of its gain; None where it gained nothing."""
        if not (self.gained and self.start_level and self.best_level):
            return None
        goal = self.start_level.value + share * (self.best_level.value - self.start_level.value)
        height = -self.better * self._described.unit.stabilize(goal)
        return self._level(int((self._falling <= height).argmax()))

    @cached_property
    def late_share(self) -> float | None:
        """Share of the gain that was made in the second half: 0.5 for a straight line."""
        if not (self.gained and self.best_level):
            return None
        late = self.better * (self.best_level.value - self._level(self.finite // 2).value)
        return min(max(0.0, late) / self.gained, 1.0)

    @property
    def is_line(self) -> bool:
        """Whether it is one straight line, whose halves gained much the same."""
        straight = self.late_share is not None and self.late_share >= STRAIGHT
        return straight and self.finite >= _LINE and len(self.segments) == 1

    @cached_property
    def exponent(self) -> float | None:
        """Exponent b of the power law a * index ** -b that the course of a loss is nearest to.

        By least squares on logarithms, where each doubling of the index counts alike: 0.05 to 0.5
        for language models (Kaplan et al. 2020, "Scaling laws for neural language models"). None
        where the course is not positive or has fewer than eight values.
        """
        if self.finite < 2 * FEW or not self.course.min() > 0:
            return None
        places = np.unique(np.geomspace(1, self.finite, _PLACES).astype(np.int64))
        return -float(np.polyfit(np.log(places), np.log(self.course[places - 1]), 1)[0])

    @cached_property
    def outlook(self) -> Outlook | None:
        """Where the curve is heading at its end; None for fewer than four values."""
        if not self.better or self.finite < FEW or not self.end_level:
            return None
        line, unit = self._described.lines[-1], self._described.unit
        score = self.better * (line.slope_score or 0.0)
        further = min(_FURTHER * self.finite, line.last - line.first)
        then = float(unit.restore(self._described.fitted[-1] + line.slope * further))
        change = self.better * (then - self.end_level.value)
        gain = change / self.gained if self.gained else None
        seen = abs(score) > _ERRORS and (gain is None or abs(gain) > RESOLUTION)
        return Outlook(int(math.copysign(1, score)) if seen else 0, score, gain)

    @property
    def pace(self) -> float | None:
        """What a quarter more of the run would bring at the pace of its last two values.

        In the unit of the curve; 0 for a curve that was ever worse than the value before.
        """
        if not self.better or self.finite < 2:
            return None
        gains = self.better * np.diff(self.finite_values)
        return float(gains[-1]) * len(gains) * _FURTHER if gains.min() > 0 else 0.0

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
        if not self.end_level:
            return None
        borders = [self.end_level.value - band, self.end_level.value + band]
        low, high = self._described.unit.stabilize(np.array(borders))
        fitted = self._described.fitted
        outside = np.flatnonzero((fitted < low) | (fitted > high))
        first = int(outside[-1]) + 1 if len(outside) else 0
        return self._level(min(first, self.finite - 1))

    def spikes(self, factor: float, score: float) -> tuple[Spike, ...]:
        """Values of at least this factor and score above both of their sides, in order."""
        peaks = find_peaks(self.finite_values, factor, score) if self.finite else []
        return tuple(
            Spike(self.point(int(self.where[peak.place])), peak.factor, peak.score)
            for peak in peaks
        )

    @cached_property
    def period(self) -> Period | None:
        """A pattern that comes back after exactly so many points."""
        if not self.finite:
            return None
        return find_period(self._described.heights - self._described.fitted)

    def swings(self, size: float | None = None) -> Swings:
        """Moves of at least ``size``, in the curve's unit, from turning point to turning point.

        By default of the size that noise of the same scale and number does not make.
        """
        if size is None:
            noisy = 2 * self._described.limit if self.finite else 0.0
            size = noisy * (self.noise or 0.0)
        turns = swings(self.finite_values, size) if size > 0 else np.empty(0, np.int64)
        sizes = np.abs(np.diff(self.finite_values[turns]))
        half = len(sizes) // 2
        decay = float(np.median(sizes[-half:]) / np.median(sizes[:half])) if half > 1 else None
        return Swings(tuple(self.where[turns].tolist()), tuple(sizes.tolist()), decay)
