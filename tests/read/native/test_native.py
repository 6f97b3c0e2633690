"""The library in C: it is there, and does what Python does."""

from __future__ import annotations

import ctypes
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

from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.histograms import ROW
from tb_diagnose.read.native import binding
from tb_diagnose.read.wire import records
from tests.events import record

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
def unasked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was found out about the library is forgotten, before and afterwards."""
    monkeypatch.delenv(binding.SWITCH, raising=False)
    binding.library.cache_clear()
    yield
    binding.library.cache_clear()


@pytest.mark.usefixtures("unasked")
def test_it_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(binding.SWITCH, "0")
    assert binding.library() is None


@pytest.mark.usefixtures("unasked")
def test_a_library_with_another_header_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "reader.h"
    other.write_bytes(binding.HEADER.read_bytes() + b"\n")
    monkeypatch.setattr(binding, "HEADER", other)
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
def test_histograms_are_reduced_alike(library: Any, size: int) -> None:
    rng = np.random.default_rng(size)
    edges = np.sort(rng.normal(size=size + 1))
    rows = np.stack([edges[:-1], edges[1:], rng.integers(0, 1000, size)], axis=1)
    alike(library, rows)


@pytest.mark.parametrize(
    "count", [[0, 0, 0], [0, 5, 0], [np.nan, 1, -3], [np.inf, 1, 1], [1e300, 1, 1]]
)
@pytest.mark.parametrize("edges", [[-1, 0, 0, 1], [np.nan, 0, 1, 2], [-np.inf, 0, 1, np.inf]])
def test_odd_histograms(library: Any, edges: list[float], count: list[float]) -> None:
    alike(library, np.stack([edges[:-1], edges[1:], count], axis=1).astype(float))


def alike(library: Any, rows: np.ndarray) -> None:
    """Whether both reduce a histogram to the same, but for the rounding of sums."""
    found = np.zeros(1, ROW)
    library.reduce_tensor(binding.address(rows), len(rows), binding.address(found))
    wanted = histograms.reduced(histograms.from_tensor(rows))
    for name in ROW.names or ():
        assert np.allclose(found[name], wanted[name], equal_nan=True, rtol=1e-6, atol=1e-12)


@given(st.binary(max_size=200), st.lists(st.integers(0, 40), max_size=3), st.integers(0, 20))
def test_both_ways_to_a_header(data: bytes, zeros: list[int], at: int) -> None:
    """Wherever a header stands, in zeros or in noise, both searches find it."""
    for count in zeros:
        data += bytes(count) + record(data[:50])[:-3]
    octets = np.frombuffer(data, np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        found = [records.find_header(octets, at)]
        patch.setattr(binding, "library", lambda: None)
        found.append(records.find_header(octets, at))
    places = [place for place in range(at, len(data) - 11) if records.length(data[place:]) >= 0]
    for place in found:
        assert place == places[0] if places else place > len(data) - 12


def test_a_header_is_read_as_a_compiler_reads_it() -> None:
    found = binding.Header(
        "/* a { comment } */\nenum { ONE = 1, TWO = 2 };\n"
        "typedef struct {\n    double low, high;\n    uint32_t counts[3];\n} Pair;\n"
        "EXPORT const char *name(int32_t number);\n"
        "EXPORT void *add(const Pair *pair,\n                 int64_t size);\n"
    )
    assert found.constants == {"ONE": 1, "TWO": 2}
    assert found.structs["Pair"].itemsize == 28
    assert found.functions == {
        "name": (ctypes.c_char_p, [ctypes.c_int32]),
        "add": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int64]),
    }
