"""Imports only go down, no diagnosis imports another, the analyzer needs no framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tb_diagnose

HOUSE = Path(tb_diagnose.__file__).parent
#: From the ground up: what is in a line may import only what is in the lines before it.
FLOORS = (
    "measure",
    "core",
    "read roles",
    "analysis",
    "engine",
    "diagnoses",
    "report parallel",
    "pipeline",
    "live",
    "attach plugin cli api",
    "__main__",
)
#: The same of the rooms within ``read``; what stands in none of them is above them all.
READING = ("sources native", "wire", "columns", "decode keras", "setup", "sessions")
#: The same of the rooms within ``report``; each other face is a file above them all.
REPORTING = ("document", "text", "page", "terminal")
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms.split()}
INNER = {"read": READING, "report": REPORTING}
WITHIN = {
    house: {room: floor for floor, rooms in enumerate(order) for room in rooms.split()}
    for house, order in INNER.items()
}
#: The registry walks the house it serves, once somebody asks for it.
UPWARD = {("engine", "diagnoses")}
FRAMEWORKS = {"tensorflow", "tensorboard", "keras", "torch", "pandas"}
SHELLS = {"api", "attach", "plugin"}

FILES = sorted(HOUSE.rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever the import stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            module = node.module or ""
            bare = module == "tb_diagnose"
            yield from (f"{module}.{alias.name}" if bare else module for alias in node.names)


def room(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


def name(file: Path) -> str:
    return file.relative_to(HOUSE).as_posix()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_only_go_down(file: Path) -> None:
    here = room(file)
    if here == "__init__":  # it passes on what is asked for, and must be cheap: see test_api.py
        return
    for module in imported(file):
        if not module.startswith("tb_diagnose.") or module == "tb_diagnose.__version__":
            continue
        there = module.split(".")[1]
        allowed = there == here or (here, there) in UPWARD or FLOOR[there] < FLOOR[here]
        assert allowed, f"{name(file)} imports {module}, which stands above or beside it"


@pytest.mark.parametrize(
    "file", [file for house in INNER for file in sorted((HOUSE / house).glob("*/*.py"))], ids=name
)
def test_within_a_house_imports_only_go_down(file: Path) -> None:
    house, here = file.relative_to(HOUSE).parts[:2]
    floors = WITHIN[house]
    for module in imported(file):
        if module.startswith(f"tb_diagnose.{house}"):
            there = module.split(".")[2]
            allowed = there == here or floors.get(there, len(floors)) < floors[here]
            assert allowed, f"{name(file)} imports {module}, which stands above or beside it"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_the_analyser_needs_no_framework(file: Path) -> None:
    if room(file) not in SHELLS:
        assert not FRAMEWORKS & {module.partition(".")[0] for module in imported(file)}


def test_no_diagnosis_imports_another() -> None:
    for file in (HOUSE / "diagnoses").rglob("*.py"):
        assert not [each for each in imported(file) if each.startswith("tb_diagnose.diagnoses")]
