"""Steps that start again and again: is it a batch index, or one training after another?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.medians import median


def equal(lengths: NDArray[np.int64]) -> bool:
    """Whether cycles have about the same length: all within a tenth of the median, or one point."""
    return bool(np.ptp(lengths) <= max(1.0, 0.1 * float(median(lengths))))


def goes_on(values: NDArray[Any], cuts: Sequence[int]) -> bool:
    """Whether a curve goes on at each of ``cuts`` where it was, instead of starting over.

    Compares, by medians over the cuts, the jump from the end of a cycle to the start of the next
    one with the distance of that start from the start of the first cycle. Where both are alike,
    the curve goes on unless the jump is several times what it moves by from point to point.
    """
    values = np.asarray(values, np.float64)
    chunks = [chunk[np.isfinite(chunk)] for chunk in np.split(values, cuts)]
    chunks = [chunk for chunk in chunks if len(chunk)]
    if len(chunks) < 3:
        return False
    width = max(1, min(10, min(map(len, chunks)) // 10))
    starts = np.array([median(chunk[:width]) for chunk in chunks])
    ends = np.array([median(chunk[-width:]) for chunk in chunks])
    jump = float(median(np.abs(starts[1:] - ends[:-1])))
    over = float(median(np.abs(starts[1:] - starts[0])))
    moves = np.concatenate([np.abs(np.diff(chunk)) for chunk in chunks])
    if jump < 0.5 * over:
        return True
    return over >= 0.5 * jump and jump <= 5 * float(median(moves) if len(moves) else 0.0)
