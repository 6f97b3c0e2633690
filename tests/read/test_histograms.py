"""Histograms are reduced to what the numbers behind them say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.read import clusters, load
from tb_diagnose.read.histograms import WIDTH, Buckets, from_tensor, reduce
from tb_diagnose.runs import QUANTILES, Histograms
from tests.events import Log

DATA = np.random.default_rng(0).normal(0.3, 2.0, 5_000)


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
    quantiles = reduce([from_tensor(rows)])[0, 6:]
    wanted = np.where(QUANTILES <= 0.25, QUANTILES * 4, 1 + (QUANTILES - 0.25) / 0.75 * 2)
    assert np.allclose(quantiles, wanted)


def test_relu_output_share_of_zero() -> None:
    """The zeros of a ReLU stand in the first bucket, those of its negative in the last."""
    rows = np.array([[0, 1, 70], [1, 2, 30]], float)
    assert reduce([from_tensor(rows)])[0, 5] == pytest.approx(0.7)
    mirrored = np.array([[-2, -1, 30], [-1, 0, 70]], float)
    assert reduce([from_tensor(mirrored)])[0, 5] == pytest.approx(0.7)
    away = np.array([[1, 2, 30], [2, 3, 70]], float)
    assert reduce([from_tensor(away)])[0, 5] == 0.0


def test_a_constant_in_both_forms() -> None:
    older = reduce([from_tensor(np.array([[2.5, 3.5, 8.0]]))])[0]
    newer = reduce([from_tensor(np.array([[3.0, 3.0, 0.0]] * 29 + [[3.0, 3.0, 8.0]]))])[0]
    for row in (older, newer):
        assert row[:6].tolist() == [8.0, 3.0, 3.0, 3.0, 0.0, 0.0]
        assert np.all(row[6:] == 3.0)


def test_nan_and_nothing() -> None:
    unknown = from_tensor(np.array([[np.nan, np.nan, 5.0]] * 3))
    nothing = from_tensor(np.empty((0, 3)))
    empty = Buckets(np.zeros(2), np.ones(2), np.zeros(2))
    rows = reduce([unknown, nothing, empty, from_tensor(np.array([[0.0, 2.0, 4.0]]))])
    assert rows.shape == (4, WIDTH)
    assert np.isnan(rows[0, 1:5]).all()
    assert rows[0, 0] == 15
    assert rows[1:3, 0].tolist() == [0, 0]
    assert np.isnan(rows[1:3, 1:]).all()
    assert rows[3, 3] == 1.0


def test_histograms_of_different_sizes_in_one_batch() -> None:
    few, many = np.array([[0.0, 1.0, 2.0]] * 1), np.array([[i, i + 1.0, 1.0] for i in range(9)])
    together = reduce([from_tensor(few * [1, 2, 1]), from_tensor(many)])
    alone = np.concatenate([reduce([from_tensor(few * [1, 2, 1])]), reduce([from_tensor(many)])])
    assert np.allclose(together, alone)
