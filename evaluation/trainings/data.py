"""The data: sets that scikit-learn ships, and seeded ones. Nothing is downloaded.

Every function takes the seed of the split and returns standardised inputs (except token numbers),
divided at random into 60 % training, 20 % validation and 20 % test.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trainings.plan import Array, Pair, Split, rng


def digits(seed: int) -> Split:
    """1,797 handwritten digits: [n, 64] in 0..1, ten classes."""
    x, y = _library().load_digits(return_X_y=True)
    return _split(x / 16, y, seed)


def images(seed: int) -> Split:
    """The same as [n, 8, 8, 1]."""
    x, y = _library().load_digits(return_X_y=True)
    return _split((x / 16).reshape(-1, 8, 8, 1), y, seed)


def cancer(seed: int) -> Split:
    """569 tumours: [n, 30], two classes."""
    x, y = _library().load_breast_cancer(return_X_y=True)
    return _split(_standardised(x), y, seed)


def wine(seed: int) -> Split:
    """178 wines: [n, 13], three classes."""
    x, y = _library().load_wine(return_X_y=True)
    return _split(_standardised(x), y, seed)


def diabetes(seed: int) -> Split:
    """442 patients: [n, 10], a real target of which about half can be explained."""
    x, y = _library().load_diabetes(return_X_y=True)
    return _split(_standardised(x), _standardised(y[:, None]), seed)


def friedman(seed: int) -> Split:
    """Friedman's first regression problem: [2000, 10], 4 % noise."""
    x, y = _library().make_friedman1(2000, noise=1.0, random_state=1)
    return _split(_standardised(x), _standardised(y[:, None]), seed)


def moons(seed: int) -> Split:
    """Two interleaved half circles that overlap a little: [1500, 2], two classes."""
    x, y = _library().make_moons(1500, noise=0.2, random_state=1)
    return _split(_standardised(x), y, seed)


def series(seed: int) -> Split:
    """Windows [n, 24, 1] of a noisy sum of two sines; the target is the next value."""
    time = np.arange(1500)
    curve = np.sin(time / 7) + 0.5 * np.sin(time / 2.3 + 1)
    curve = _standardised((curve + 0.1 * rng(1).standard_normal(len(time)))[:, None])
    windows = np.stack([curve[at : at + 24] for at in range(len(curve) - 24)])
    return _split(windows, curve[24:], seed)


def tokens(seed: int) -> Split:
    """Sequences [1500, 20] of 60 words; each of four topics prefers fifteen of them."""
    dice = rng(1)
    topic = dice.integers(0, 4, 1500)
    own = dice.integers(0, 15, (1500, 20)) + 15 * topic[:, None]
    any_word = dice.integers(0, 60, (1500, 20))
    words = np.where(dice.random((1500, 20)) < 0.35, own, any_word)
    return _split(words, topic, seed)


def _library() -> Any:
    """Imported when asked for data, so that results can be counted without scikit-learn."""
    from sklearn import datasets

    return datasets


def _standardised(x: Array) -> Array:
    scaled: Array = (x - x.mean(axis=0)) / x.std(axis=0)
    return scaled


def _split(x: Array, y: Array, seed: int) -> Split:
    order = rng(seed, 1).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order]
    if y.dtype.kind == "f":
        y = y.astype(np.float32)
    first, second = int(0.6 * len(x)), int(0.8 * len(x))
    parts: list[Pair] = [
        (x[part], y[part]) for part in (slice(first), slice(first, second), slice(second, None))
    ]
    return Split(*parts)
