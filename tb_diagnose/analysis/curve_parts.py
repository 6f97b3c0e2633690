"""What a curve's summary is made of. All indices are into the curve as logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Point:
    """A value as it was logged."""

    index: int
    step: int
    value: float


@dataclass(frozen=True, slots=True)
class Level:
    """Where the course of a curve stands, in its unit, with the standard error of that."""

    value: float
    error: float
    index: int
    step: int


class Stretch(NamedTuple):
    """First and last index of values of one kind, and the kind: ``nan``, ``inf`` or ``-inf``."""

    first: int
    last: int
    kind: str


class Segment(NamedTuple):
    """A straight piece of a curve's course.

    Attributes:
        first, last: index of its first and last point.
        start, end: levels at these, in the curve's unit.
        slope: change of the level from one point to the next.
        slope_score: the slope in units of its own standard error; None for a single point.
    """

    first: int
    last: int
    start: Level
    end: Level
    slope: float
    slope_score: float | None

    @property
    def points(self) -> int:
        """How many values, finite or not, it spans."""
        return self.last - self.first + 1


class Spike(NamedTuple):
    """A value far above what lies on both sides of it.

    Attributes:
        peak: the value.
        factor: how many times the level beside it that is, ``measure/peaks.py``.
        score: how far it is above that level, by the usual spread of the curve about it.
    """

    peak: Point
    factor: float
    score: float


class Excursion(NamedTuple):
    """Values that depart from the course and come back to it.

    Attributes:
        first, last: index of the first and last value that is off.
        peak: the one that is furthest off.
        base: level of the course there, in the curve's unit.
        score: distance of the peak from the course in units of the noise (at its upper confidence
            limit), negative below it.
    """

    first: int
    last: int
    peak: Point
    base: float
    score: float

    @property
    def height(self) -> float:
        """Distance of the peak from the course, in the curve's unit."""
        return self.peak.value - self.base

    @property
    def factor(self) -> float | None:
        """The peak as a multiple of the course; None where that is not positive."""
        return self.peak.value / self.base if self.base > 0 else None


class Rise(NamedTuple):
    """How much worse the end of a curve is than its best. All are 0 where it is none.

    Attributes:
        value: distance of the levels, in the curve's unit, never negative.
        score: the same in units of its standard error.
        share: the same as a share of what had been gained; None where nothing was gained.
        points: how many finite values there are since the course was near its best: within its
            error, or half of the way.
        persistent: whether it is beyond noise and rests on more than a point or two.
        p_value: probability of so much rise by chance: by the levels; in a curve of fewer than 32
            values by the ranks of those behind the best one, which is left out.
    """

    value: float
    score: float
    share: float | None
    points: int
    persistent: bool
    p_value: float


class Outlook(NamedTuple):
    """Where the curve is heading at its end.

    Attributes:
        direction: 1 it gets better, -1 worse, 0 neither that could be told.
        score: the slope of the last segment in units of its standard error, positive for better.
        gain: what a further quarter of the run would bring if it went on like this, as a share of
            what was gained so far; negative where it gets worse, None where nothing was gained.
    """

    direction: int
    score: float
    gain: float | None


class Swings(NamedTuple):
    """How a curve goes up and down.

    Attributes:
        turns: index of each turning point.
        sizes: of each swing between two of them, in the curve's unit.
        decay: median size of the later half of the swings over that of the earlier half; None for
            fewer than 4 swings.
    """

    turns: tuple[int, ...]
    sizes: tuple[float, ...]
    decay: float | None
