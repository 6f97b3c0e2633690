"""Overfitting with nothing against it."""

from __future__ import annotations

import pytest

from tb_diagnose.core.model import Layer, ModelConfig, Optimizer
from tests.cases import (
    Cases,
    compiled,
    falling,
    layer,
    made,
    model,
    pair,
    silent,
    speaks,
    u_shape,
)

TURNED = pair(falling(30, end=0.01), u_shape(30, 10, noise=0.01))


def bare(*more: Layer, optimizer: Optimizer | None = None) -> ModelConfig:
    return model(layer(64, "relu"), *more, layer(10), optimizer=optimizer or compiled())


L2 = {"class_name": "L2", "config": {"l2": 1e-4}}
DECAYED = Optimizer("adamw", 1e-3, None, {"weight_decay": 0.004})

SPEAKS: Cases = {"nothing in the model": {"pairs": TURNED, "model": bare()}}

SILENT: Cases = {
    "dropout": {"pairs": TURNED, "model": bare(layer(0, "", "SpatialDropout2D"))},
    "normalisation": {"pairs": TURNED, "model": bare(layer(0, "", "BatchNormalization"))},
    "augmentation": {"pairs": TURNED, "model": bare(layer(0, "", "RandomFlip"))},
    "a weight penalty": {"pairs": TURNED, "model": bare(layer(8, kernel_regularizer=L2))},
    "weight decay": {"pairs": TURNED, "model": bare(optimizer=DECAYED)},
    "no overfitting": {"pairs": pair(falling(30), falling(30, 2.3, 0.5)), "model": bare()},
    "the optimizer is not known": {"pairs": TURNED, "model": model(layer(10))},
    "both rise": {"pairs": pair(u_shape(30, 10), u_shape(30, 10)), "model": bare()},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("missing-regularisation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("missing-regularisation", **made(SILENT[case]))


def test_it_proposes_one_line_for_this_optimizer() -> None:
    (evidence,) = speaks("missing-regularisation", **made(SPEAKS["nothing in the model"]))
    assert "AdamW(weight_decay=1e-4)" in evidence.suggestion
    assert 9 <= evidence.steps[0] <= 11
