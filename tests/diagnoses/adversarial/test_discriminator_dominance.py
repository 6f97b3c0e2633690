"""A discriminator that is sure of everything, against two that are in balance."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, falling, flat, made, not_applicable, silent, speaks, straight

WON = curve(falling(200, 0.7, 0.005, noise=0.1), "loss_D", "")
LOST = curve(straight(200, 0.8, 9.0, noise=0.05), "loss_G", "")

SPEAKS: Cases = {
    "one to nothing, one to nine": {"discriminator_loss": WON, "generator_loss": LOST},
    "twelve epochs": {
        "discriminator_loss": curve(falling(12, 1.3, 0.01)),
        "generator_loss": curve(straight(12, 0.7, 6.0)),
    },
}

HINGE_WON = {
    "discriminator_loss": curve(falling(200, 2.0, 0.01, noise=0.1)),
    "generator_loss": curve(straight(200, 0.02, 3.0)),
}
SPEAKS = {**SPEAKS, "hinge losses": HINGE_WON}

SILENT: Cases = {
    "in balance": {
        "discriminator_loss": curve(flat(200, 1.3, 0.1)),
        "generator_loss": curve(flat(200, 0.8, 0.2)),
    },
    "the generator does not suffer": {
        "discriminator_loss": WON, "generator_loss": curve(flat(200, 0.8, 0.1)),
    },
    "hinge losses in balance": {
        "discriminator_loss": curve(flat(200, 1.6, 0.1)),
        "generator_loss": curve(straight(200, 0.0, 0.6)),
    },
    "five values": {
        "discriminator_loss": curve(np.full(5, 0.001)),
        "generator_loss": curve(straight(5, 1, 9)),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("discriminator-dominance", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("discriminator-dominance", **made(SILENT[case]))


def test_the_critic_of_a_wasserstein_gan_should_win() -> None:
    critic = curve(straight(200, 0.0, -9.0))
    not_applicable(
        "discriminator-dominance", "Wasserstein", discriminator_loss=critic, generator_loss=LOST
    )


def test_a_classifier_has_no_discriminator() -> None:
    not_applicable("discriminator-dominance", "no generator", train_loss=curve(falling(20)))


def test_a_hinge_loss_is_compared_with_its_margin() -> None:
    (evidence,) = speaks("discriminator-dominance", **HINGE_WON)
    assert "is near 1," in evidence.message
    assert evidence.severity is Severity.INFO


def test_it_points_to_where_the_discriminator_was_sure() -> None:
    (evidence,) = speaks("discriminator-dominance", discriminator_loss=WON, generator_loss=LOST)
    assert evidence.tag == "loss_D"
    assert evidence.related == ("loss_G",)
    assert 80 <= evidence.steps[0] <= 199
    assert evidence.comparison.value < 0.05
