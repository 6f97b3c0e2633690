"""The Python interface: what it returns, what it refuses, and that importing it is cheap."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tb_diagnose
from tb_diagnose.api import Report, diagnose

ROOT = Path(__file__).parent.parent
LOGS = ROOT / "demo_logs"
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def report() -> Report:
    return diagnose([LOGS / "faults", LOGS / "healthy"])


def test_importing_it_imports_neither_numpy_nor_a_framework() -> None:
    names = "{'numpy', 'tensorflow', 'torch', 'keras', 'pandas', 'tensorboard'}"
    code = (
        "import sys, tb_diagnose\n"
        f"assert not {names} & set(sys.modules), sorted({names} & set(sys.modules))\n"
        "assert tb_diagnose.attach.keras and tb_diagnose.diagnose and tb_diagnose.Report\n"
        f"assert not ({names} - {{'numpy'}}) & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_every_public_name_is_there_and_no_other() -> None:
    for name in tb_diagnose.__all__:
        assert getattr(tb_diagnose, name)
    assert set(tb_diagnose.__all__) <= set(dir(tb_diagnose))
    with pytest.raises(AttributeError, match="no attribute 'diagnoze'"):
        _ = tb_diagnose.diagnoze


def test_runs_worst_first_with_what_was_found(report: Report) -> None:
    severities = [run.verdict for run in report.runs]
    assert severities[0] == "critical"
    assert severities[-1] == "healthy"
    found = report.run("loss-divergence").findings
    assert "loss-divergence" in [finding.id for finding in found]
    assert found[0].message in report.run("loss-divergence").headline
    assert [finding for run in report.runs for finding in run.findings] == [
        finding for finding in report.findings if finding not in report.comparisons
    ]


@pytest.mark.parametrize("tag", ["train/epoch_loss", "train_loss"])
def test_a_curve_by_name_and_by_role_at_full_resolution(report: Report, tag: str) -> None:
    curve = report.series("loss-spikes", "train_loss")
    part = next(run for run in report.document["runs"] if run["name"] == "loss-spikes")
    drawn = next(each for each in part["curves"] if each["role"] == "train_loss")
    assert len(curve) == drawn["points"] > len(drawn["steps"])
    spike = max(float(value) for value in drawn["values"])
    assert float(np.nanmax(curve.values)) == pytest.approx(spike)
    assert report.series(report.run("overfitting"), tag).name == "train/epoch_loss"


def test_what_is_not_there_is_refused_with_the_nearest(report: Report) -> None:
    with pytest.raises(LookupError, match="no run called 'overfiting'; did you mean 'overfitting'"):
        report.series("overfiting", "train_loss")
    with pytest.raises(LookupError, match="did you mean 'train/epoch_loss'"):
        report.series("overfitting", "train/epochloss")
    with pytest.raises(LookupError, match="several curves 'epoch_loss': train/epoch_loss, valid"):
        report.series("overfitting", "epoch_loss")


def test_a_log_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    log = tmp_path / "run"
    log.mkdir()
    source = next((LOGS / "healthy/regression/train").glob("*tfevents*"))
    copy = log / source.name
    copy.write_bytes(source.read_bytes())
    made = diagnose(tmp_path)
    copy.unlink()
    with pytest.raises(LookupError, match="no longer at"):
        made.series("run", "train_loss")


def test_nothing_to_read_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        diagnose(tmp_path / "nowhere")


def test_one_missing_path_of_several_is_a_problem_of_the_report(tmp_path: Path) -> None:
    made = diagnose([LOGS / "healthy/regression", str(tmp_path / "nowhere")])
    assert [problem["path"] for problem in made.problems] == [str(tmp_path / "nowhere")]


def test_wrong_settings_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ValueError, match="did you mean 'dead-relu'"):
        diagnose("nowhere", select="dead-rely")
    with pytest.raises(ValueError, match="unknown role 'train_los'; did you mean 'train_loss'"):
        diagnose("nowhere", roles={"train_los": "x"})
    with pytest.raises(ValueError, match="must be a number"):
        diagnose("nowhere", limits={"dead-relu": {"share": float("nan")}})
    with pytest.raises(ValueError, match="which logs"):
        diagnose([])
    with pytest.raises(TypeError, match="paths must be a path or several, not 3"):
        diagnose(3)  # type: ignore[arg-type]


def test_it_shows_itself(report: Report) -> None:
    assert repr(report).startswith("<Report: ")
    assert "loss-divergence" in str(report)
    page = report._repr_html_()
    assert page.count("<tr>") == 1 + len(report.runs)


def test_tables_have_a_row_a_finding_or_a_run(report: Report) -> None:
    pytest.importorskip("pandas")
    table = report.to_pandas()
    assert list(table["id"]) == [finding.id for finding in report.findings]
    assert list(report.to_pandas("runs")["name"]) == [run.name for run in report.runs]
    assert list(diagnose(LOGS / "healthy/regression").to_pandas().columns) == list(table.columns)
    with pytest.raises(ValueError, match="'findings' or 'runs', not 'curves'"):
        report.to_pandas("curves")  # type: ignore[arg-type]


def test_tables_without_pandas_say_what_to_install(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        report.to_pandas()


def test_the_examples_of_the_documentation_run(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {}
    blocks = PYTHON.findall((ROOT / "docs/api.md").read_text(encoding="utf-8"))
    assert len(blocks) > 3
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), namespace)  # noqa: S102
