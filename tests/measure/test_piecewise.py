from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.piecewise import fit_line, universal_limit
from tests.simulated import generator


def test_a_line_has_the_errors_of_least_squares() -> None:
    rng = generator(5)
    places = np.arange(40.0)
    deviations = []
    for _ in range(2000):
        line = fit_line(places, 3 - 0.1 * places + rng.normal(size=40), np.ones(40), 0, 39)
        slope = (line.slope + 0.1) / line.slope_error
        deviations.append((slope, (line.at(39) - (3 - 3.9)) / line.error_at(39)))
    assert np.mean(deviations, axis=0) == pytest.approx([0, 0], abs=0.08)
    assert np.std(deviations, axis=0) == pytest.approx([1, 1], abs=0.06)


def test_the_universal_limit_is_hardly_exceeded_by_normal_noise() -> None:
    above = [np.max(generator(k).normal(size=200)) > universal_limit(200, 0.05) for k in range(800)]
    assert 0 < np.mean(above) < 0.05
