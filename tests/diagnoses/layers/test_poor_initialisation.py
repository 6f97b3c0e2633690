"""Weights that begin equal or of the wrong size, against designs that look like it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, clear, epochs, falling, made, speaks
from tests.layered import dense, initializer, of, plain, stack, weights


def scaled(scale: float) -> dict[str, Any]:
    """A variance scaling as Keras writes Glorot's."""
    return initializer("VarianceScaling", scale=scale, mode="fan_avg", distribution="uniform")


SMALL = initializer("RandomNormal", stddev=0.05)
HE = initializer("HeNormal")
OUT = dense("out", 20, 1, "linear", **HE)
SLOW = {"train_loss": epochs(falling(10, 0.975, 0.76))}
DEEP = stack(*(dense(f"d{n}", 20, 20, **SMALL) for n in range(4)), OUT)
SINGLE = weights("fc1", [0.0] * 3, mean=0.01)

SPEAKS: Cases = {
    "hidden layers at 0.01": {
        "model": stack(dense("a", 9, 64, **initializer("Constant", value=0.01)), OUT)
    },
    "a hidden layer of zeros": {"model": stack(dense("a", 9, 64, **initializer("Zeros")), OUT)},
    "a standard deviation of 0.05 through four layers of 20": {"model": DEEP, **SLOW},
    "a standard deviation of 1 on 784 inputs": {
        "model": stack(
            *(dense(f"d{n}", 784, 784, **initializer("RandomNormal", stddev=1.0)) for n in "ab"),
            OUT,
        ),
    },
    "thirty times Glorot's standard deviation, twice": {
        "model": stack(*(dense(f"d{n}", 64, 64, **scaled(900.0)) for n in "ab"), OUT),
    },
    "a hundredth of it, through four layers": {
        "model": stack(*(dense(f"d{n}", 20, 20, **scaled(1e-4)) for n in range(4)), OUT), **SLOW
    },
    "one value, in a log without a model": {
        "kernels": of(SINGLE, weights("fc2", [0.1] * 3)),
    },
}  # fmt: skip

SPEAKS = {
    **SPEAKS,
    "a hidden layer and an output twenty times too large": {
        "model": stack(
            dense("a", 64, 64, **scaled(800.0)), dense("out", 64, 10, "softmax", **scaled(800.0))
        ),
    },
    "ones, in a log without a model": {
        "kernels": of(weights("fc1", [0.0] * 3, mean=1.0), weights("fc2", [0.1] * 3)),
    },
    "a tanh that begins saturated": {
        "model": stack(dense("a", 64, 32, "tanh", **scaled(900.0)), OUT)
    },
}

CLEAR: Cases = {
    "He": {"model": stack(dense("a", 9, 64, **HE), dense("b", 64, 64, **HE), OUT), **SLOW},
    "He, as a variance scaling, through many layers": {
        "model": stack(*(dense(f"d{n}", 20, 20, **scaled(2.0)) for n in range(30)), OUT), **SLOW
    },
    "residual branches that begin with little": {
        "model": stack(
            *(dense(f"d{n}", 20, 20, **scaled(1e-10)) for n in range(4)), OUT, kind="Functional"
        ),
        **SLOW,
    },
    "an output that begins at zero": {
        "model": stack(dense("a", 9, 64, **HE), dense("out", 64, 1, **initializer("Zeros")))
    },
    "an output behind its own activation that begins at zero": {
        "model": stack(
            dense("a", 9, 64, **HE), dense("b", 64, 5, "linear", **initializer("Zeros")),
            plain("out", "Activation", 5, "softmax"),
        )
    },
    "one unit": {"model": stack(dense("a", 9, 1, **initializer("Ones")), OUT)},
    "small weights before a normalization": {
        "model": stack(
            *(
                each
                for n in range(4)
                for each in (dense(f"d{n}", 20, 20, **SMALL), plain(f"n{n}", "BatchNormalization"))
            ),
            OUT,
        ),
        **SLOW,
    },
    "small weights before sigmoids, whose size does not depend on them": {
        "model": stack(*(dense(f"d{n}", 20, 20, "sigmoid", **SMALL) for n in range(4)), OUT), **SLOW
    },
    "one small layer": {"model": stack(dense("a", 20, 20, **SMALL), OUT), **SLOW},
    "a layer that is to stay": {
        "model": stack(dense("a", 9, 64, trainable=False, **initializer("Ones")), OUT)
    },
    "scales of torch's normalization": {
        "kernels": of(
            replace(weights("bn1", [0.0] * 3, mean=1.0), tag="bn1.weight"), weights("fc", [0.1] * 3)
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("poor-initialisation", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("poor-initialisation", **made(CLEAR[case]))


def test_the_gain_is_what_random_layers_of_that_size_leave() -> None:
    (evidence,) = speaks("poor-initialisation", model=DEEP, **SLOW)
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(4000, 20))
    for _ in range(4):
        signal = np.maximum(signal @ rng.normal(0, 0.05, (20, 20)), 0)
    assert evidence.comparison.value == pytest.approx(1 / np.sqrt(np.mean(signal**2)), rel=0.5)


def test_it_is_a_note_where_the_loss_got_over_it() -> None:
    (evidence,) = speaks("poor-initialisation", model=DEEP, train_loss=epochs(falling(10)))
    assert evidence.severity is Severity.INFO


def test_zeros_that_something_leads_around_are_a_note() -> None:
    net = stack(dense("a", 9, 64, **initializer("Zeros")), OUT, kind="Functional")
    assert speaks("poor-initialisation", model=net)[0].severity is Severity.INFO
