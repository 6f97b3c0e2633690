"""What is true of the values of one curve: which are finite, highest, distinct, in order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def finite(values: NDArray[Any]) -> Floats:
    """The finite values of [n], as float64 [k <= n], in order."""
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    return numbers if known.all() else numbers[known]


def ascending(values: NDArray[Any]) -> bool:
    """Whether none of [n] is less than the one before it; not so where one is NaN."""
    return bool((values[1:] >= values[:-1]).all())


def highest(values: NDArray[Any]) -> float:
    """The largest finite value of [n]; NaN where there is none."""
    return float(finite(values).max(initial=-math.inf)) if np.isfinite(values).any() else math.nan


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different ones of [n] numbers, none of them NaN, in ascending order.

    ``numpy.unique`` without its import of masked arrays, which a short call would wait for.
    """
    if (values[1:] > values[:-1]).all():  # as clocks are
        return values
    ordered: NDArray[Any] = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.asarray(ordered[first])
