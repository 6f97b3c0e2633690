"""Single jumps that are made good, against hard batches and levels that stay."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, epochs, falling, flat, made, noisy, silent, speaks, spiked

SPEAKS: Cases = {
    "one in 2,000 steps": {"train_loss": curve(spiked(falling(2000, noise=0.05), [700], 40))},
    "one among noisy batches": {"train_loss": curve(spiked(falling(5000, noise=0.2), [3000], 100))},
    "one in 40 epochs": {"train_loss": epochs(spiked(falling(40, noise=0.01), [25], 8))},
    "more than a tenth of 40 epochs": {
        "train_loss": epochs(spiked(falling(40, noise=0.01), [8, 13, 18, 24, 29, 34], 900))
    },
    "one that takes ten steps to come back": {
        "train_loss": curve(
            falling(1000, noise=0.03) * np.r_[np.ones(600), np.geomspace(30, 1, 10), np.ones(390)]
        )
    },
    "two in 100,000 steps": lambda: {
        "train_loss": curve(spiked(falling(100_000, noise=0.1), [40_000, 80_000], 30))
    },
}

SILENT: Cases = {
    "hard batches, a heavy tail": {
        "train_loss": curve(falling(5000) * np.random.default_rng(0).gamma(1.0, 1.0, 5000) + 1e-3)
    },
    "log-normal batches": {"train_loss": curve(falling(20_000, noise=0.5))},
    "a level that stays up": {
        "train_loss": curve(np.r_[falling(500, 2.3, 0.3), flat(500, 4.0)] * noisy(1000, 0.02))
    },
    "a steep start": {"train_loss": curve(falling(200, 400.0, 0.3, noise=0.05))},
    "every tenth batch is hard": {
        "train_loss": curve(spiked(falling(1000, noise=0.05), list(range(9, 1000, 10)), 6))
    },
    "a second phase begins a little higher": {
        "train_loss": curve(
            np.r_[falling(300, 2.3, 0.4), falling(300, 0.7, 0.3)] * noisy(600, 0.05)
        )
    },
    "dips of a loss that may be negative": {
        "train_loss": curve(spiked(falling(200, 1, -1), [100], 50))
    },
    "ten epochs": {"train_loss": epochs(spiked(falling(10), [6], 40))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("loss-spikes", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("loss-spikes", **made(SILENT[case]))


def test_it_names_every_spike_and_the_largest() -> None:
    values = spiked(falling(2000, noise=0.05), [700, 1600], 20)
    values[1100] *= 60
    (evidence,) = speaks("loss-spikes", train_loss=curve(values, steps=np.arange(2000) * 10))
    assert evidence.steps == (7000, 11_000, 16_000)
    assert "largest at step 11000" in evidence.message


def test_the_fix_clips_at_this_runs_usual_gradient_norm() -> None:
    loss = curve(spiked(falling(2000, noise=0.05), [700], 40))
    norm = curve(spiked(flat(2000, 0.25), [700], 100), "grad_norm", "")
    (evidence,) = speaks("loss-spikes", train_loss=loss, gradient_norm=norm)
    assert "at its usual norm of 0.25" in evidence.suggestion
    assert "step 700" in evidence.message


def test_one_small_spike_is_a_note() -> None:
    values = falling(2000, noise=0.1)
    for times, severity in (2.2, Severity.INFO), (40, None):
        loss = curve(spiked(values, [700], times))
        assert speaks("loss-spikes", train_loss=loss)[0].severity is severity
    several = curve(spiked(values, [500, 700, 900, 1150], 2.4))
    assert speaks("loss-spikes", train_loss=several)[0].severity is None


def test_every_loss_is_judged() -> None:
    val = epochs(spiked(falling(100, noise=0.02), [60], 30), folder="validation")
    (evidence,) = speaks("loss-spikes", train_loss=epochs(falling(100)), val_loss=val)
    assert evidence.tag == "validation/epoch_loss"
    assert evidence.steps == (60,)
