"""The whole journey: problems of single paths, failures of single folders, the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tb_diagnose import pipeline as subject
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings, SettingsError
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.pipeline import Options, diagnose, examine_folders
from tb_diagnose.read import Cluster, Folder, NothingToRead
from tests.fakes import FakeExamination, healthy, outcome, sick


@pytest.fixture(autouse=True)
def _rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs below ``logs``, a folder that breaks the reader, none elsewhere."""
    runs = {"well": healthy("well"), "ill": sick()}

    def clusters(paths: Sequence[Path]) -> Iterator[Any]:
        for path in paths:
            if path.name != "logs":
                raise NothingToRead(f"no event files below {path}")
            for name in (*runs, "broken"):
                yield Cluster(name, path / name, (Folder(path / name, ""),))

    def load(cluster: Any, **_: bool) -> list[Run]:
        if cluster.path.name == "broken":
            raise MemoryError("too large")
        return [runs[cluster.path.name].run]

    def examine(run: Run, _: Settings) -> FakeExamination:
        return next(examination for examination in runs.values() if examination.run is run)

    monkeypatch.setattr(subject, "clusters", clusters)
    monkeypatch.setattr(subject, "load", load)
    monkeypatch.setattr(subject, "examine", examine)


def test_what_can_be_read_is_reported_beside_what_cannot() -> None:
    made = diagnose(["logs", "elsewhere"], Settings())
    assert [run["verdict"] for run in made["runs"]] == ["critical", "healthy"]
    assert [problem["path"] for problem in made["problems"]] == ["elsewhere", "logs/broken"]
    assert made["problems"][1]["message"] == "logs/broken was not read: MemoryError: too large"


def test_a_path_given_twice_counts_once() -> None:
    assert diagnose(["logs", "./logs"], Settings())["summary"]["runs"] == 2


def test_nothing_at_all_is_an_error_that_names_every_path() -> None:
    with pytest.raises(NothingToRead, match="below here\nno event files below there"):
        diagnose(["here", "there"], Settings())


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    diagnose(["logs"], Settings(), Options(progress=lambda done, total: told.append((done, total))))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_runs_are_compared_where_a_diagnosis_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def compare(glances: Sequence[RunSummary], _: Settings) -> Any:
        compared.extend(each.run for each in glances)
        return (outcome("seed-spread"),)

    monkeypatch.setattr(subject, "registry", lambda: {"x": SimpleNamespace(several=True)})
    monkeypatch.setattr(subject, "compare", compare)
    assert [each["id"] for each in diagnose(["logs"], Settings())["comparisons"]] == ["seed-spread"]
    assert compared == ["training-configuration/as-given", "well"]


def test_a_baseline_that_is_no_run_is_an_error_that_says_which_there_are() -> None:
    with pytest.raises(SettingsError, match="no run 'wel' to compare with; did you mean 'well'"):
        diagnose(["logs"], Settings(baseline="wel"))
    assert diagnose(["logs"], Settings(baseline="well"))["summary"]["runs"] == 2


def test_a_role_whose_curve_no_run_has_is_an_error_that_names_a_near_one() -> None:
    message = "no run has a curve 'epoch_los' to use as train_loss; did you mean 'epoch_loss'?"
    with pytest.raises(SettingsError, match=re.escape(message)):
        diagnose(["logs"], Settings(roles={"train_loss": "epoch_los"}))
    with pytest.raises(SettingsError, match=r"no run has a curve 'qqqq'.*lists the tags"):
        diagnose(["logs"], Settings(roles={"train_loss": "qqqq"}))


def test_a_role_whose_curve_one_run_has_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter(({"reward": "rewards"}, {}))
    monkeypatch.setattr(subject, "_unmatched", lambda *_: next(runs))
    made = diagnose(["logs"], Settings(roles={"reward": "reward"}))
    assert made["summary"]["runs"] == 2


def test_what_is_made_of_each_run_is_up_to_the_caller() -> None:
    names: list[str] = []
    found = subject.find(["logs"])
    overall = subject.examine_all(found, Settings(), lambda each: each.run.name, names.append)
    assert names == ["well", "training-configuration/as-given"]
    assert [problem["path"] for problem in overall.problems] == ["logs/broken"]


def test_a_folder_at_a_time() -> None:
    folders = subject.find(["logs"]).folders[:2]
    made = examine_folders(folders, settings=Settings(), render=lambda each: each.run.points)
    assert [[run.rendered for run in folder] for folder in made] == [[10], [40]]
