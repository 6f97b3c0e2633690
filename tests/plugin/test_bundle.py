"""The page's files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tb_diagnose.plugin import bundle


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "static"
    monkeypatch.setattr(bundle, "_STATIC", folder)
    bundle._files.cache_clear()
    yield folder
    bundle._files.cache_clear()


@pytest.mark.usefixtures("static")
def test_without_a_bundle_the_page_says_how_to_get_one() -> None:
    page = bundle.file("index.js")
    assert page is not None
    assert b"export function render()" in page.content
    assert b"TB_DIAGNOSE_SKIP_FRONTEND" in page.content


def test_files_are_served_packed_where_they_are_packed(static: Path) -> None:
    (static / "assets").mkdir(parents=True)
    (static / "index.js").write_text("old")
    (static / "index.js.gz").write_bytes(gzip.compress(b"new"))
    (static / "assets" / "chart-0a1B2c3D.js").write_text("chart")
    (static / "sources.sha256").write_text("no business of the page's")
    page, chart = bundle.file("index.js"), bundle.file("assets/chart-0a1B2c3D.js")
    assert page is not None
    assert chart is not None
    assert (gzip.decompress(page.content), page.encoding, page.hashed) == (b"new", "gzip", False)
    assert (chart.content, chart.encoding, chart.hashed) == (b"chart", None, True)
    assert chart.mime == "text/javascript"
    assert bundle.file("sources.sha256") is None
    assert bundle.file("../tab.py") is None
