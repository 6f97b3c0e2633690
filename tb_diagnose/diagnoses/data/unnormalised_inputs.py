"""The inputs are far from mean 0 and standard deviation 1.

Why it matters:
    Initialisers and usual learning rates are made for inputs of about 1. Pixels of 0 to 255 make
    the first gradients a hundred times too large; features on different scales make one of them
    drown the others.

How it is judged:
    The root mean square of each input channel, as the median over the steps at which it was
    measured. Above 10, inputs are unscaled (pixels of 0 to 255 have 100 and more). Where the
    largest standard deviation of a channel is 100 times the smallest, they are on different
    scales. A warning where the loss shows no learning or the first is above 50, else a note.

When it stays silent:
    A model that begins with Rescaling, Normalization or a batch normalisation, or with an
    embedding of whole numbers; inputs of 0 to 1 or -1 to 1; constant channels, whose standard
    deviation is 0.

What to try:
    tf.keras.layers.Rescaling(1 / 255) for pixels, Normalization adapted to the training data for
    features; the same in training, validation and use.

Sources:
    LeCun et al. 1998, "Efficient backprop", section 4.3; Zhang et al. 2021, "AUTOTRAINER"
    (inputs beyond 10); Schoop et al. 2021, "UMLAUT".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import rms
from tb_diagnose.measure.levels import finite, typical
from tb_diagnose.measure.reductions import max_of, min_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import NORMALIZERS

#: First layers that bring inputs to scale, or for which it has no meaning.
SCALERS = NORMALIZERS | {"Rescaling", "Normalization", "Embedding", "StringLookup", "Hashing"}


class Limits(Thresholds):
    """How far from 1."""

    size: float = limit(10.0, unit="root mean square", source="AUTOTRAINER: beyond 10")
    far: float = limit(50.0, unit="root mean square", source="chosen: 0 to 255 has 100 and more")
    scales: float = limit(100.0, unit="times the smallest deviation", source="chosen: two digits")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("initial-loss", "exploding-gradients", "slow-convergence", "no-learning",
              "loss-spikes", "dead-relu", "saturated-activations"),
    since="0.1",
)  # fmt: skip
def unnormalised_inputs(
    input_vitals: Vitals,
    model: ModelConfig | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """All channels together: size first, then differences of scale."""
    if scaler := _scaler(model):
        raise NotApplicable(f"the model begins with {scaler}, which brings its inputs to scale")
    kinds = set(input_vitals.layout.get("dtypes", {}).values())
    if kinds and all(str(kind).startswith("int") for kind in kinds):
        raise NotApplicable("the inputs are whole numbers: indices of words or of categories")
    means, stds = (typical(input_vitals.column(name)) for name in ("mean", "std"))
    sizes = np.nan_to_num(rms(means, stds))
    worst = int(np.argmax(sizes))
    why = stalled(train_loss, chance)
    if sizes[worst] > limits.size:
        low, high = _range(input_vitals)
        yield _evidence(
            input_vitals,
            f"The inputs reach from {number(low)} to {number(high)}, with a root "
            f"mean square of {number(float(sizes[worst]))} in {input_vitals.rows[worst]}"
            + (f"; {why}." if why else "."),
            float(sizes[worst]),
            limits.size,
            "root mean square",
            None if why or sizes[worst] > limits.far else Severity.INFO,
        )
    spread = stds[np.isfinite(stds) & (stds > 0)]
    if len(spread) > 1 and max_of(spread) > limits.scales * min_of(spread):
        times = max_of(spread) / min_of(spread)
        yield _evidence(
            input_vitals,
            f"The {len(spread)} channels of the input are on different scales: their standard "
            f"deviations go from {number(min_of(spread))} to "
            f"{number(max_of(spread))}" + (f"; {why}." if why else "."),
            times,
            limits.scales,
            "times the smallest deviation",
            None if why else Severity.INFO,
        )


def _scaler(model: ModelConfig | None) -> str:
    inner = [each for each in model.layers if each.kind != "InputLayer"] if model else []
    return inner[0].kind if inner and inner[0].kind in SCALERS else ""


def _range(vitals: Vitals) -> tuple[float, float]:
    """Smallest and largest input of the run; NaN where it was not measured."""
    low, high = (finite(vitals.column(name)) for name in ("low", "high"))
    return (min_of(low), max_of(high)) if len(low) and len(high) else (np.nan, np.nan)


def _evidence(
    vitals: Vitals,
    message: str,
    measured: float,
    limit: float,
    unit: str,
    severity: Severity | None,
) -> Evidence:
    low, high = _range(vitals)
    bytes_like = low >= 0 and high <= 255
    return Evidence(
        message=message,
        suggestion="tf.keras.layers.Rescaling(1 / 255) as the first layer."
        if bytes_like and measured > limit and unit == "root mean square"
        else "tf.keras.layers.Normalization() as the first layer, with adapt(x_train).",
        tag=vitals.name,
        steps=(int(vitals.steps[0]),),
        measured=measured,
        limit=limit,
        unit=unit,
        severity=severity,
    )
