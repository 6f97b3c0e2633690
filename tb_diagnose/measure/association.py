"""Whether a mix of classes is the same throughout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: A chi-square so many times that of random draws is no chance: p < 1e-9 at 20 degrees.
DRAWN = 5.0

Counts = NDArray[np.float64]


def association(counts: Counts) -> tuple[float, float]:
    """Cramér's V of a table of counts, and its chi-square over that of random draws.

    ``counts`` is [n, k] with at least two rows and columns and no empty one. V is 0 for the same
    mix in each row, 1 for one class a row. Source: Cramér 1946, section 21.9.
    """
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    square = float(np.sum((counts - expected) ** 2 / expected))
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return float(np.sqrt(square / (total * (min(counts.shape) - 1)))), square / freedom


def single_windows(sums: Counts, window: object) -> Counts:
    """[n, classes] the counts of each single batch, from their sums over a sliding window.

    What one sum has more than the last is the new batch less the one that fell out. Where that is
    no count, the sums were made otherwise and stay as they are.
    """
    if not isinstance(window, int) or window < 1:
        return sums
    batches = np.diff(sums, axis=0, prepend=0)
    for at in range(window, len(batches)):
        batches[at] += batches[at - window]
    return batches if np.all(batches >= 0) else sums
