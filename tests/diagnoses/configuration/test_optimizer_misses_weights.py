"""Weights that no optimizer holds."""

from __future__ import annotations

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.model import ModelConfig, Optimizer
from tests.cases import clear, compiled, not_logged, speaks
from tests.layered import dense, stack

HELD = ("dense.weight", "dense.bias")


def setup(optimizer: Optimizer, *unoptimized: str) -> ModelConfig:
    net = stack(dense("dense", 9, 9), dense("out", 9, 1))
    return net._replace(framework="torch", optimizers=(optimizer,), unoptimized=unoptimized)


def test_a_layer_that_was_added_after_the_optimizer() -> None:
    net = setup(compiled()._replace(parameters=HELD), "out.weight", "out.bias")
    (evidence,) = speaks("optimizer-misses-weights", framework="PyTorch SummaryWriter", model=net)
    assert evidence.message == (
        "2 weights that require gradients are in no optimizer: out.weight and out.bias."
    )
    assert evidence.severity is None
    assert "model.parameters()" in evidence.suggestion


def test_the_optimizer_of_another_model_is_critical() -> None:
    net = setup(compiled()._replace(foreign=4), *HELD, "out.weight", "out.bias")
    (evidence,) = speaks("optimizer-misses-weights", model=net)
    assert evidence.severity is Severity.CRITICAL
    assert "4 weights of another model are in one" in evidence.message


def test_all_weights_are_held() -> None:
    clear("optimizer-misses-weights", model=setup(compiled()._replace(parameters=HELD)))


def test_a_configuration_says_nothing_of_parameters() -> None:
    not_logged("optimizer-misses-weights", model=stack(dense("dense", 9, 9), dense("out", 9, 1)))
