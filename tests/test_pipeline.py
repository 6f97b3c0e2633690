"""The whole journey: problems of single paths, failures of single folders, the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tb_diagnose import pipeline as subject
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings, SettingsError
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.pipeline import checkup, journeys
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
        return next(known for known in runs.values() if known.run is run)

    monkeypatch.setattr(subject, "clusters", clusters)
    monkeypatch.setattr(subject, "load", load)
    monkeypatch.setattr(subject, "examine", examine)


def test_what_can_be_read_is_reported_beside_what_cannot() -> None:
    made = checkup(["logs", "elsewhere"], Settings())
    assert [run["verdict"] for run in made["runs"]] == ["critical", "healthy"]
    assert [problem["path"] for problem in made["problems"]] == ["elsewhere", "logs/broken"]
    assert made["problems"][1]["message"] == "logs/broken was not read: MemoryError: too large"


def test_a_path_given_twice_counts_once() -> None:
    assert checkup(["logs", "./logs"], Settings())["summary"]["runs"] == 2


def test_nothing_at_all_is_an_error_that_names_every_path() -> None:
    with pytest.raises(NothingToRead, match="below here\nno event files below there"):
        checkup(["here", "there"], Settings())


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    checkup(["logs"], Settings(), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_runs_are_compared_where_a_diagnosis_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def compare(glances: Sequence[RunSummary], _: Settings) -> Any:
        compared.extend(each.run for each in glances)
        return (outcome("seed-spread"),)

    monkeypatch.setattr(subject, "registry", lambda: {"x": SimpleNamespace(several=True)})
    monkeypatch.setattr(subject, "compare", compare)
    assert [each["id"] for each in checkup(["logs"], Settings())["comparisons"]] == ["seed-spread"]
    assert compared == ["well", "training-configuration/as-given"]


def test_a_baseline_that_is_no_run_is_an_error_that_says_which_there_are() -> None:
    with pytest.raises(SettingsError, match="no run 'wel' to compare with; did you mean 'well'"):
        checkup(["logs"], Settings(baseline="wel"))
    assert checkup(["logs"], Settings(baseline="well"))["summary"]["runs"] == 2


@pytest.mark.parametrize(
    ("folders", "points", "sizes"), ((16, 1 << 17, [2]), (1, 1 << 17, [1, 1]), (16, 0, [1, 1]))
)
def test_small_folders_are_judged_together_and_large_ones_alone(
    folders: int, points: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    batches = subject._together

    def counted(clusters: Sequence[Cluster], *, checksum: bool) -> Iterator[Any]:
        for batch in batches(clusters, checksum=checksum):
            together.append(len(batch))
            yield batch

    monkeypatch.setattr(subject, "_together", counted)
    monkeypatch.setattr(subject, "_TOGETHER", folders)
    monkeypatch.setattr(subject, "_POINTS", points)
    clusters = list(subject.clusters([Path("logs")]))[:2]
    made = list(journeys(clusters, settings=Settings(), checksum=True, comparing=False))
    assert [each.part["name"] for one in made for each in one] == [
        "well",
        "training-configuration/as-given",
    ]
    assert together == sizes
