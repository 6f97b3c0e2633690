"""Simulated curves whose truth is known: courses, and noise of several kinds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.curve import CurveSummary

Floats = NDArray[np.float64]


def summary(values: Floats | list[float], better: int = -1) -> CurveSummary:
    """The summary of values that were logged at every tenth step."""
    return CurveSummary(10 * np.arange(len(values)), np.array(values, float), better)


def generator(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def healthy_courses(rng: np.random.Generator, points: int) -> dict[str, Floats]:
    """What healthy losses do when their noise is taken away. [points] each"""
    index = np.arange(points)
    time = index / max(points - 1, 1)
    return {
        "flat": np.full(points, 2.3),
        "exponential": 0.3 + 2 * np.exp(-time * rng.uniform(2, 20)),
        "power law": rng.uniform(1, 5) * (1 + index) ** -rng.uniform(0.1, 0.7),
        "straight": 2 - 1.5 * time,
        "plateau first": 2.3 - 1.5 / (1 + np.exp(-(time - 0.4) * 40)),
        "three decades": 0.5 + 1000 * np.exp(-time * 8),
    }


def noisy(rng: np.random.Generator, course: Floats) -> dict[str, Floats]:
    """A course with independent noise of several kinds and sizes. [points] each"""
    points = len(course)
    size = 0.1 * 10 ** rng.uniform(-1.5, 0.5) * max(float(np.ptp(course)), 0.3)
    normal = rng.normal(size=points)
    return {
        "normal": course + size * normal,
        "student": course + size * rng.standard_t(4, size=points) / np.sqrt(2),
        "relative": course * np.exp(0.1 * normal),
        "skewed": course * rng.gamma(20, 1 / 20, size=points),
        "none": course.copy(),
        "rounded": np.round(course + size * normal, 2),
    }


def autoregressive(rng: np.random.Generator, points: int, correlation: float) -> Floats:
    """Noise of standard deviation 1 whose neighbors are correlated. [points]"""
    shocks = rng.normal(size=points) * np.sqrt(1 - correlation**2)
    values = np.empty(points)
    last = rng.normal()
    for i, shock in enumerate(shocks):
        values[i] = last = correlation * last + shock
    return values


def healthy_curves(points: int, seeds: range) -> Iterator[tuple[str, Floats]]:
    """Every course with every noise, once for each seed, each with its name."""
    for seed in seeds:
        rng = generator(points, seed)
        for name, course in healthy_courses(rng, points).items():
            for kind, values in noisy(rng, course).items():
                yield f"{name}, {kind}, seed {seed}", values
