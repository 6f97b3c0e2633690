"""One quantity on training and on validation data, compared where both were logged."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_diagnose.analysis.curve import CurveSummary
from tb_diagnose.analysis.curve_parts import Level
from tb_diagnose.measure.medians import median

Floats = NDArray[np.float64]


class EarlyEnd(NamedTuple):
    """One of two curves ends before the other one.

    Attributes:
        split: ``training`` or ``validation``: the one that ends early.
        step: its last step.
        missing: share of the longer curve's range that lies behind it.
    """

    split: str
    step: int
    missing: float


class Divergence(NamedTuple):
    """What training and validation did behind the best of validation.

    Attributes:
        since: the best level of validation.
        validation_rise: how much worse validation became, in its unit.
        validation_share: the same as a share of the best level.
        training_gain: how much better training became meanwhile, in its unit; 0 if it did not.
        training_share: the same as a share of its level at that time.
        persistent: whether validation rose beyond noise while training got better.
        training_peak: the highest level of training since, as a multiple of that at that time; 0
            where that is not positive.
    """

    since: Level
    validation_rise: float
    validation_share: float
    training_gain: float
    training_share: float
    persistent: bool
    training_peak: float


class SplitComparison:
    """A quantity on both splits, at equal positions within the range that both were logged in.

    Attributes:
        training, validation: their summaries, with the same ``better``, which is not 0.
        training_at, validation_at: [n], [m] where each value was logged: steps, or wall time where
            the two count steps in different units. Ascending.
    """

    def __init__(
        self,
        training: CurveSummary,
        validation: CurveSummary,
        training_at: ArrayLike | None = None,
        validation_at: ArrayLike | None = None,
    ) -> None:
        self.training, self.validation = training, validation
        self.training_at = _positions(training, training_at)
        self.validation_at = _positions(validation, validation_at)

    @cached_property
    def common(self) -> tuple[float, float] | None:
        """First and last position that both cover; None where there is no such range."""
        if not (len(self.training_at) and len(self.validation_at)):
            return None
        first = max(self.training_at[0], self.validation_at[0])
        last = min(self.training_at[-1], self.validation_at[-1])
        return (float(first), float(last)) if first <= last else None

    @property
    def validation_covered(self) -> float:
        """Share of the finite validation values that lie in the common range."""
        return _inside(self.validation_at, self.common)

    @cached_property
    def early_end(self) -> EarlyEnd | None:
        """Which curve ends early: by more than two of the wider spacing, so that a point is due."""
        if self.common is None:
            return None
        ends = self.training_at[-1], self.validation_at[-1]
        shorter = int(ends[1] < ends[0])
        spacing = max(_spacing(self.training_at), _spacing(self.validation_at))
        missing = float(abs(ends[1] - ends[0]))
        if missing <= 2 * spacing:
            return None
        curve = (self.training, self.validation)[shorter]
        longer = (self.training_at, self.validation_at)[1 - shorter]
        step = int(curve.steps[curve.where[-1]])
        share = missing / float(longer[-1] - longer[0])
        return EarlyEnd(("training", "validation")[shorter], step, min(share, 1.0))

    @cached_property
    def _shared(self) -> NDArray[np.int64]:
        """Which of the finite validation values lie in the common range. [k]"""
        if self.common is None:
            return np.empty(0, np.int64)
        first, last = self.common
        return np.flatnonzero((self.validation_at >= first) & (self.validation_at <= last))

    @cached_property
    def training_levels(self) -> Floats:
        """The course of training where validation was logged in the common range. [k]"""
        at = self.validation_at[self._shared]
        return np.interp(at, self.training_at, self.training.course) if len(at) else at

    @cached_property
    def gap(self) -> CurveSummary:
        """How much worse validation is than training, at each validation in the common range.

        In the unit of both; negative where validation is better. It is a curve that should fall.
        """
        steps = self.validation.steps[self.validation.where[self._shared]]
        values = self.validation.finite_values[self._shared]
        return CurveSummary(steps, -self.validation.better * (values - self.training_levels), -1)

    @property
    def gap_onset(self) -> Level | None:
        """Where the gap was smallest before it widened for good; None where it did not."""
        rise = self.gap.rise
        return self.gap.best_level if rise and rise.persistent else None

    @property
    def ratio(self) -> float | None:
        """Validation over training at the end of the common range; None where one is <= 0."""
        if not len(self._shared):
            return None
        training = float(self.training_levels[-1])
        validation = float(self.validation.course[self._shared[-1]])
        return validation / training if training > 0 and validation > 0 else None

    @cached_property
    def divergence(self) -> Divergence | None:
        """What both did behind the best of validation; None where training does not cover it."""
        since, rise = self.validation.best_level, self.validation.rise
        if since is None or rise is None or not len(self._shared):
            return None
        place = int(np.searchsorted(self.validation.where, since.index))
        if not self._shared[0] <= place <= self._shared[-1]:
            return None
        since_then = self.training_levels[place - self._shared[0] :]
        then, now = since_then[0], since_then[-1]
        gain = max(0.0, float(self.training.better * (now - then)))
        return Divergence(
            since,
            rise.value,
            rise.value / abs(since.value) if since.value else 0.0,
            gain,
            gain / abs(float(then)) if then else 0.0,
            rise.persistent and gain > 0,
            float(since_then.max() / then) if then > 0 else 0.0,
        )


def _positions(curve: CurveSummary, at: ArrayLike | None) -> Floats:
    """Where the finite values of a curve were logged. [finite]"""
    positions = np.asarray(curve.steps if at is None else at, dtype=np.float64)
    return np.maximum.accumulate(positions[curve.where]) if curve.finite else np.empty(0)


def _inside(positions: Floats, common: tuple[float, float] | None) -> float:
    if common is None or not len(positions):
        return 0.0
    return float(np.mean((positions >= common[0]) & (positions <= common[1])))


def _spacing(positions: Floats) -> float:
    """Median distance of one position to the next; 0 for a single one."""
    return float(median(np.diff(positions))) if len(positions) > 1 else 0.0
