"""Updates that go too far, against single ones."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import (
    Cases,
    clear,
    curve,
    flat,
    made,
    not_applicable,
    silent,
    speaks,
    spiked,
    straight,
)

USUAL = flat(200, 0.01, 0.5)

SPEAKS: Cases = {
    "every tenth update": {"kl": curve(spiked(USUAL, range(0, 200, 10), 40), "train/approx_kl")},
    "far from one point on": {"kl": curve(np.r_[USUAL, np.full(40, 0.8)], "train/approx_kl")},
}

SILENT: Cases = {
    "as usual": {"kl": curve(USUAL)},
    "two updates": {"kl": curve(spiked(USUAL, [50, 120], 40))},
    "an early stop at 0.05": {"kl": curve(flat(200, 0.05, 0.1))},
    "no update at all": {"kl": curve(np.zeros(200))},
    "five values": {"kl": curve(np.full(5, 1.0))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("kl-blow-up", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("kl-blow-up", **made(SILENT[case]))


def test_a_language_model_that_leaves_its_reference() -> None:
    term = curve(np.linspace(0, 170, 60), "objective/kl", "")
    (evidence,) = speaks("kl-blow-up", kl_term=term, reinforcement=True)
    assert "left its reference" in evidence.message
    clear("kl-blow-up", kl_term=curve(np.linspace(0, 8, 60)), reinforcement=True)


def test_the_code_of_an_autoencoder_may_hold_much() -> None:
    clear("kl-blow-up", kl_term=curve(np.linspace(0.1, 90, 60)))
    speaks("kl-blow-up", kl_term=curve(np.geomspace(1, 1e7, 60)))


def test_it_does_not_concern_a_classifier() -> None:
    not_applicable("kl-blow-up", "no policy and no KL term", train_loss=curve(USUAL))


def test_it_points_to_the_updates() -> None:
    (evidence,) = speaks("kl-blow-up", kl=curve(np.r_[np.full(90, 0.01), np.full(10, 0.5)]))
    assert evidence.steps == tuple(range(90, 100))
    assert evidence.comparison.value == pytest.approx(0.1)


def test_large_steps_that_do_no_harm_are_a_note() -> None:
    kl = curve(np.full(60, 0.3), "train/approx_kl", "")
    rises = curve(straight(60, -300, 200), "rollout/ep_rew_mean", "")
    (evidence,) = speaks("kl-blow-up", kl=kl, reward=rises)
    assert evidence.severity is Severity.INFO
    stands = curve(flat(60, -300, 0.01), "rollout/ep_rew_mean", "")
    (evidence,) = speaks("kl-blow-up", kl=kl, reward=stands)
    assert evidence.severity is None
