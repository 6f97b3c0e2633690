"""The course of a curve in a few numbers: start, best, end, noise, and the climbs in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import (
    Condensed,
    Floats,
    best,
    bests,
    condense,
    condense_together,
    end_level,
    end_levels,
    finite,
    finite_rows,
    lasts,
    noise,
    noises,
    start_level,
    start_levels,
)
from tb_diagnose.measure.recent import Recent
from tb_diagnose.measure.reductions import max_of


class Course(NamedTuple):
    """A curve that should fall, in a few numbers. All levels in the curve's unit.

    Attributes:
        points: how many finite values the curve has.
        condensed: the curve as at most 50 medians.
        start, best, end: levels; ``best`` is the lowest running median of three.
        at_best: index of the best in ``condensed``.
        noise: standard deviation of the point-to-point noise of ``condensed``.
    """

    points: int
    condensed: Condensed
    start: float
    best: float
    end: float
    at_best: int
    noise: float

    @property
    def progress(self) -> float:
        """How far the curve came down from its start to its best, never negative."""
        return max(self.start - self.best, 0.0)

    @property
    def rise(self) -> float:
        """How far the end lies above the best, never negative.

        The end is a median over a tenth of the curve, which may begin before the best: a curve
        that falls to its last point ends below it. What rose must be seen behind the best.
        """
        highest = max_of(self.after) if len(self.after) else -np.inf
        return max(min(self.end, highest) - self.best, 0.0)

    @property
    def after(self) -> NDArray[np.float64]:
        """The condensed values behind the best. [m - 1 - at_best]"""
        return self.condensed.values[self.at_best + 1 :]


#: The courses of the latest arrays, or that there is none: a dozen diagnoses ask for that of the
#: same loss.
_recent: Recent[tuple[Course | None]] = Recent()


def course(values: NDArray[Any], sign: int = 1) -> Course | None:
    """The course of [n] values, non-finite ones left out; None where fewer than 2 are finite.

    ``sign`` is -1 for a curve that should rise: the course of its negative.
    """
    known = _recent.get(values, sign)
    if known is None:
        numbers, condensed = finite(values), condense(values)
        found = _course(numbers, condensed, sign) if len(numbers) > 1 else None
        known = _recent.note(values, (found,), sign)
    return known[0]


def _course(numbers: Floats, condensed: Condensed, sign: int) -> Course:
    """The course of [n > 1] finite values, by what they were condensed to."""
    falls = condensed if sign > 0 else replace(condensed, values=-condensed.values)
    at, low = best(falls.values)
    start, end = sign * start_level(numbers), sign * end_level(numbers)
    return Course(len(numbers), falls, start, low, end, at, noise(falls.values))


def prepare(curves: Iterable[tuple[NDArray[Any], int]]) -> None:
    """Works out the courses of curves, each with its ``sign``, that will be asked for.

    To call NumPy takes most of the time of a course: of curves of one length, as those of a run
    and of the runs of a search are, all are worked out by the same calls. Those that are not finite
    throughout are left to ``course``.
    """
    alike: dict[int, list[tuple[NDArray[Any], int]]] = {}
    for values, sign in curves:
        if len(values) > 1 and lasts(values):
            alike.setdefault(len(values), []).append((values, sign))
    for some in alike.values():
        which, table = finite_rows([values for values, _ in some])
        if len(which) > 1:
            arrays, signs = zip(*[some[at] for at in which], strict=True)
            found = _courses(table, *condense_together(arrays, table), signs)
            for values, sign, each in zip(arrays, signs, found, strict=True):
                _recent.note(values, (each,), sign)


def _courses(
    table: Floats, medians: Floats, condensed: Sequence[Condensed], signs: Sequence[int]
) -> Iterator[Course]:
    """The same of k curves at once: of [k, n] values and the medians [k, m] of each."""
    direction = np.array(signs, np.float64)
    falling = medians * direction[:, None]
    places, lows = bests(falling)
    columns = (direction * start_levels(table), lows, direction * end_levels(table), places)
    found = zip(*[each.tolist() for each in (*columns, noises(falling))], strict=True)
    for each, sign, row, numbers in zip(condensed, signs, falling, found, strict=True):
        falls = each if sign > 0 else replace(each, values=row)
        yield Course(table.shape[1], falls, *numbers)


def largest_climb(values: NDArray[np.float64]) -> float:
    """The largest rise of [n] from any point to any later one, in the curve's unit; 0 if none."""
    if len(values) < 2:
        return 0.0
    return max_of(values - np.minimum.accumulate(values))
