"""Odd steps are told, and are no reason to cut a run into pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tb_diagnose.core.run import Fact, Run
from tb_diagnose.read import clusters, load
from tests.events import Log


def runs(folder: Path) -> list[Run]:
    return [run for cluster in clusters([folder]) for run in load(cluster)]


def kinds(run: Run) -> list[str]:
    return [fact.kind for fact in run.facts]


def fact(run: Run, kind: str) -> Fact:
    (found,) = (each for each in run.facts if each.kind == kind)
    return found


def falling(n: int, start: float = 2.3, seed: int = 0) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.01, n)
    return (start * np.exp(-np.arange(n) / n * 3) + noise).tolist()


def test_one_odd_curve_makes_no_boundary(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in range(90):
            log.scalar("loss", 1.0 / (1 + step), step)
            log.scalar("acc", step / 90, step)
            log.scalar("odd", 1.0, step % 37)
    (run,) = runs(tmp_path)
    assert [(each.kind, each.where) for each in run.facts] == [("steps-are-batch-indices", "odd")]


def test_one_late_point_is_no_resume(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", falling(100), [*range(50), 40, *range(50, 99)])
    (run,) = runs(tmp_path)
    assert kinds(run) == ["backward-steps"]
    assert len(run.scalars[0]) == 100


def test_every_batch_under_its_epoch(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.scalars("loss", falling(300), [step // 30 for step in range(300)])
    (run,) = runs(tmp_path)
    assert fact(run, "repeated-steps").numbers["steps"] == 10


def test_the_same_value_twice_is_nothing_to_tell(tmp_path: Path) -> None:
    """Hugging Face logs ``train/epoch`` with the training and again with the evaluation."""
    with Log(tmp_path) as log:
        log.scalars("train/epoch", [1.0, 1.0, 2.0, 2.0], [10, 10, 20, 20])
    assert kinds(runs(tmp_path)[0]) == []
