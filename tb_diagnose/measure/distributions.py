"""How far a distribution moved between two histograms, and how large it is.

A histogram does not say which weight went where. But the least that any re-arrangement of the old
numbers into the new ones must move them by, on average, is the Wasserstein-1 distance of the two
distributions, so that it bounds the mean change of the weights from below:

    mean |w' - w|  >=  W1(P, Q)  =  integral over u in [0, 1] of |Q^-1(u) - P^-1(u)|

since any pairing of old and new values is one of the couplings over which W1 is the minimum
(Villani 2009, "Optimal transport", section 6; the formula for the line is in remark 6.6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def transport(before: NDArray[Any], after: NDArray[Any]) -> Floats:
    """Wasserstein-1 distance between distributions given by their quantiles. [...]

    Args:
        before, after: [..., q] quantiles at equally spaced probabilities from 0 to 1.

    Returns:
        In the unit of the quantiles, by the trapezoidal rule over the probabilities.
    """
    return _trapezoid(np.abs(np.asarray(after, np.float64) - np.asarray(before, np.float64)))


def size(quantiles: NDArray[Any]) -> Floats:
    """Mean absolute value of distributions [..., q], in their own unit. [...]"""
    return _trapezoid(np.abs(np.asarray(quantiles, np.float64)))


def moves(quantiles: NDArray[Any]) -> Floats:
    """How far each of [n, q] distributions moved to the next, as a share of its size. [n - 1]

    A lower bound on mean |dw| over mean |w|. 0 only where nothing that shows was changed; infinity
    for what was all zero before.
    """
    return _share(transport(quantiles[:-1], quantiles[1:]), size(quantiles[:-1]))


def reach(quantiles: NDArray[Any]) -> float:
    """How far [n >= 1, q] distributions came from the first at most, in their own unit."""
    return float(np.max(np.nan_to_num(transport(quantiles[:1], quantiles)), initial=0.0))


def moved(quantiles: NDArray[Any]) -> float:
    """How far [n >= 1, q] distributions came from the first at most, as a share of its size."""
    from_first = _share(transport(quantiles[:1], quantiles), size(quantiles[:1]))
    known = from_first[~np.isnan(from_first)]
    return float(np.max(known, initial=0.0))


def rms(mean: NDArray[Any], std: NDArray[Any]) -> Floats:
    """Root mean square from [n] means and standard deviations, in their unit. [n]"""
    return np.sqrt(np.asarray(mean, np.float64) ** 2 + np.asarray(std, np.float64) ** 2)


def outside(quantiles: NDArray[Any], low: float, high: float) -> Floats:
    """Share of each of the distributions [..., q] at or below ``low`` or at or above ``high``.

    To within one part in q; 0 to 1. [...]
    """
    values = np.asarray(quantiles, np.float64)
    return np.asarray(np.mean((values <= low) | (values >= high), axis=-1), np.float64)


def _trapezoid(values: Floats) -> Floats:
    ends = (values[..., 0] + values[..., -1]) / 2
    return np.asarray((values[..., 1:-1].sum(axis=-1) + ends) / (values.shape[-1] - 1))


def _share(distance: Floats, of: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(distance == 0, 0.0, distance / of)
