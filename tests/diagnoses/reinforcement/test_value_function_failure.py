"""A critic that is no better than a constant."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, Floats, curve, made, silent, speaks, straight


def around(level: float, size: float = 0.05, n: int = 100) -> Floats:
    return level + np.random.default_rng(0).normal(0, size, n)


SPEAKS: Cases = {
    "below zero": {"explained_variance": curve(around(-0.4))},
    "it was good and is not any more": {
        "explained_variance": curve(np.r_[around(0.7, n=40), around(-0.2, n=60)])
    },
    "exactly nothing, since rewards never vary": {"explained_variance": curve(np.zeros(60))},
}

SPEAKS = {**SPEAKS, "next to nothing": {"explained_variance": curve(np.full(58, 6e-8))}}

SILENT: Cases = {
    "nearly everything": {"explained_variance": curve(np.minimum(around(0.95), 1))},
    "bad at the start": {"explained_variance": curve(straight(100, -1.0, 0.9))},
    "little, but more than nothing": {"explained_variance": curve(around(0.1, 0.12))},
    "ten values": {"explained_variance": curve(around(-0.4, n=10))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("value-function-failure", reinforcement=True, **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("value-function-failure", reinforcement=True, **made(SILENT[case]))


def test_it_is_a_note_where_the_reward_rose_all_the_same() -> None:
    bad = curve(around(-0.4), "train/explained_variance", "")
    (evidence,) = speaks(
        "value-function-failure",
        reinforcement=True,
        explained_variance=bad,
        reward=curve(straight(50, 0, 200)),
    )
    assert evidence.severity is Severity.INFO
    assert evidence.steps == (50, 99)
