"""The snippets of the README run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.attach import declared
from tb_diagnose.read import clusters, load

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = (ROOT / "docs" / "attach.md").read_text(encoding="utf-8")
NEEDS = {"keras": "tensorflow", "tf": "tensorflow", "torch": "torch"}


@pytest.mark.parametrize("name", NEEDS)
def test_a_snippet_runs_and_its_log_has_vitals(name: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS[name], reason="the snippet needs its framework")
    found = re.search(rf"<!-- {name} -->\n```python\n(.*?)```\n<!-- /{name} -->", TEXT, re.DOTALL)
    assert found, f"README.md has no snippet {name}"
    program = tmp_path / "snippet.py"
    program.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{found[1]}", "utf-8")
    ended = subprocess.run(  # noqa: S603 - our own document
        [sys.executable, program], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "tb-diagnose" not in ended.stderr
    (run,) = [run for cluster in clusters([tmp_path / "logs"]) for run in load(cluster)]
    tags = {each.tag for each in run.vitals}
    assert {f"diagnose/{kind}" for kind in ("layers", "weights", "step", "inputs")} <= tags


def costs(framework: str) -> list[list[str]]:
    """The lines of the table of a framework's costs."""
    whole = DOCS.partition(f"<!-- cost of {framework} -->")[2].partition("<!-- /cost")[0]
    lines = [line for line in whole.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("framework", ("keras", "torch"))
def test_the_table_of_costs_holds_what_the_benchmark_measures(framework: str) -> None:
    workloads, tools = declared(framework, "WORKLOADS"), declared(framework, "TOOLS")
    rows = {(line[0], line[1]) for line in costs(framework)}
    assert rows <= {(workload, tool) for workload in workloads for tool in tools}
    assert rows >= {(workload, f"attach.{framework}") for workload, _ in rows}
    assert len(rows) > len(workloads)


@pytest.mark.parametrize("framework", ("keras", "torch"))
def test_the_cost_is_what_is_said(framework: str) -> None:
    for workload, tool, step, share, error, *_ in costs(framework):
        if tool == f"attach.{framework}":
            most = 1.02 if float(step) >= 20 else 1.05
            assert float(share) - float(error) <= most, workload
