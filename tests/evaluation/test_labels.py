"""A corpus folder is read by the definitions that its labels come with."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring.labels import SYMPTOMS, Case, NoCorpus, corpus

RATED = ",".join(("case", *SYMPTOMS, "noisy", "healthy", "confidence"))
KNOWN = "case,variant,clean,types,fault,shows"


def written(folder: Path, *lines: str) -> Path:
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def rated(folder: Path, row: str) -> Case:
    (case,) = corpus(written(folder, RATED, row)).cases
    return case


@pytest.mark.parametrize(
    ("row", "faulty", "clean"),
    [
        ("a,no,no,no,no,no,no,no,yes,high", False, True),
        ("a,no,no,no,no,no,no,yes,yes,high", False, True),
        ("a,no,no,no,maybe,no,no,no,yes,high", False, False),
        ("a,no,no,no,no,no,no,no,maybe,high", False, False),
        ("a,yes,no,no,no,no,no,no,no,high", True, False),
    ],
    ids=("healthy", "noise is no fault", "a doubt", "doubtful health", "a symptom"),
)
def test_a_rated_run_is_faulty_or_clean(
    row: str, faulty: bool, clean: bool, tmp_path: Path
) -> None:
    case = rated(tmp_path, row)
    assert (case.faulty, case.clean) == (faulty, clean)
    assert case.folder == tmp_path / "runs" / "a"


def test_runs_of_which_the_raters_were_unsure_are_left_out(tmp_path: Path) -> None:
    rows = ("a,no,no,no,no,no,no,no,yes,low", "b,no,no,no,no,no,no,no,yes,medium")
    read = corpus(written(tmp_path, RATED, *rows))
    assert [case.name for case in read.cases] == ["b"]
    assert read.unsure == 1
    assert read.by_symptom


def test_a_known_fault_shows_only_where_the_label_says_so(tmp_path: Path) -> None:
    rows = (
        "a,faulty,no,loss activation,wrong loss,yes",
        "b,faulty,no,,unknown,unknown",
        "c,fixed,yes,,none,",
        "d,fixed,no,,none,",
    )
    read = corpus(written(tmp_path, KNOWN, *rows))
    assert [case.types for case in read.cases] == [("loss", "activation"), (), (), ()]
    assert [case.faulty for case in read.cases] == [True, True, False, False]
    assert [case.shows for case in read.cases] == [True, False, False, False]
    assert [case.clean for case in read.cases] == [False, False, True, False]
    assert not read.by_symptom


def test_a_folder_without_labels_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(NoCorpus, match=r"give a folder with labels\.csv"):
        corpus(tmp_path)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCorpus, match="neither"):
        corpus(written(tmp_path, "case,verdict", "a,fine"))
