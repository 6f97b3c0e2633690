"""What diagnoses of layers and data keep to on whole runs: quiet on healthy ones, never broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_diagnose.core.finding import Outcome, Severity, Verdict
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tests.cases import epochs, falling
from tests.layered import dense, initializer, stack, vitals, weights

HE = initializer("HeNormal")
NET = stack(
    dense("dense", 20, 64, **HE),
    dense("dense_1", 64, 32, **HE),
    dense("dense_2", 32, 5, "softmax"),
    loss="sparse_categorical_crossentropy",
)
VARIABLES = tuple(f"{layer.name}/{kind}" for layer in NET.layers for kind in ("kernel", "bias"))
LAYERS = tuple(layer.name for layer in NET.layers)
INPUTS = tuple(f"x/{at}" for at in range(20))


def healthy(seed: int) -> Run:
    """An attached training that a careful practitioner would leave alone."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(5, 40))
    moved = np.cumsum(np.r_[0, chance.uniform(0, 0.3, n - 1) / np.arange(1, n)])
    fades = np.linspace(1, chance.uniform(0.01, 1), n)[:, None]
    norms = fades * chance.uniform(0.02, 2, len(VARIABLES)) * np.exp(chance.normal(0, 0.5, (n, 6)))
    relu = np.array([1, 1, np.nan])
    median = falling(n, 1.5, 0.02)
    return Run(
        "healthy",
        "logs/healthy",
        scalars=(epochs(falling(n, 1.61, 0.2)), epochs(falling(n, 1.5, 0.3), folder="validation")),
        histograms=tuple(
            weights(f"net/{layer.name}", std * (1 + chance.uniform(-0.5, 1) * moved), count)
            for layer, std, count in zip(
                NET.layers, (0.32, 0.18, 0.23), (1280, 2048, 160), strict=True
            )
        ),
        model=NET,
        vitals=(
            vitals("layers", LAYERS, {
                "mean": 0.4, "std": chance.uniform(0.2, 2, (n, 3)),
                "dead": relu * chance.uniform(0, 0.4, 3), "zero": relu * chance.uniform(0.3, 0.9),
                "saturated": [np.nan, np.nan, chance.uniform(0, 1)],
            }, n, activations=dict(zip(LAYERS, ("relu", "relu", "softmax"), strict=True))),
            vitals("weights", VARIABLES, {
                "gradient_norm": norms, "update_norm": 1e-3,
                "update_ratio": 10 ** chance.uniform(-4.5, -1.5, (n, 6)),
            }, n),
            vitals("step", ("step",), {
                "gradient_norm": norms.max(axis=1)[:, None],
                "gradient_noise": chance.uniform(0.1, 9, (n, 1)), "batch_size": 8,
                "loss_q50": median[:, None], "loss_q90": 2 * median[:, None],
                "repeated": chance.uniform(0, 0.02, (n, 1)),
            }, n, window=20),
            *(
                vitals("inputs", INPUTS, {
                    "mean": chance.normal(0, 0.1, (n, 20)),
                    "std": 1 + chance.normal(0, 0.1, (n, 20)), "low": -4.0, "high": 5.0,
                }, n, folder) for folder in ("train", "validation")
            ),
            vitals("labels", tuple("01234"), {"count": chance.multinomial(640, [0.2] * 5, n)}, n),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_healthy_layers_and_data_stay_quiet(seed: int) -> None:
    one = healthy(seed)
    loud = [each for each in outcomes(one) if each.verdict is Verdict.FOUND]
    assert [each for each in loud if each.severity is not Severity.INFO] == []
    assert {each.verdict for each in outcomes(one)} >= {Verdict.CLEAR}


numbers = st.floats(-10, 10, width=32) | st.sampled_from([0.0, 1e30, np.nan, np.inf, -np.inf])


@settings(max_examples=60)
@given(st.data(), st.integers(0, 5), st.integers(0, 50))
def test_no_values_break_a_diagnosis(data: st.DataObject, n: int, seed: int) -> None:
    one = healthy(seed).until(1.7e9 + n)
    histograms = tuple(
        replace(
            each,
            std=each.std * data.draw(numbers),
            quantiles=data.draw(arrays(np.float32, each.quantiles.shape, elements=numbers)),
        )
        for each in one.histograms
    )
    tables = tuple(
        replace(each, values=each.values * np.float32(data.draw(numbers))) for each in one.vitals
    )
    survives(replace(one, histograms=histograms, vitals=tables))


@pytest.mark.parametrize("points", range(4))
def test_hardly_any_points_break_no_diagnosis(points: int) -> None:
    one = healthy(0)
    survives(
        replace(
            one,
            histograms=tuple(each.at(slice(points)) for each in one.histograms),
            vitals=tuple(each.at(slice(max(points, 1))) for each in one.vitals),
        )
    )


def test_the_moment_of_a_finding_is_found_in_histograms_too() -> None:
    one = healthy(0)
    still = tuple(each.at(np.zeros(8, dtype=np.int64)) for each in one.histograms)
    still = tuple(replace(e, steps=np.arange(8), wall=1.7e9 + 60.0 * np.arange(8)) for e in still)
    run = replace(one, histograms=still, vitals=())
    frozen = next(each for each in outcomes(run) if each.id == "frozen-weights")
    assert frozen.detected_step == 2  # the third histogram
    assert frozen.detected_at == 1.7e9 + 120


def survives(one: Run) -> None:
    assert [each for each in outcomes(one) if each.verdict is Verdict.FAILED] == []


def outcomes(one: Run) -> tuple[Outcome, ...]:
    return examine(one, Settings()).outcomes
