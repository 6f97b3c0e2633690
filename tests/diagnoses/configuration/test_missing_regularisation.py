"""Overfitting with nothing against it."""

from __future__ import annotations

import pytest

from tb_diagnose.core.model import Layer, ModelConfig, Optimizer
from tests.cases import (
    Cases,
    compiled,
    epochs,
    falling,
    layer,
    made,
    model,
    silent,
    speaks,
    u_shape,
)

TURNED = {
    "train_loss": epochs(falling(30, end=0.01)),
    "val_loss": epochs(u_shape(30, 10, noise=0.01), folder="validation"),
}


def bare(*more: Layer, optimizer: Optimizer | None = None) -> ModelConfig:
    return model(layer(64, "relu"), *more, layer(10), optimizer=optimizer or compiled())


L2 = {"class_name": "L2", "config": {"l2": 1e-4}}
DECAYED = Optimizer("adamw", 1e-3, None, {"weight_decay": 0.004})

SPEAKS: Cases = {"nothing in the model": {**TURNED, "model": bare()}}

SILENT: Cases = {
    "dropout": {**TURNED, "model": bare(layer(0, "", "SpatialDropout2D"))},
    "normalization": {**TURNED, "model": bare(layer(0, "", "BatchNormalization"))},
    "augmentation": {**TURNED, "model": bare(layer(0, "", "RandomFlip"))},
    "a weight penalty": {**TURNED, "model": bare(layer(8, kernel_regularizer=L2))},
    "weight decay": {**TURNED, "model": bare(optimizer=DECAYED)},
    "no overfitting": {
        "train_loss": epochs(falling(30)),
        "val_loss": epochs(falling(30, 2.3, 0.5)),
        "model": bare(),
    },
    "the optimizer is not known": {**TURNED, "model": model(layer(10))},
    "both rise": {
        "train_loss": epochs(u_shape(30, 10)),
        "val_loss": epochs(u_shape(30, 10)),
        "model": bare(),
    },
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("missing-regularisation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("missing-regularisation", **made(SILENT[case]))


def test_it_proposes_what_the_framework_has() -> None:
    (evidence,) = speaks("missing-regularisation", **made(SPEAKS["nothing in the model"]))
    assert "weight decay (AdamW)" in evidence.suggestion
    assert 9 <= evidence.steps[0] <= 11
