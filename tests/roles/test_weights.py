"""Kernels are found by their names, given to their layers and put in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.roles.weights import activation, he_std, hidden, is_normalized, kernels
from tests.cases import distribution
from tests.layered import dense, moving, plain, stack, weights

NET = stack(
    dense("dense", 9, 64), plain("norm", "BatchNormalization"), dense("dense_1", 64, 32, "linear"),
    plain("relu", "ReLU", 32, "relu"), dense("dense_2", 32, 5, "linear"),
    plain("out", "Activation", 5, "softmax"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "kind"),
    (
        ("sequential/dense/kernel/histogram", "kernel"),
        ("dense/kernel_0", "kernel"),
        ("dense/kernel:0", "kernel"),
        ("layer1.0.conv1.weight", "kernel"),
        ("layer1/weights/summaries/histogram", "kernel"),
        ("lstm/lstm_cell/recurrent_kernel/histogram", "recurrent"),
        ("embedding/embeddings/histogram", "embeddings"),
        ("dense/bias/histogram", None),
        ("batch_normalization/moving_mean_0/histogram", None),
        ("batch_normalization/gamma/histogram", None),
        ("Environment/Cumulative Reward_hist", None),
        ("classes", None),
        ("", None),
    ),
)
def test_what_is_a_kernel(tag: str, kind: str | None) -> None:
    found = kernels([distribution([1.0], tag)], None)
    assert [each.kind for each in found] == ([kind] if kind else [])


def test_kernels_stand_in_the_order_of_the_model_and_know_their_inputs() -> None:
    found = kernels([weights("net/dense_1", [1.0], 64 * 32), weights("net/dense", [1.0], 576)], NET)
    assert [each.layer and each.layer.name for each in found] == ["dense", "dense_1"]
    assert [each.inputs for each in found] == [9, 64]


def test_without_a_model_they_stand_in_the_order_of_their_numbers() -> None:
    names = ["dense_10", "dense", "dense_2"]
    found = kernels([weights(name, [1.0]) for name in names], None)
    assert [each.name.split("/")[1] for each in found] == ["dense", "dense_2", "dense_10"]
    assert {each.inputs for each in found} == {0}


def test_layers_under_one_tag_are_taken_apart() -> None:
    both = replace(moving("dense", 0.0, 6), steps=np.array([0, 0, 1, 1, 2, 2]))
    found = kernels([both], None)
    assert [each.histograms.steps.tolist() for each in found] == [[0, 1, 2], [0, 1, 2]]
    assert len({each.name for each in found}) == 2


def test_hidden_layers_are_those_with_weights_behind_them() -> None:
    assert [each.name for each in hidden(NET)] == ["dense", "dense_1"]


def test_the_activation_may_stand_in_a_layer_of_its_own() -> None:
    assert [activation(NET, each) for each in NET.layers[::2]] == ["relu", "relu", "softmax"]


def test_a_normalisation_behind_a_layer_is_seen() -> None:
    assert [is_normalized(NET, each) for each in hidden(NET)] == [True, False]


def test_he_initialisation_keeps_the_size_of_a_signal_through_relus() -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(2000, 256))
    for _ in range(5):
        signal = np.maximum(signal @ rng.normal(0, he_std(256), (256, 256)), 0)
    assert np.mean(signal**2) == pytest.approx(0.5 * 2, rel=0.15)
