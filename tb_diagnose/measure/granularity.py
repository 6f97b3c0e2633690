"""How many examples a share was counted on, read off from the share's own steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import distinct, finite

#: float32 keeps a share to about 6e-8, so that thousandths of a step are still seen for n <= this.
LARGEST = 4096


def sample_size(shares: NDArray[Any]) -> int | None:
    """The smallest n such that every one of [m] shares is a whole number of n-ths, up to 4,096.

    An accuracy measured on n examples only takes the values 0, 1/n, … 1. None where no such n is
    found (more examples, or not a share of examples at all) or where there is nothing to see.
    """
    values = distinct(finite(shares))
    values = values[(values > 0) & (values < 1)]
    if len(values) < 3:
        return None
    sizes = np.arange(2, LARGEST + 1)
    # By chance m shares all come this close to a whole number with probability (2 t) ** m: a few
    # shares leave few sizes, and only those are asked about the rest.
    for at in (0, *range(4, len(values), 64)):
        some = values[at : at + 64] if at else values[:4]
        counts = some[:, None] * sizes
        off = np.max(np.abs(counts - np.rint(counts)), axis=0)
        sizes = sizes[off < 1e-3 * (sizes / LARGEST) + 2e-6 * sizes]
        if not len(sizes):
            return None
    return int(sizes[0])


def share_noise(share: float, examples: int) -> float:
    """Standard deviation of a share counted on independent examples: sqrt(p (1 - p) / n)."""
    return float(np.sqrt(max(share * (1 - share), 0.0) / examples))
