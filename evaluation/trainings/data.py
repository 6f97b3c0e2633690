"""Data for the trainings: what scikit-learn ships, and what is drawn. Nothing is downloaded.

Each function draws so many examples with a generator: inputs [n, …] and targets [n, …].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from trainings.initial import WORDS
from trainings.plan import Array, Pair, Split, rng

Draw = Callable[[np.random.Generator, int], Pair]


def split(draw: Draw, seed: int, train: int, val: int = 200, test: int = 400) -> Split:
    """Examples for one seed; inputs are standardized by the training part, cut at 5 deviations."""
    x, y = draw(rng(seed, 0), train + val + test)
    if x.dtype != np.int64:
        mean, deviation = x[:train].mean(0), x[:train].std(0)
        if x.ndim > 2:  # images and series keep the proportions between their places
            mean, deviation = mean.mean(), x[:train].std()
        x = ((x - mean) / np.maximum(deviation, 1e-6)).clip(-5, 5).astype(np.float32)
    y = y if y.dtype == np.int64 else y.astype(np.float32)
    ends = (0, train, train + val, len(x))
    return Split(*((x[a:b], y[a:b]) for a, b in pairwise(ends)))


def shipped(name: str, targets: str = "classes") -> Draw:
    """A data set of scikit-learn, drawn without replacement as far as it reaches."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        x, y = _loaded(name)
        rows = random.permutation(len(x))[:count]
        x, y = x[rows], y[rows]
        if targets == "numbers":
            return x, ((y - y.mean()) / y.std())[:, None]
        return x, y.astype(np.int64)

    return draw


def _sklearn() -> Any:
    """Imported late: whoever only reads what was made does without it."""
    from sklearn import datasets

    return datasets


@cache
def _loaded(name: str) -> Pair:
    found = getattr(_sklearn(), f"load_{name}")()
    return found.data.astype(float), found.target


def digits(kind: str) -> Draw:
    """Handwritten digits of 8 × 8: flat, images, rows in sequence, copies, values, properties."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        x, y = _loaded("digits")
        rows = random.permutation(len(x))[:count]
        x, y = x[rows], y[rows].astype(np.int64)
        if kind == "copy":
            scaled = x / 16
            return scaled, scaled
        if kind == "noisy copy":
            scaled = x / 16
            return scaled + random.normal(0, 0.2, x.shape), scaled
        if kind == "properties":
            return x, np.stack([y % 2, y > 4, np.isin(y, (0, 6, 8, 9))], axis=1).astype(float)
        if kind == "value":
            return x.reshape(-1, 1, 8, 8), (y[:, None] - 4.5) / 2.87
        shapes = {"images": (-1, 1, 8, 8), "rows": (-1, 8, 8), "flat": (-1, 64)}
        return x.reshape(shapes[kind]), y

    return draw


def clusters(
    classes: int,
    features: int,
    apart: float,
    noise: float = 0.0,
    weights: list[float] | None = None,
) -> Draw:
    """Classes of several clusters each; ``noise`` is the share of wrong labels."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        x, y = _sklearn().make_classification(
            count,
            features,
            n_informative=max(2, features // 2),
            n_redundant=features // 4,
            n_classes=classes,
            n_clusters_per_class=1 if classes > 4 else 2,
            class_sep=apart,
            flip_y=noise,
            weights=weights,
            random_state=int(random.integers(2**31)),
        )
        return x, y.astype(np.int64)

    return draw


def plane(kind: str) -> Draw:
    """Moons, circles or spirals in a plane: two or three classes that no line parts."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        if kind == "spirals":
            y = random.integers(0, 3, count)
            radius = random.uniform(0.1, 1, count)
            angle = 4 * radius + y * 2 * np.pi / 3 + random.normal(0, 0.12, count)
            return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), y
        make = _sklearn().make_moons if kind == "moons" else _sklearn().make_circles
        more = {} if kind == "moons" else {"factor": 0.5}
        state = int(random.integers(2**31))
        x, y = make(count, noise=0.12, random_state=state, **more)
        return x, y.astype(np.int64)

    return draw


def functions(kind: str) -> Draw:
    """Regressions: friedman1, friedman2, sine, linear or prices; targets are standardized."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        state = int(random.integers(2**31))
        if kind == "friedman1":
            x, y = _sklearn().make_friedman1(count, 8, noise=0.5, random_state=state)
        elif kind == "friedman2":
            x, y = _sklearn().make_friedman2(count, noise=20, random_state=state)
        elif kind == "sine":
            x = random.uniform(-2, 2, (count, 2))
            y = np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] ** 2 + random.normal(0, 0.1, count)
        elif kind == "linear":
            x = random.normal(size=(count, 12))
            y = x @ (1.0 / np.arange(1, 13)) + random.normal(0, 0.2, count)
        else:  # prices: area, rooms, age, distance, quarter
            x = np.exp(random.normal(size=(count, 5)) * 0.5)
            y = x[:, 0] * (1 + x[:, 1]) / (1 + 0.5 * x[:, 3]) - 0.3 * x[:, 2]
            y = y + random.normal(0, 0.1, count)
        return x, ((y - y.mean()) / y.std())[:, None]

    return draw


def low_rank(features: int, rank: int, *, same: bool = True) -> Draw:
    """Rows near a surface of few dimensions, to be copied or mapped to another such surface."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        world = rng(7, features, rank)
        inner = random.normal(size=(count, rank))
        x = np.tanh(inner @ world.normal(size=(rank, features))) + random.normal(
            0, 0.05, (count, features)
        )
        if same:
            x = (x - x.mean(0)) / x.std(0)
            return x, x
        y = np.tanh(inner @ world.normal(size=(rank, 4)))
        return x, y / y.std(0)

    return draw


def multilabel(labels: int) -> Draw:
    """Each example has some of the labels, by the side it lies on of a plane for each."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        planes = rng(11, labels).normal(size=(16, labels))
        x = random.normal(size=(count, 16))
        y = np.tanh(x @ planes) + 0.3 * random.normal(size=(count, labels)) > 0.2
        return x, y.astype(float)

    return draw


def shapes(kinds: int) -> Draw:
    """Images of 12 × 12 with a bar, a column, a square or a cross somewhere, under noise."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        y = random.integers(0, kinds, count)
        x = random.normal(0, 0.4, (count, 1, 12, 12))
        for image, kind in zip(x[:, 0], y, strict=True):
            top, left = random.integers(0, 8, 2)
            part = image[top : top + 5, left : left + 5]
            if kind in (0, 3):
                part[2, :] += 1.5
            if kind in (1, 3):
                part[:, 2] += 1.5
            if kind == 2:
                part[:4, :4] += 0.75
        return x, y

    return draw


def stripes() -> Draw:
    """Images of 8 × 8 with stripes of one of three directions and any phase, under noise."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        y = random.integers(0, 3, count)
        rows, columns = np.mgrid[:8, :8]
        along = np.stack([rows, columns, (rows + columns) / 1.4])[y]
        phase = random.uniform(0, 2 * np.pi, (count, 1, 1))
        x = np.sin(1.6 * along + phase) + random.normal(0, 0.6, (count, 8, 8))
        return x[:, None], y

    return draw


def series(kind: str) -> Draw:
    """Series of 16 points: which wave, what comes next, or the sum of the two marked points."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        at, phase = np.arange(17), random.uniform(0, 2 * np.pi, (count, 1))
        if kind == "waves":
            y = random.integers(0, 4, count)
            pace = np.array([0.35, 0.7, 1.1, 1.6])[y][:, None]
            x = np.sin(pace * at + phase) + random.normal(0, 0.35, (count, 17))
            return x[:, :16, None], y
        if kind == "next":
            pace = random.uniform(0.2, 0.8, (count, 1))
            x = np.sin(pace * at + phase) + random.normal(0, 0.05, (count, 17))
            return x[:, :16, None], x[:, 16:]
        values, marks = random.uniform(0, 1, (count, 12)), np.zeros((count, 12))
        places = np.stack([random.integers(0, 6, count), random.integers(6, 12, count)], 1)
        np.put_along_axis(marks, places, 1, axis=1)
        return np.stack([values, marks], 2), 2 * ((values * marks).sum(1) - 1)[:, None]

    return draw


def words(kind: str) -> Draw:
    """Twelve words of a vocabulary: sentiment, one of five topics, or the next word of eight."""

    def draw(random: np.random.Generator, count: int) -> Pair:
        classes = {"sentiment": 2, "topics": 5, "next": 16}[kind]
        world = rng(13, classes)
        if kind == "next":
            chances = world.dirichlet(np.full(classes, 0.15), classes)
            text = random.integers(0, classes, (count, 1))
            while text.shape[1] < 5:
                now = chances[text[:, -1]].cumsum(1)
                more = (now < random.random((count, 1)) * 0.999999).sum(1)
                text = np.concatenate([text, more[:, None]], 1)
            return text[:, 3:4], text[:, 4]
        y = random.integers(0, classes, count)
        chances = world.dirichlet(np.full(WORDS, 0.4), classes)
        text = np.stack([random.choice(WORDS, 12, p=chances[label]) for label in y])
        return text, y

    return draw


def target_scale(pair: Pair, scale: float, shift: float = 0.0) -> Pair:
    """The same inputs with targets in other units."""
    x, y = pair
    return x, (scale * (y + shift)).astype(np.float32)


def relabelled(pair: Pair, share: float, seed: int, part: int) -> Pair:
    """A share of the targets exchanged among the examples."""
    x, y = pair
    random = rng(seed, 10, part)
    drawn = y[random.permutation(len(y))]
    chosen = random.random(len(y)) < share
    mixed: Array = np.where(chosen.reshape(-1, *[1] * (y.ndim - 1)), drawn, y)
    return x, mixed
