"""The library in C: it is there, and does what Python does to the bit."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.read.columns import histograms, sorting
from tb_diagnose.read.columns.histograms import ROW
from tb_diagnose.read.native import binding

ODD = float("nan"), float("inf"), float("-inf")
COMPILER = sys.platform != "win32" and shutil.which("cc")
pytestmark = pytest.mark.skipif(
    not COMPILER and binding.library() is None, reason="there is no C compiler to build it with"
)


@pytest.fixture
def library() -> Any:
    found = binding.library()
    assert found is not None, "it is not built, or too old: pip install -e . builds it"
    return found


@pytest.fixture
def unasked() -> Iterator[None]:
    """What was found out about the library is forgotten, before and afterwards."""
    binding.library.cache_clear()
    yield
    binding.library.cache_clear()


@pytest.mark.usefixtures("unasked")
def test_it_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(binding.SWITCH, "0")
    assert binding.library() is None


@pytest.mark.usefixtures("unasked")
def test_a_library_of_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "INTERFACE", binding.INTERFACE + 1)
    assert binding.library() is None


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("content", [None, b"no library"])
def test_a_library_that_cannot_be_loaded_is_not_used(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / binding.FILE).write_bytes(content)
    monkeypatch.setattr(binding, "__file__", str(tmp_path / "__init__.py"))
    assert binding.library() is None


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 63, 1000])
def test_both_ways_to_a_checksum(library: Any, size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert library.crc32c(data, size) == google_crc32c.value(data)
    assert library.crc32c_by_table(data, size) == google_crc32c.value(data)


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 30, 128, 129, 300, 2000])
def test_histograms_are_reduced_to_the_same_bits(library: Any, size: int) -> None:
    rng = np.random.default_rng(size)
    edges = np.sort(rng.normal(size=size + 1))
    rows = np.stack([edges[:-1], edges[1:], rng.integers(0, 1000, size)], axis=1)
    found = np.zeros(1, ROW)
    library.reduce_tensor(binding.address(rows), size, binding.address(found))
    wanted = histograms.reduced(histograms.from_tensors(rows[None]))
    assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize(
    "count", [[0, 0, 0], [0, 5, 0], [np.nan, 1, -3], [np.inf, 1, 1], [1e300, 1, 1]]
)
@pytest.mark.parametrize("edges", [[-1, 0, 0, 1], [np.nan, 0, 1, 2], [-np.inf, 0, 1, np.inf]])
def test_odd_histograms(library: Any, edges: list[float], count: list[float]) -> None:
    rows = np.stack([edges[:-1], edges[1:], count], axis=1).astype(float)
    found = np.zeros(1, ROW)
    library.reduce_tensor(binding.address(rows), 3, binding.address(found))
    wanted = histograms.reduced(histograms.from_tensors(rows[None]))
    for name in ("statistics", "quantiles"):
        assert np.array_equal(found[name], wanted[name], equal_nan=True)


@pytest.mark.parametrize("wide", [b"\0\0\0", b"\1\1\1", b"\0\1\0", b"\1\0\1"])
@pytest.mark.parametrize("rows", [1, 10, 1001])
def test_rows_are_sorted_alike(wide: bytes, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(rows)
    columns = (
        rng.integers(0, 3, rows, dtype=np.int32), rng.integers(-9, 9, rows),
        rng.integers(0, 9, rows, dtype=np.uint64), rng.integers(0, 1 << 32, rows, dtype=np.uint64),
    )  # fmt: skip
    found = points(columns, wide)
    monkeypatch.setattr(binding, "library", lambda: None)
    assert found == points(columns, wide)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 6), st.sampled_from([1.0, 2.0, *ODD])),
        min_size=1,
        max_size=12,
    )
)
def test_curves_are_known_to_be_in_order_where_they_are(rows: list[tuple[int, int, float]]) -> None:
    numbers, steps, walls = (np.array(each) for each in zip(*rows, strict=True))
    columns = numbers.astype(np.int32), steps, walls.astype("<f8").view("<u8"), steps.view("<u8")
    for number, piece in sorting.by_curve(columns, bytearray(b"\0\1\0")):
        step, wall = steps[numbers == number], walls[numbers == number]
        with np.errstate(invalid="ignore"):
            clock = np.isfinite(wall).all() and (np.diff(wall) >= 0).all()
        assert piece.orderly == bool(clock and (np.diff(step) > 0).all())


def points(columns: tuple[Any, ...], wide: bytes) -> dict[int, list[list[int]]]:
    return {
        number: [each[piece.first : piece.last].tolist() for each in piece.points]
        for number, piece in sorting.by_curve(columns, bytearray(wide))
    }
