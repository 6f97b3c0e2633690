"""Optimizer and learning rate, wherever a framework puts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tb_diagnose.roles.optimizer import optimizer_of, rates_to_try, vanished
from tests.cases import compiled, curve, dense_model, run

SCHEDULE = curve([0.0, 5e-4, 1e-3, 2e-4, np.nan], "lr", "")


def test_the_compiled_optimizer_comes_first() -> None:
    given = run(model=dense_model(optimizer=compiled(0.01, "sgd")), hparams={"lr": 5.0})
    assert optimizer_of(given, SCHEDULE) == compiled(0.01, "sgd")


@pytest.mark.parametrize(
    ("hparams", "name", "rate"),
    (
        ({"lr": 0.1, "optimizer": "SGD"}, "sgd", 0.1),
        ({"learning_rate": 2e-5, "optim": "adamw_torch_fused"}, "adamw", 2e-5),
        ({"hparam/Learning Rate": "3e-4"}, "", 3e-4),
        ({"optimizer": "torch.optim.Adam"}, "adam", 1e-3),
        ({"lr": "auto", "base_lr": 0.02}, "", 0.02),
        ({"lr": None, "epochs": 3}, "", 1e-3),
    ),
)
def test_hyper_parameters_come_next_and_the_peak_of_the_curve_last(
    hparams: dict[str, Any], name: str, rate: float
) -> None:
    found = optimizer_of(run(hparams=hparams), SCHEDULE)
    assert found is not None
    assert found.name == name
    assert found.learning_rate == pytest.approx(rate)


def test_nothing_is_made_up() -> None:
    assert optimizer_of(run(), None) is None
    assert optimizer_of(run(), curve([np.nan], "lr", "")) is None


def test_a_rate_that_is_too_high_is_only_lowered() -> None:
    assert rates_to_try(compiled(0.01, "sgd")) == (pytest.approx(0.1), pytest.approx(0.001))
    assert rates_to_try(compiled(10, "adam")) == (pytest.approx(1), pytest.approx(0.1))


def test_rates_vanish_against_the_highest() -> None:
    assert vanished(np.array([0.1, 0.01, 1e-5, 0.0])).tolist() == [False, False, True, True]
    assert vanished(np.zeros(2)).all()
