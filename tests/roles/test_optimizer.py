"""Optimizer and learning rate, wherever a framework puts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.model import Optimizer
from tb_diagnose.roles.frameworks import Framework
from tb_diagnose.roles.optimizer import optimizer_of, rates_to_try, usual_rates, vanished
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


@pytest.mark.parametrize(
    ("optimizer", "rates"),
    ((compiled(0.01, "sgd"), (0.1, 0.001)), (compiled(10, "adam"), (1, 0.1))),
)
def test_a_rate_that_is_too_high_is_only_lowered(
    optimizer: Optimizer, rates: tuple[float, float]
) -> None:
    assert rates_to_try(optimizer, Framework.KERAS) == pytest.approx(rates)


def test_rates_vanish_against_the_highest() -> None:
    assert vanished(np.array([0.1, 0.01, 1e-5, 0.0])).tolist() == [False, False, True, True]
    assert vanished(np.zeros(2)).all()


def test_a_framework_says_what_is_usual_where_the_optimizer_has_no_name() -> None:
    unnamed = compiled(1e-4, "")
    assert usual_rates(unnamed, Framework.HUGGING_FACE).default == 5e-5
    assert usual_rates(unnamed, Framework.STABLE_BASELINES3).default == 3e-4
    assert usual_rates(unnamed, Framework.TORCH) == usual_rates(compiled(1e-4, "sgd"))
    assert usual_rates(compiled(1e-4, "adamw"), Framework.HUGGING_FACE).default == 5e-5


@pytest.mark.parametrize(
    ("tag", "name"),
    (("lr-AdamW", "adamw"), ("lr-SGD/pg1", "sgd"), ("lr-backbone", ""), ("lr", "")),
)
def test_lightning_names_the_optimizer_in_the_tag_of_its_rate(tag: str, name: str) -> None:
    found = optimizer_of(run(), curve([0.1, 0.1], tag, ""))
    assert found is not None
    assert found.name == name
