"""The grid has distinct names; what is true of a training follows from its own scores."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from measuring.labels import corpus
from trainings.grid import grid
from trainings.plan import FAULTS, Trained
from trainings.truth import Truth, measurable, truths, write_labels

FINE = Trained(
    skill=0.9,
    train_skill=0.92,
    val_skill=0.9,
    before=2.3,
    after=0.1,
    val_best=0.2,
    val_last=0.21,
    seconds=1.0,
)
TWINS = {"healthy-digits-mlp-1": FINE, "healthy-digits-mlp-2": FINE}


def judged(folder: Path, results: Mapping[str, Trained]) -> dict[str, Truth]:
    rows = [{"name": name, **asdict(trained)} for name, trained in results.items()]
    with (folder / "trained.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return {each.training.name: each for each in truths(folder)}


def changed(**numbers: float) -> Trained:
    return Trained(**{**asdict(FINE), **numbers})


def test_names_are_distinct_file_names() -> None:
    names = [each.name for each in grid()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9.+-]+", name) for name in names)


def test_every_fault_has_levels_and_healthy_twins() -> None:
    healthy = {each.base for each in grid() if each.fault is None}
    for fault in FAULTS.values():
        assert fault.levels
        assert fault.bases
        assert set(fault.bases) <= healthy
        assert set(fault.expects) <= measurable()


@pytest.mark.parametrize(
    ("trained", "clean"),
    [
        (changed(), True),
        (changed(val_last=0.3), False),
        (changed(val_last=float("nan")), False),
    ],
    ids=("as its twins", "its validation loss turned", "not a number"),
)
def test_a_healthy_training_is_clean(trained: Trained, clean: bool, tmp_path: Path) -> None:
    name = "healthy-digits-mlp-3"
    truth = judged(tmp_path, {**TWINS, name: trained})[name]
    assert truth.clean == clean
    assert not truth.shows
    assert truth.expects == frozenset()


@pytest.mark.parametrize(
    ("trained", "shows"),
    [
        (changed(skill=0.88), False),
        (changed(skill=0.8), True),
        (changed(skill=float("nan"), after=float("nan")), True),
    ],
)
def test_a_fault_shows_where_it_scores_worse(trained: Trained, shows: bool, tmp_path: Path) -> None:
    name = "learning-rate-high-10-digits-mlp-1"
    truth = judged(tmp_path, {**TWINS, name: trained})[name]
    assert truth.shows == shows
    assert truth.harmless == (not shows)
    assert ("learning-rate-too-high" in truth.expects) == shows


@pytest.mark.parametrize(
    ("trained", "did"),
    [
        (changed(after=float("inf")), {"non-finite-values"}),
        (changed(after=9.0), {"loss-divergence"}),
        (changed(train_skill=0.0, after=2.3), {"no-learning"}),
        (changed(train_skill=0.0, after=0.1), set()),
        (changed(val_last=0.4, train_skill=0.99), {"overfitting"}),
        (changed(val_last=0.4), set()),
        (changed(), set()),
    ],
)
def test_what_a_fault_did_besides(trained: Trained, did: set[str], tmp_path: Path) -> None:
    name = "unshuffled-1-digits-mlp-1"
    truth = judged(tmp_path, {**TWINS, name: trained})[name]
    assert truth.expects - set(FAULTS["unshuffled"].expects) == did


def test_a_spread_between_seeds_widens_what_counts_as_usual(tmp_path: Path) -> None:
    spread = {
        "healthy-digits-mlp-1": changed(skill=0.95),
        "healthy-digits-mlp-2": changed(skill=0.8),
    }
    name = "learning-rate-high-10-digits-mlp-1"
    assert not judged(tmp_path, {**spread, name: changed(skill=0.75)})[name].shows


def test_the_folder_becomes_a_corpus(tmp_path: Path) -> None:
    name = "learning-rate-high-10-digits-mlp-1"
    known = judged(tmp_path, {**TWINS, name: changed(skill=0.5)})
    write_labels(tmp_path, list(known.values()))
    cases = {case.name: case for case in corpus(tmp_path).cases}
    assert cases["healthy-digits-mlp-1"].clean
    assert cases[name].shows
    assert cases[name].types == ("learning-rate",)
    assert cases[name].about == "learning-rate-high: 10 times the healthy rate"


def test_a_fault_without_a_healthy_twin_is_not_judged(tmp_path: Path) -> None:
    assert judged(tmp_path, {"learning-rate-high-10-digits-mlp-1": FINE}) == {}
