"""Fewer points keep what stands out: the ends and the extremes of every part."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.measure.downsample import downsample


@given(st.lists(st.floats(-1e300, 1e300), max_size=300), st.integers(4, 40))
def test_downsampled_to_the_number_asked_for_with_ends_and_extremes(
    values: list[float], points: int
) -> None:
    array = np.array(values)
    kept = downsample(array, points)
    assert len(kept) <= points
    assert (np.diff(kept) > 0).all()
    if values:
        assert {0, len(values) - 1} <= set(kept.tolist())
        assert array[kept].max() == array.max()
        assert array[kept].min() == array.min()


def test_every_spike_of_many_is_kept() -> None:
    values = np.zeros(10_001)
    spikes = np.arange(100, 10_000, 1_000)
    values[spikes], values[spikes + 50] = 1.0, -1.0
    kept = set(downsample(values, 120).tolist())
    assert {*spikes, *(spikes + 50)} <= kept
