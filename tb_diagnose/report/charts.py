"""Curves as they are drawn: few enough points for a screen, and no spike or NaN lost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import Series
from tb_diagnose.report.curves import thinned

_KINDS = ("", "NaN", "Infinity", "-Infinity")
_LARGEST = float(np.finfo(np.float32).max)


class Drawn(NamedTuple):
    """One curve, sorted by step.

    Attributes:
        name: folder and tag.
        steps: [n] float64.
        values: [n] float32; NaN where the line is to be interrupted.
        full: how many points the log holds between the limits that were asked for.
        nonfinite: step and kind (``NaN``, ``Infinity``, ``-Infinity``) of the first and the last
            point of each stretch that is not finite.
    """

    name: str
    steps: NDArray[np.float64]
    values: NDArray[np.float32]
    full: int
    nonfinite: tuple[tuple[int, str], ...]

    @classmethod
    def none(cls, name: str) -> Drawn:
        """A curve that is not there."""
        return cls(name, np.empty(0), np.empty(0, np.float32), 0, ())


@np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
def drawn(
    series: Series, points: int, low: float | None = None, high: float | None = None
) -> Drawn:
    """A curve between two steps (both included), in about ``points`` (>= 4) finite points.

    The smallest and the largest value of each of ``points / 2`` pieces is kept, and so are both
    ends of each stretch that is not finite.
    """
    steps, values = _between(series, low, high)
    kinds = _kinds(values)
    finite = np.flatnonzero(kinds == 0)
    gaps = _edges(kinds, points)
    kept = np.union1d(finite[thinned(values[finite], points)], gaps)
    shown = np.where(kinds == 0, np.clip(values, -_LARGEST, _LARGEST), np.nan)[kept]
    nonfinite = tuple((int(steps[at]), _KINDS[kinds[at]]) for at in gaps)
    return Drawn(
        series.name, steps[kept].astype(np.float64), shown.astype(np.float32), len(steps), nonfinite
    )


def _between(
    series: Series, low: float | None, high: float | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    steps, values = series.steps, np.asarray(series.values, np.float64)
    if low is not None or high is not None:
        least = -np.inf if low is None else low
        most = np.inf if high is None else high
        inside = (steps >= least) & (steps <= most)
        steps, values = steps[inside], values[inside]
    if (steps[1:] < steps[:-1]).any():
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
    return steps, values


def _kinds(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """[n] index into ``_KINDS``."""
    kinds = np.isnan(values).astype(np.int8)
    kinds[np.isposinf(values)] = 2
    kinds[np.isneginf(values)] = 3
    return kinds


def _edges(kinds: NDArray[np.int8], points: int) -> NDArray[np.intp]:
    """Both ends of each stretch of one non-finite kind; past ``points``, the first in each piece.

    A curve that flickers between numbers and NaN has as many stretches as points.
    """
    bounded = np.concatenate([[0], kinds, [0]])
    inside = kinds != 0
    edge = inside & ((kinds != bounded[:-2]) | (kinds != bounded[2:]))
    edges = np.flatnonzero(edge)
    if len(edges) > points:
        piece = edges * points // len(kinds)
        _, first = np.unique(piece * len(_KINDS) + kinds[edges], return_index=True)
        edges = edges[np.sort(first)]
    return edges
