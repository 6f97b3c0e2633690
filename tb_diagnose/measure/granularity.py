"""How many examples a share was counted on, read off from the share's own steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import distinct, finite

#: float32 keeps a share to about 6e-8, so that thousandths of a step are still seen for n <= this.
LARGEST = 4096
#: So many shares are looked at first; nearly all curves are told by them (chosen).
_SOME = 256


def sample_size(shares: NDArray[Any]) -> int | None:
    """The smallest n such that every one of [m] shares is a whole number of n-ths, up to 4,096.

    An accuracy measured on n examples only takes the values 0, 1/n, … 1. None where no such n is
    found (more examples, or not a share of examples at all) or where there is nothing to see.
    """
    values = finite(shares)
    values = values[(values > 0) & (values < 1)]
    first = distinct(values[:_SOME])
    if len(first) < 3 and len(distinct(values)) < 3:
        return None
    sizes = np.arange(2, LARGEST + 1)
    # By chance m shares all come this close to a whole number with probability (2 t) ** m: a few
    # shares leave few sizes, and only those are asked about the rest.
    for part in (first[:4], first[4:]):
        sizes = sizes[_off(part[:, None], sizes).max(axis=0, initial=0) < _tolerance(sizes)]
    while len(sizes):
        off = _off(values, sizes[0])
        worst = int(off.argmax())
        if off[worst] < _tolerance(sizes[0]):
            return int(sizes[0])
        sizes = sizes[_off(values[worst], sizes) < _tolerance(sizes)]
    return None


def _off(shares: Any, sizes: Any) -> NDArray[np.float64]:
    """How far so many shares of so many examples are from whole numbers. Shapes as broadcast."""
    counts = shares * sizes
    return np.asarray(np.abs(counts - np.rint(counts)))


def _tolerance(size: Any) -> Any:
    """How far from whole the rounding of float32 leaves a count out of so many."""
    return 1e-3 * (size / LARGEST) + 2e-6 * size


def share_noise(share: float, examples: int) -> float:
    """Standard deviation of a share counted on independent examples: sqrt(p (1 - p) / n)."""
    return float(np.sqrt(max(share * (1 - share), 0.0) / examples))
