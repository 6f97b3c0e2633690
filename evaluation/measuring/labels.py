"""A corpus folder as cases: ``labels.csv`` says what is true, ``runs/CASE`` holds the logs.

Two kinds of labels exist. *Symptoms*: raters judged each run by its curves, with a column of yes,
no or maybe for each symptom. *Faults*: programs with a known fault, and their repaired twins.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: The symptoms that count as faults; the columns ``noisy`` and ``plateau_after_progress`` do not.
SYMPTOMS = (
    "diverged_or_nan",
    "oscillating",
    "plateau_from_start",
    "overfitting",
    "slow_convergence",
    "loss_spikes",
)


class NoCorpus(Exception):
    """The folder is no corpus; the message is one sentence with the cure."""


@dataclass(frozen=True)
class Case:
    """One labeled run.

    Attributes:
        name: the word in the column ``case``.
        folder: where its event files lie.
        about: what is known of it, in a few words.
        symptoms: symptom → yes, no or maybe; empty where faults are labeled.
        types: published classes of the fault; empty where none were published.
        faulty: something is wrong with it.
        shows: the fault made the result worse, compared with the repaired twin.
        clean: silence is right, so that any training finding at warning or above is a false alarm.
    """

    name: str
    folder: Path
    about: str
    symptoms: Mapping[str, str]
    types: tuple[str, ...]
    faulty: bool
    shows: bool
    clean: bool


@dataclass(frozen=True)
class Corpus:
    """All cases that count, and how many are left out because their raters were not sure."""

    name: str
    cases: tuple[Case, ...]
    unsure: int
    by_symptom: bool


def corpus(folder: Path) -> Corpus:
    """Read a corpus folder. Raises NoCorpus."""
    table = folder / "labels.csv"
    if not table.is_file():
        raise NoCorpus(f"there is no {table}; give a folder with labels.csv and runs/CASE/")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = rows[0].keys() if rows else set()
    if columns >= {*SYMPTOMS, "healthy", "confidence"}:
        sure = [row for row in rows if row["confidence"] != "low"]
        cases = tuple(_rated(row, folder) for row in sure)
        return Corpus(folder.name, cases, len(rows) - len(sure), by_symptom=True)
    if columns >= {"variant", "clean", "types", "shows"}:
        return Corpus(folder.name, tuple(_known(row, folder) for row in rows), 0, by_symptom=False)
    raise NoCorpus(f"{table} has neither a column for each symptom nor the columns of fault labels")


def _rated(row: Mapping[str, str], folder: Path) -> Case:
    symptoms = {symptom: row[symptom] for symptom in SYMPTOMS}
    return Case(
        name=row["case"],
        folder=folder / "runs" / row["case"],
        about=row.get("evidence", ""),
        symptoms=symptoms,
        types=(),
        faulty="yes" in symptoms.values(),
        shows="yes" in symptoms.values(),
        clean=row["healthy"] == "yes" and set(symptoms.values()) == {"no"},
    )


def _known(row: Mapping[str, str], folder: Path) -> Case:
    faulty = row["variant"] == "faulty"
    return Case(
        name=row["case"],
        folder=folder / "runs" / row["case"],
        about=row.get("fault", ""),
        symptoms={},
        types=tuple(row["types"].split()),
        faulty=faulty,
        shows=faulty and row["shows"] == "yes",
        clean=row["clean"] == "yes",
    )
