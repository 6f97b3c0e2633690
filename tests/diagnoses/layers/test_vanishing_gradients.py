"""Gradients that die on the way, against healthy depths and trainings that learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.cases import Cases, classes, epochs, falling, flat, made, silent, speaks
from tests.layered import dense, moving, of, plain, stack, vitals

STUCK = {"train_loss": epochs(flat(10, 0.693)), "chance": classes(2)}
LEARNS = {"train_loss": epochs(falling(10))}
ROWS = tuple(f"dense_{n}/{kind}" for n in range(8) for kind in ("kernel", "bias"))
FADING = vitals("weights", ROWS, {"gradient_norm": np.repeat(np.geomspace(1e-9, 1.0, 8), 2)})
EVEN = vitals("weights", ROWS, {"gradient_norm": np.repeat(np.geomspace(0.05, 1.0, 8), 2)})
UNKNOWN = vitals("weights", ROWS, {"gradient_norm": np.full(16, np.nan)})
LATE_ONLY = of(*(moving(f"dense_{n}", 10.0 ** (n - 8)) for n in range(8)))
TEXTBOOK = vitals(
    "weights", ROWS,
    {
        "gradient_norm": np.repeat(np.geomspace(1.6e-8, 0.16, 8), 2),
        "update_ratio": np.repeat([0.0, 0.0, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3], 2),
    },
)  # fmt: skip
SIGMOIDS = stack(*(dense(f"d{n}", 9, 9, "sigmoid") for n in range(6)), dense("out", 9, 1))


def gradients(sizes: np.ndarray) -> tuple[object, ...]:
    made_of = [moving(f"gradients/dense_{n}", 0.0) for n in range(len(sizes))]
    return tuple(
        replace(each, quantiles=each.quantiles * np.float32(factor))
        for each, factor in zip(made_of, sizes, strict=True)
    )


SPEAKS: Cases = {
    "gradient norms that fall a tenfold a layer": {"weight_vitals": FADING, **STUCK},
    "gradient histograms": {"gradients": gradients(np.geomspace(1e-9, 1, 8)), **STUCK},
    "only the last kernels move": {"kernels": LATE_ONLY, **STUCK},
    "the first layers get 1e-8 of the gradient and never change, and the loss comes to ln 2": {
        "weight_vitals": TEXTBOOK,
        "train_loss": epochs(falling(10, 0.825, 0.696)),
    },
    "six sigmoids in a row, and nothing else to go by": {"model": SIGMOIDS, **STUCK},
    "six sigmoids, and the loss hardly falls": {
        "model": SIGMOIDS,
        "train_loss": epochs(falling(10, 2.4, 2.0)),
    },
    "softmax in hidden layers": {
        "model": stack(
            *(dense(f"d{n}", 64, 64, "softmax") for n in range(2)), dense("out", 64, 2, "softmax")
        ),
        **STUCK,
    },
}

SILENT: Cases = {
    "gradient norms of a healthy depth": {"weight_vitals": EVEN, **STUCK},
    "gradient norms that were not measured": {"weight_vitals": UNKNOWN, **STUCK},
    "a network that has learned all the same": {"weight_vitals": FADING, **LEARNS},
    "only the last kernels move, and it learns": {"kernels": LATE_ONLY, **LEARNS},
    "three kernels": {"kernels": LATE_ONLY[:3], **STUCK},
    "sigmoids that learn": {"model": SIGMOIDS, **LEARNS},
    "three sigmoids": {"model": stack(*SIGMOIDS.layers[3:]), **STUCK},
    "sigmoids between normalizations": {
        "model": stack(
            *SIGMOIDS.layers[:-1], plain("n", "BatchNormalization"), *SIGMOIDS.layers[-1:]
        ),
        **STUCK,
    },
    "nothing moves": {"kernels": of(*(moving(f"dense_{n}", 0.0) for n in range(8))), **STUCK},
    "nothing is known": dict(STUCK),
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("vanishing-gradients", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("vanishing-gradients", **made(SILENT[case]))


def test_it_names_the_first_kernels_and_the_ratio() -> None:
    (evidence,) = speaks("vanishing-gradients", weight_vitals=FADING, **STUCK)
    assert evidence.related == ("dense_0", "dense_1")
    assert evidence.comparison.value == pytest.approx(10 ** (-9 * 6 / 7), rel=0.01)
    assert evidence.steps == (0, 450)


def test_the_fix_names_the_activation() -> None:
    (evidence,) = speaks("vanishing-gradients", model=SIGMOIDS, **STUCK)
    assert 'activation="relu"' in evidence.suggestion
    assert "Instead of sigmoid" in evidence.suggestion
