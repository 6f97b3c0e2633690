"""How fast a log was written: the time between its points, and for each of its steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import part_medians

Floats = NDArray[np.float64]


SECONDS_PER_MINUTE = 60
#: Fewer points have no usual pace.
FEWEST = 10
#: A run is cut into so many stretches, a quarter of which are five: that all five at the end are
#: slower than four at the start comes about by chance once in 126 times.
STRETCHES, QUARTER = 20, 5


def longest_gap(wall: Floats) -> tuple[int, float, float, float]:
    """The longest pause between [n >= 4] moments.

    Returns the index of the point behind it, its length, the usual gap (their median) and the
    third longest gap, all in the unit of ``wall``.
    """
    gaps = np.diff(wall)
    at = int(gaps.argmax())
    third = np.partition(gaps, len(gaps) - 3)[-3]
    return at + 1, float(gaps[at]), float(np.median(gaps)), float(third)


def time_per_step(steps: NDArray[Any], wall: Floats, stretches: int) -> Floats:
    """Time for one step in each of so many equal stretches of [n] points.

    The median over the stretch, so that single pauses do not count; points whose step does not
    increase are left out. In the unit of ``wall``; fewer stretches where there are fewer points.
    """
    ahead, took = np.diff(np.asarray(steps, dtype=np.float64)), np.diff(wall)
    on = ahead > 0
    times = took[on] / ahead[on]
    return part_medians(times, min(stretches, len(times)))
