"""Curves as they are drawn: few enough points for a screen, and no spike or NaN lost."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import Series
from tb_diagnose.measure.downsample import downsample

NonFinite = Literal["NaN", "Infinity", "-Infinity"]
_KINDS: tuple[NonFinite, ...] = ("NaN", "Infinity", "-Infinity")
_LARGEST = float(np.finfo(np.float32).max)
#: Moments told of a curve (chosen: a pause of a thirtieth of the run shows on an axis of time).
_MOMENTS = 33


class Drawn(NamedTuple):
    """One curve, sorted by step.

    Attributes:
        name: folder and tag.
        steps: [n] float64.
        values: [n] float32; NaN where the line is to be interrupted.
        full: how many points the log holds between the limits that were asked for.
        nonfinite: step and kind (``NaN``, ``Infinity``, ``-Infinity``) of the first and the last
            point of each stretch that is not finite.
        clock: [k, 2] at some of the steps, rising, the moment (seconds since 1970) when it was
            logged: what an axis of time is made from.
    """

    name: str
    steps: NDArray[np.float64]
    values: NDArray[np.float32]
    full: int
    nonfinite: tuple[tuple[int, NonFinite], ...]
    clock: NDArray[np.float64]

    @classmethod
    def none(cls, name: str) -> Drawn:
        """A curve that is not there."""
        return cls(name, np.empty(0), np.empty(0, np.float32), 0, (), np.empty((0, 2)))


@np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
def drawn(
    series: Series, points: int, low: float | None = None, high: float | None = None
) -> Drawn:
    """A curve between two steps (both included), in about ``points`` (>= 4) finite points.

    The smallest and the largest value of each of ``points / 2`` pieces is kept, and so are both
    ends of each stretch that is not finite.
    """
    steps, values, wall = _between(series, low, high)
    kinds = _kinds(values)
    finite = np.flatnonzero(kinds == 0)
    gaps = _edges(kinds, points)
    kept = np.union1d(finite[downsample(values[finite], points)], gaps)
    shown = np.where(kinds == 0, np.clip(values, -_LARGEST, _LARGEST), np.nan)[kept]
    nonfinite = tuple((int(steps[at]), _KINDS[kinds[at] - 1]) for at in gaps)
    return Drawn(
        name=series.name,
        steps=steps[kept].astype(np.float64),
        values=shown.astype(np.float32),
        full=len(steps),
        nonfinite=nonfinite,
        clock=_clock(steps, wall),
    )


def _between(
    series: Series, low: float | None, high: float | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    steps, values, wall = series.steps, np.asarray(series.values, np.float64), series.wall
    if low is not None or high is not None:
        least = -np.inf if low is None else low
        most = np.inf if high is None else high
        inside = (steps >= least) & (steps <= most)
        steps, values, wall = steps[inside], values[inside], wall[inside]
    if (steps[1:] < steps[:-1]).any():
        order = np.argsort(steps, kind="stable")
        steps, values, wall = steps[order], values[order], wall[order]
    return steps, values, wall


def _clock(steps: NDArray[np.int64], wall: NDArray[np.float64]) -> NDArray[np.float64]:
    """[k, 2] some steps, and their moments where those are known and rise with them."""
    if not len(steps):
        return np.empty((0, 2))
    at = np.unique(np.linspace(0, len(steps) - 1, _MOMENTS).astype(int))
    clock = np.stack([steps[at].astype(np.float64), wall[at]], axis=1)
    rising = np.isfinite(clock).all() and (np.diff(clock, axis=0) >= 0).all()
    return clock if rising else np.empty((0, 2))


def _kinds(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """[n] 0 where finite, else the place in ``_KINDS``, counted from 1."""
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
        _, first = np.unique(piece * (len(_KINDS) + 1) + kinds[edges], return_index=True)
        edges = edges[np.sort(first)]
    return edges
