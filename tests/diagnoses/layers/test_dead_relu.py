"""Units that died, against the zeros of healthy ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, distribution, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, moving, of, stack, vitals, weights

ROWS = ("conv", "dense", "out")
STUCK = {"train_loss": epochs(flat(10))}
LEARNS = {"train_loss": epochs(falling(10))}
SPARSE = replace(
    distribution([1.0] * 5, "activations/dense"), low=np.zeros(5), zero=np.full(5, 0.9)
)
NOTHING = replace(
    distribution([0.0] * 5, "activations/dense"), low=np.zeros(5), high=np.zeros(5), zero=np.ones(5)
)
LOW_BIAS: dict[str, Any] = {
    "bias_initializer": {"class_name": "Constant", "config": {"value": -1.0}}
}
ZEROS = "dnn/hiddenlayer_0/fraction_of_zero_values"


def dead(*shares: float, zero: float = 0.5) -> dict[str, object]:
    return {"layer_vitals": vitals("layers", ROWS, {"dead": shares, "zero": zero}, window=20)}


def starved(
    kernel: float = 0.0,
    bias: float = 0.1,
    activation: str = "relu",
    n: int = 10,
    **roles: Any,
) -> dict[str, object]:
    """Two layers of which the second's kernel and biases move so far, as Keras logs them."""
    net = stack(dense("inner", 64, 64, activation), dense("out", 64, 10, "softmax"))
    first, second = moving("inner", 0.1, n), moving("out", kernel, n)
    beside = distribution(np.linspace(0, bias, n), "out/bias/histogram")
    return {
        "kernels": of(first, second, model=net),
        "weights": (first, second, beside),
        "model": net,
        **roles,
    }


SPEAKS: Cases = {
    "a whole layer": {**dead(0.1, 1.0, np.nan), **LEARNS},
    "six units of ten, and nothing is learned": {**dead(0.6, 0.2, np.nan), **STUCK},
    "outputs of nothing but 0": {"activations": (NOTHING,)},
    "an Estimator's hidden layer": {"scalars": (curve([0.6, *[1.0] * 5], ZEROS),)},
    "a kernel that stands still beside biases that move": starved(),
    "the same in a log without a configuration, and nothing is learned": {
        **starved(model=None), **STUCK,
    },
}  # fmt: skip

DECAYED = np.geomspace(1.0, 0.2, 10)
SPEAKS = {
    **SPEAKS,
    "a kernel that weight decay alone acts on": {
        **starved(),
        "kernels": of(
            weights("inner", DECAYED), weights("out", DECAYED),
            model=stack(dense("inner", 64, 64), dense("out", 64, 10, "softmax")),
        ),
        "weights": (weights("out", DECAYED),
                    distribution(np.linspace(0, 0.5, 10), "out/bias/histogram")),
    },
    "biases that begin at -1, and nothing is learned": {
        "model": stack(dense("inner", 64, 64, **LOW_BIAS), dense("out", 64, 10, "softmax")),
        **STUCK,
    },
}  # fmt: skip

SILENT: Cases = {
    "zeros in nine outputs of ten, and all units alive": {
        **dead(0.0, 0.0, np.nan, zero=0.9),
        **STUCK,
    },
    "a third of the units": {**dead(0.3, 0.3, np.nan), **STUCK},
    "dead at first": {
        "layer_vitals": vitals("layers", ROWS, {"dead": [[1.0] * 3] * 4 + [[0.0] * 3] * 6}),
        **STUCK,
    },
    "a layer that is no ReLU": {**dead(np.nan, np.nan, np.nan), **STUCK},
    "sparse outputs": {"activations": (SPARSE,)},
    "an Estimator's sparse layer": {"scalars": (curve([0.4, 0.7, 0.9, 0.95], ZEROS),)},
    "biases that begin at -1, and it learns": {
        "model": stack(dense("inner", 64, 64, **LOW_BIAS), dense("out", 64, 10, "softmax")),
        **LEARNS,
    },
    "nothing logged": {"scalars": (curve([1.0] * 9, "accuracy"),)},
    "a kernel that moves as its biases do": starved(kernel=0.1),
    "biases that stand still as well": starved(bias=0.0),
    "biases that hardly move": starved(bias=1e-5),
    "a kernel behind sigmoids": starved(activation="sigmoid"),
    "too few histograms": starved(n=2),
    "a recurrent layer that sees one step": {
        "kernels": of(
            moving("cell", 0.1),
            moving("cell", 0.0, kind="recurrent_kernel"),
        ),
        "weights": (distribution(np.linspace(0, 0.1, 10), "cell/bias/histogram"),),
        **STUCK,
    },
    "only biases are trained": {**starved(model=None), **LEARNS},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("dead-relu", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("dead-relu", **made(SILENT[case]))


def test_it_names_the_layer_and_since_when() -> None:
    dying = [[0.1, share, np.nan] for share in (0.0, 0.2, 0.4, *[0.95] * 7)]
    (evidence,) = speaks(
        "dead-relu", layer_vitals=vitals("layers", ROWS, {"dead": dying}, window=20), **STUCK
    )
    assert "95 % of the units of dense are not active for any of 20 batches" in evidence.message
    assert evidence.steps == (150, 450)


def test_it_names_the_layer_behind_which_nothing_arrives() -> None:
    (evidence,) = speaks("dead-relu", **starved(**STUCK))
    assert evidence.message.startswith(
        "The kernel of out did not move in 10 histograms (by less than 1e-06 of its size), while "
        "its biases moved: inner gives it nothing but 0"
    )
    assert (evidence.tag, evidence.related) == (
        "train/out/kernel/histogram",
        ("train/out/bias/histogram",),
    )
    assert evidence.severity is Severity.CRITICAL
    assert speaks("dead-relu", **starved(**LEARNS))[0].severity is None


def test_half_of_the_units_are_a_note_where_the_loss_falls() -> None:
    assert speaks("dead-relu", **dead(0.6, 0.2, np.nan), **LEARNS)[0].severity is Severity.INFO
