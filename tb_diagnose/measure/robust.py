"""Medians that leave out what is not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What chance does in fewer than 5 of 100 cases is none, by convention.
SIGNIFICANT = 0.05
#: Two draws from one normal distribution differ by less than so many standard deviations in 95 of
#: 100 cases: 1.96 * sqrt(2).
LUCK = 1.96 * 2**0.5


def finite_median(values: NDArray[Any]) -> float:
    """Median of the finite ones of [n]; NaN where there is none."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def column_medians(table: NDArray[Any]) -> NDArray[np.float64]:
    """Median of the finite values of each column of [n, k]; NaN where a column has none. [k]"""
    return np.array([finite_median(column) for column in np.asarray(table).T], dtype=np.float64)
