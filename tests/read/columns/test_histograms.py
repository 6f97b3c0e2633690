"""Histograms are reduced to what the numbers behind them say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.core.run import QUANTILES, Histograms
from tb_diagnose.read import clusters, load
from tb_diagnose.read.columns.histograms import columns, from_tensor, reduced
from tests.events import Log

DATA = np.random.default_rng(0).normal(0.3, 2.0, 5_000)


def reduce(*tensors: np.ndarray) -> np.ndarray:
    """[n, 6 + 33] what tensors [k, 3] are reduced to."""
    rows = np.concatenate([reduced(from_tensor(each)) for each in tensors])
    *statistics, quantiles = columns(rows).values()
    return np.concatenate([np.stack(statistics, axis=1), quantiles], axis=1)


def one(folder: Path) -> Histograms:
    (run,) = (run for cluster in clusters([folder]) for run in load(cluster))
    (histograms,) = run.histograms
    return histograms


@pytest.mark.parametrize("buckets", [30, 500])
@pytest.mark.parametrize("form", ["histogram", "histogram_proto"])
def test_both_encodings(form: str, buckets: int, tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in range(3):
            getattr(log, form)("w", DATA * (step + 1), step, buckets)
    found = one(tmp_path)
    width = np.ptp(DATA) / buckets
    assert found.steps.tolist() == [0, 1, 2]
    for step in range(3):
        scale = step + 1
        assert found.count[step] == len(DATA)
        assert found.low[step] == pytest.approx(DATA.min() * scale)
        assert found.high[step] == pytest.approx(DATA.max() * scale)
        assert found.mean[step] == pytest.approx(DATA.mean() * scale, abs=width / 2 * scale)
        assert found.std[step] == pytest.approx(DATA.std() * scale, abs=width / 2 * scale)
        exact = np.quantile(DATA, QUANTILES) * scale
        assert np.abs(found.quantiles[step] - exact).max() <= width * scale
    if form == "histogram_proto":
        assert found.mean[0] == pytest.approx(DATA.mean(), rel=1e-9)
        assert found.std[0] == pytest.approx(DATA.std(), rel=1e-9)


def test_more_than_one_batch_in_the_order_written(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in range(700):
            log.histogram("w", [step, step + 2.0], step, 4)
    assert np.allclose(one(tmp_path).mean, np.arange(700) + 1.0, atol=0.3)


def test_quantiles_by_hand() -> None:
    """Two buckets [0, 1) and [1, 3) with an empty one between them and one at either end."""
    rows = np.array([[-1, 0, 0], [0, 1, 1], [1, 1, 0], [1, 3, 3], [3, 4, 0]], float)
    quantiles = reduce(rows)[0, 6:]
    wanted = np.where(QUANTILES <= 0.25, QUANTILES * 4, 1 + (QUANTILES - 0.25) / 0.75 * 2)
    assert np.allclose(quantiles, wanted)


def test_relu_output_share_of_zero() -> None:
    """The zeros of a ReLU stand in the first bucket, those of its negative in the last."""
    rows = np.array([[0, 1, 70], [1, 2, 30]], float)
    mirrored = np.array([[-2, -1, 30], [-1, 0, 70]], float)
    away = np.array([[1, 2, 30], [2, 3, 70]], float)
    assert reduce(rows, mirrored, away)[:, 5] == pytest.approx([0.7, 0.7, 0.0])


def test_a_constant_in_both_forms() -> None:
    older = np.array([[2.5, 3.5, 8.0]])
    newer = np.array([[3.0, 3.0, 0.0]] * 29 + [[3.0, 3.0, 8.0]])
    for row in reduce(older, newer):
        assert row[:6].tolist() == [8.0, 3.0, 3.0, 3.0, 0.0, 0.0]
        assert np.all(row[6:] == 3.0)


def test_nan_and_nothing() -> None:
    unknown, nothing = np.array([[np.nan, np.nan, 5.0]] * 3), np.empty((0, 3))
    empty = np.array([[0.0, 1.0, 0.0]] * 2)
    rows = reduce(unknown, nothing, empty, np.array([[0.0, 2.0, 4.0]]))
    assert rows.shape == (4, 39)
    assert np.isnan(rows[0, 1:5]).all()
    assert rows[0, 0] == 15
    assert rows[1:3, 0].tolist() == [0, 0]
    assert np.isnan(rows[1:3, 1:]).all()
    assert rows[3, 3] == 1.0
    assert np.isnan(reduce(nothing)[0, 1:]).all()


sizes = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@given(sizes, st.integers(0, 2**32 - 1))
def test_quantiles_are_those_of_the_cumulated_buckets(sizes: list[int], seed: int) -> None:
    """Bucket by bucket, by the definition: the slow way."""
    random = np.random.default_rng(seed)
    tensors = [np.empty((size, 3)) for size in sizes]
    for each in tensors:
        edges = np.cumsum(random.integers(2, 9, len(each) + 1))
        each[:, 0], each[:, 1] = edges[:-1], edges[1:]
        each[:, 2] = random.integers(0, 4, len(each))
        each[random.integers(len(each)), 2] = random.integers(1, 65)
    for each, row in zip(tensors, reduce(*tensors), strict=True):
        wanted = [quantile(each, share) for share in QUANTILES]
        assert np.allclose(row[6:], wanted, rtol=1e-6)


@pytest.mark.parametrize("count", [1e300, 1e17, 1e10])
def test_quantiles_whatever_the_neighbours_count(count: float) -> None:
    huge = np.array([[0.0, 1.0, count], [1.0, 2.0, count]])
    shares = np.array([[0.0, 1.0, 0.1], [1.0, 2.0, 0.3]])
    assert np.array_equal(reduce(huge, shares)[1], reduce(shares)[0])


def quantile(rows: np.ndarray, share: float) -> float:
    total, before = rows[:, 2].sum(), 0.0
    for left, right, count in rows[rows[:, 2] > 0]:
        if before + count >= share * total:
            return float(left + (right - left) * (share * total - before) / count)
        before += count
    raise AssertionError("no bucket is left")
