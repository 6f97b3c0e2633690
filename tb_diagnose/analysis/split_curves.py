"""One quantity of a run on training and on validation data, with the names of both curves."""

from __future__ import annotations

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.two_curves import SplitComparison

#: Scores that lie a quarter of all examples apart are no matter of chance.
APART = 0.25
#: Steps of two curves count the same thing where they end within this factor of each other.
_COUNTED_ALIKE = 2.0


class SplitCurves(SplitComparison):
    """A comparison of two curves of a run, at equal steps; at equal times where steps differ.

    Attributes:
        training, validation: the two curves.
        better: -1 where lower is better, 1 where higher is.
    """

    training: Curve
    validation: Curve

    def __init__(self, training: Curve, validation: Curve) -> None:
        by = "steps" if _counted_alike(training, validation) else "wall"
        super().__init__(training, validation, getattr(training, by), getattr(validation, by))
        self.better = validation.better

    @property
    def part(self) -> bool:
        """Whether it is a part of what is minimized, and not all of it."""
        return bool(self.validation.info.part)


def _counted_alike(one: Curve, other: Curve) -> bool:
    """Whether the steps of two curves count the same: they end near each other."""
    if not (one.finite and other.finite):
        return True
    ends = sorted(int(curve.steps[curve.where[-1]]) + 1 for curve in (one, other))
    timed = all(np.ptp(curve.wall) > 0 for curve in (one, other))
    return not timed or ends[1] <= _COUNTED_ALIKE * ends[0]
