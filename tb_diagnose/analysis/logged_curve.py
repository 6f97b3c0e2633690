"""A curve as it was logged: its values, finite or not, and their exact repeats."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_diagnose.analysis.curve_parts import Point, Stretch
from tb_diagnose.measure.noise_level import TINY
from tb_diagnose.measure.outliers import runs
from tb_diagnose.measure.periods import Repeat, longest_repeat

Floats = NDArray[np.float64]

#: Values that come so often in the second half of a curve are the same ones again.
_AGAIN = 8


class LoggedCurve:
    """The n values of a curve.

    Attributes:
        steps: [n] as logged.
        values: [n] float64, NaN and infinities included.
        better: -1 where lower is better, 1 where higher is, 0 where that is unknown.
    """

    def __init__(self, steps: ArrayLike, values: ArrayLike, better: int = 0) -> None:
        self.steps: NDArray[np.int64] = np.asarray(steps, dtype=np.int64)
        self.values: Floats = np.asarray(values, dtype=np.float64)
        self.better = better
        if self.steps.shape != self.values.shape or self.values.ndim != 1:
            raise ValueError(f"steps {self.steps.shape} and values {self.values.shape} differ")

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def _is_finite(self) -> NDArray[np.bool_]:
        return np.isfinite(self.values)

    @cached_property
    def where(self) -> NDArray[np.int64]:
        """Index of each finite value. [finite]"""
        return np.flatnonzero(self._is_finite)

    @cached_property
    def finite_values(self) -> Floats:
        """The finite values, in order; what is beyond 1e300 counts as that. [finite]"""
        values = self.values if self.finite == len(self) else self.values[self.where]
        if self.finite and max(abs(values.min()), abs(values.max())) > 1 / TINY:
            return np.clip(values, -1 / TINY, 1 / TINY)
        return values

    @cached_property
    def finite(self) -> int:
        """How many values are finite."""
        return len(self.where)

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
        return self.point(int(self.where[0])) if self.finite else None

    @cached_property
    def end(self) -> Point | None:
        """The last finite value."""
        return self.point(int(self.where[-1])) if self.finite else None

    @cached_property
    def lowest(self) -> Point | None:
        """The lowest finite value."""
        return self.point(int(self.where[self.finite_values.argmin()])) if self.finite else None

    @cached_property
    def highest(self) -> Point | None:
        """The highest finite value."""
        return self.point(int(self.where[self.finite_values.argmax()])) if self.finite else None

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
    def repeats(self) -> bool:
        """Whether a few values come again and again to the end, equal to the last digit."""
        values = self.values[self.where]
        half = len(values) // 2
        late = np.unique(values[half:])
        return len(late) * _AGAIN <= half and bool(np.isin(late, values[:half]).all())

    @property
    def all_zero(self) -> bool:
        """Whether there are values and all are exactly 0."""
        return len(self) > 0 and not np.any(self.values != 0)
