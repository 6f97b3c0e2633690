"""From a list of trainings to their logs and labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring.labels import corpus
from tb_diagnose.read import clusters, load, place
from trainings.grid import Training
from trainings.labels import COLUMNS, read, table, write

pytest.importorskip("torch")
pytest.importorskip("sklearn")

HEALTHY = [Training("linear-sgd", "keras", seed) for seed in (1, 2, 3)]
FAULTY = [
    Training("linear-sgd", "keras", 1, "rate-too-high", 1000),
    Training("linear-sgd", "keras", 4, "accuracy-of-regression", "accuracy"),
    Training("linear-sgd", "keras", 2, "mixed-trainings", 2),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("trainings")
    made(target)
    return target


def made(target: Path) -> None:
    from trainings.make import make  # noqa: PLC0415

    write(target, table(make([*HEALTHY, *FAULTY], target / "runs")))


def test_each_has_a_row_and_a_log(folder: Path) -> None:
    rows = read(folder)
    assert [row["case"] for row in rows] == [one.name for one in (*HEALTHY, *FAULTY)]
    assert list(rows[0]) == list(COLUMNS)
    for row in rows:
        runs = [
            run for c in clusters([place(str(folder / "runs" / row["case"]))]) for run in load(c)
        ]
        assert runs[0].scalars


def test_the_labels_tell_what_became_of_it(folder: Path) -> None:
    rows = {row["case"]: row for row in read(folder)}
    assert [rows[one.name]["clean"] for one in HEALTHY] == ["yes"] * 3
    high = rows["linear-sgd-keras-rate-too-high-1000-1"]
    assert (high["harm"], high["loggable"], high["score"]) == ("yes", "yes", "nan")
    assert high["did"] == "non-finite-values"
    assert [rows[one.name]["harm"] for one in FAULTY[1:]] == ["na", "na"]


def test_the_folder_is_a_corpus(folder: Path) -> None:
    cases = {case.name: case for case in corpus(folder).cases}
    assert cases[HEALTHY[0].name].clean
    assert cases[FAULTY[0].name].shows
    assert "learning-rate" in cases[FAULTY[0].name].types


def test_two_trainings_are_in_one_folder(folder: Path) -> None:
    files = list((folder / "runs" / FAULTY[2].name / "train").iterdir())
    assert len(files) == 2


def test_the_same_list_makes_the_same_files(folder: Path, tmp_path: Path) -> None:
    made(tmp_path)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files
    for path in files:
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()
