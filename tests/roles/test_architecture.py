"""Chains of layers as a configuration lists them."""

from __future__ import annotations

import pytest

from tb_diagnose.core.model import Layer
from tb_diagnose.roles.architecture import (
    affine_runs,
    hidden,
    is_chain,
    is_penalized,
    penalty,
    written,
)
from tests.cases import layer, model


def bare(kind: str, activation: str = "") -> Layer:
    return layer(0, activation, kind)


def test_an_activation_layer_belongs_to_the_affine_layer_before_it() -> None:
    one = model(layer(8, "linear"), bare("Activation", "relu"), layer(3, "softmax"))
    assert [[step.activation for step in run] for run in affine_runs(one)] == [["relu", "softmax"]]
    assert [step.layer.units for step in hidden(one)] == [8]


def test_pooling_cuts_and_dropout_does_not() -> None:
    one = model(
        layer(8, "linear"), bare("Dropout"), layer(8, "relu"), bare("MaxPooling2D"), layer(3)
    )
    assert [[step.layer.units for step in run] for run in affine_runs(one)] == [[8, 8], [3]]


@pytest.mark.parametrize("kind", ("Add", "MultiHeadAttention", "Concatenate"))
def test_branches_are_no_chain(kind: str) -> None:
    assert is_chain(model(layer(8, "relu"), layer(3)))
    assert not is_chain(model(layer(8, "relu"), bare(kind), layer(3)))


def test_penalties_are_read_from_the_configuration() -> None:
    l2 = {"class_name": "L2", "config": {"l2": 0.01}}
    both = {"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.2}}
    assert penalty(layer(kernel_regularizer=l2)) == (0.0, 0.01)
    assert penalty(layer(kernel_regularizer=both)) == (0.1, 0.2)
    assert penalty(layer(kernel_regularizer=None)) == (0.0, 0.0)
    assert is_penalized(model(layer(bias_regularizer=l2)))
    assert not is_penalized(model(layer(kernel_regularizer=None)))


def test_a_layer_is_written_as_in_code() -> None:
    assert written(layer(64, "relu")) == "Dense(64, relu)"
    assert written(layer(64, "linear"), "tanh") == "Dense(64, tanh)"
