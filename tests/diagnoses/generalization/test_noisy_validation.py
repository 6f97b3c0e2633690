"""Validation too noisy to choose by."""

from __future__ import annotations

import pytest

from tests.cases import Cases, epochs, falling, flat, made, silent, speaks, straight, swinging

SPEAKS: Cases = {
    "noise of a third of the fall": {
        "val_loss": epochs(falling(40, 1.0, 0.6) * flat(40, 1, 0.15, seed=2))
    },
    "up and down in each epoch": {
        "val_loss": epochs(straight(20, 1, 0.8) + swinging(20, 0, 0.2, 2))
    },
}

SILENT: Cases = {
    "smooth": {"val_loss": epochs(falling(40))},
    "a little": {"val_loss": epochs(falling(40, noise=0.05))},
    "it never fell": {"val_loss": epochs(straight(40, 1, 5, noise=0.05))},
    "a slow swing": {"val_loss": epochs(swinging(60, 0.5, 1.0, 30))},
    "nine validations": {"val_loss": epochs(falling(9, noise=0.5))},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("noisy-validation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("noisy-validation", **made(SILENT[case]))
