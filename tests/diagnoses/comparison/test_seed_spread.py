"""Repetitions, and what a difference between two of them is worth."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.roles.resolve import RoleMap
from tests.cases import epochs, silent, speaks, straight


def ending(end: float, **hparams: object) -> RoleMap:
    curve = epochs(straight(20, 0.1, end), "epoch_accuracy", "validation")
    return RoleMap({"val_score": curve, "hparams": hparams}, (), "")


FAR = {f"resnet/seed={i}": ending(end) for i, end in enumerate((0.80, 0.90, 0.85, 0.70))}


def test_runs_whose_names_differ_in_the_seed() -> None:
    (evidence,) = speaks("seed-spread", runs=FAR)
    # s = 0.085, and 20 points to a line leave the last tenth's median a little below the end
    assert evidence.comparison.value == pytest.approx(1.96 * 2**0.5 * 0.0854 / 0.725, rel=0.1)
    assert "resnet/seed=0 to resnet/seed=3" in evidence.message


def test_runs_whose_hyper_parameters_differ_in_the_seed() -> None:
    runs = {f"run{i}": ending(end, lr=0.1, seed=i) for i, end in enumerate((0.8, 0.4, 0.2))}
    (evidence,) = speaks("seed-spread", runs=runs)
    assert evidence.severity is Severity.WARNING


def test_it_is_silent() -> None:
    near = {f"resnet/seed={i}": ending(0.9 + i / 1000) for i in range(5)}
    named = {name.replace("seed=", "width="): roles for name, roles in FAR.items()}
    other = {f"run{i}": ending(0.8 - i / 5, lr=0.1 * 2**i, seed=1) for i in range(4)}
    two = dict(list(FAR.items())[:2])
    # Trainings that were found in one folder are numbered, whatever they are.
    numbered = {name.replace("/seed=", "#"): roles for name, roles in FAR.items()}
    for runs in (near, named, numbered, other, two):
        silent("seed-spread", runs=runs)
