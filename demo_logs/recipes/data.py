"""The data of the demonstration trainings: scikit-learn's own sets, and seeded noise."""

from __future__ import annotations

import numpy as np
from sklearn import datasets

Arrays = tuple[np.ndarray, np.ndarray]


def digits() -> Arrays:
    """1,797 handwritten digits, shuffled: float32 [n, 64] in 0..1, int64 labels 0..9."""
    return _shuffled(*_digits())


def breast_cancer() -> Arrays:
    """569 tumours, shuffled: float32 [n, 30], standardized; labels 0 (212 of them) and 1 (357)."""
    x, y = datasets.load_breast_cancer(return_X_y=True)
    return _shuffled(_standardised(x), y)


def moons(count: int, noise: float = 0.25) -> Arrays:
    """Two interleaved half circles that overlap by `noise`: float32 [count, 2], labels 0 and 1."""
    x, y = datasets.make_moons(count, noise=noise, random_state=1)
    return x.astype(np.float32), y


def friedman(count: int) -> Arrays:
    """Friedman's regression problem, standardized: float32 [count, 10] and float32 [count, 1].

    The noise has about 0.04 of the target's variance: no model does better than that.
    """
    x, y = datasets.make_friedman1(count, noise=1.0, random_state=1)
    return _standardised(x), _standardised(y[:, None])


def random_images(count: int, size: int = 224) -> Arrays:
    """Noise that no model can learn: float32 [count, size, size, 3] in 0..1, labels 0..4.

    The first images and labels are the same whatever the count.
    """
    x = np.random.default_rng(1).random((count, size, size, 3), dtype=np.float32)
    return x, np.random.default_rng(2).integers(0, 5, count)


def _digits() -> Arrays:
    x, y = datasets.load_digits(return_X_y=True)
    return (x / 16).astype(np.float32), y


def _standardised(x: np.ndarray) -> np.ndarray:
    scaled: np.ndarray = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    return scaled


def _shuffled(x: np.ndarray, y: np.ndarray) -> Arrays:
    order = np.random.default_rng(1).permutation(len(x))
    return x[order], y[order]
