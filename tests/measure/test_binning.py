from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.binning import BINS, UNBINNED, bin_curve, bin_sizes


@pytest.mark.parametrize("points", (0, 1, 2, 3, 127, 128, 129, 200, 424, 1000, 4097, 1_000_000))
def test_every_point_is_in_one_bin(points: int) -> None:
    sizes = bin_sizes(points)
    assert sizes.sum() == points
    assert np.all(sizes > 0)
    assert len(sizes) <= 300


@pytest.mark.parametrize("points", (424, 10_000, 1_000_000))
def test_both_ends_are_fine_and_no_bin_is_large(points: int) -> None:
    sizes = bin_sizes(points)
    assert np.all(sizes[:6] == 1)
    assert np.all(sizes[-6:] == 1)
    assert sizes.max() <= -(-points // BINS)
    assert np.all(sizes[1:] <= 2 * sizes[:-1])


def test_up_to_128_points_are_their_own_bins() -> None:
    values = np.random.default_rng(0).normal(size=UNBINNED)
    assert np.array_equal(bin_curve(values).values, values)


@pytest.mark.parametrize("points", (150, 1001, 7777))
def test_a_bin_holds_the_median_of_its_points(points: int) -> None:
    values = np.random.default_rng(points).normal(size=points)
    bins = bin_curve(values)
    medians = [np.median(values[f : f + s]) for f, s in zip(bins.first, bins.sizes, strict=True)]
    assert bins.values == pytest.approx(medians)
    assert bins.centers == pytest.approx(bins.first + (bins.sizes - 1) / 2)
