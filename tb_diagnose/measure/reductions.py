"""An array as one number or one truth, for a quarter of what it takes to ask NumPy's reductions.

``numpy.max`` and its like take a microsecond on any array however short, for axes, dtypes and
masks; ``argmax`` finds the same element without. A run is judged by hundreds of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def max_of(values: NDArray[Any]) -> float:
    """The largest of [..., n >= 1] numbers, in their unit; NaN where one is NaN."""
    found: float = values.item(values.argmax())  # of whole numbers an int
    return found


def min_of(values: NDArray[Any]) -> float:
    """The smallest of [..., n >= 1] numbers, in their unit; NaN where one is NaN."""
    found: float = values.item(values.argmin())
    return found


def all_of(truths: NDArray[np.bool_]) -> bool:
    """Whether all of [...] are true."""
    return not truths.size or bool(truths.item(truths.argmin()))
