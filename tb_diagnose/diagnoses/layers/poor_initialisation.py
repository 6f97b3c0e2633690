"""The weights begin where training is hard.

Why it matters:
    Units that begin equal receive equal gradients and stay equal: a layer of 512 such units is a
    layer of one. Weights of the wrong size make the signal die out or blow up on its way through
    the layers, and the first epochs go into repairing that.

How it is judged:
    From the configuration. A hidden layer of several units whose kernel begins constant; zeros
    count only where nothing leads around the layer, since residual branches begin with zeros on
    purpose. And the gain: for each hidden layer with an initialiser of a fixed spread, or a
    variance scaling by more than 8 or less than 1/8, its standard deviation over sqrt(2 / fan-in)
    (He), which keeps the size of a signal through ReLUs; the product along the network says how
    much is left of the signal behind the last of them. Sigmoids and softmax are left out: what
    leaves them has the same size whatever comes in. Below 1/100 or above 100 it is a warning where
    the loss did not halve, else a note. Of logs without a configuration, a kernel whose first
    histogram is a single value other than 1.

When it stays silent:
    Initialisers that scale with the fan-in (Glorot, He, LeCun, orthogonal); small variance scalings
    of a network that is no plain stack, whose residual branches begin with little on purpose; the
    output layer, which may begin at zero; layers before a normalisation, which takes their scale
    out; scales and biases, which are constant by design.

What to try:
    kernel_initializer="he_normal" for ReLU, "glorot_uniform" (Keras' default) for tanh and
    sigmoid, "lecun_normal" for SELU. Constants are for biases.

Sources:
    Glorot and Bengio 2010, section 4.2.1; He et al. 2015, "Delving deep into rectifiers", section
    2.2; Goodfellow et al. 2016, "Deep learning", section 8.4 (symmetry between units).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, number
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite, start_level
from tb_diagnose.roles.initializers import constant, fan_in, fixed_std, odd_std
from tb_diagnose.roles.weights import Kernel, activation, he_std, hidden, is_normalized


class Limits(Thresholds):
    """How far from a gain of 1, and how equal is equal."""

    gain: float = limit(100.0, unit="times too large or small", source="chosen: two digits lost")
    scale: float = limit(8.0, unit="times Glorot's variance", source="chosen: He's is 2, SELU's 1")
    halved: float = limit(0.5, unit="of the first loss", source="chosen: then it was overcome")
    spread: float = limit(1e-6, unit="of |mean|", source="chosen: one value in float32")
    weights: int = limit(16, unit="weights", source="chosen: fewer may be equal by chance")


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=(
        "no-learning",
        "slow-convergence",
        "loss-plateau",
        "initial-loss",
        "frozen-weights",
        "vanishing-gradients",
    ),
    since="0.1",
)
def poor_initialisation(
    model: ModelConfig | None,
    kernels: tuple[Kernel, ...] | None,
    train_loss: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the configuration where there is one, else by the first histograms."""
    if model is not None:
        inner = [each for each in hidden(model) if each.trainable]
        yield from _constant(model, inner, kernels or ())
        yield from _gain(model, inner, train_loss, limits)
    elif kernels:
        yield from _single_values(kernels, limits)
    else:
        raise NotApplicable("neither a model's configuration nor weight histograms")


def _constant(
    model: ModelConfig, inner: list[Layer], kernels: tuple[Kernel, ...]
) -> Iterator[Evidence]:
    alike = [each for each in inner if each.units > 1 and constant(each) is not None]
    if not alike:
        return
    around = model.kind != "Sequential" and all(constant(each) == 0 for each in alike)
    first = next((k.histograms for k in kernels if k.layer is alike[0]), None)
    units = sum(each.units for each in alike)
    yield Evidence(
        message=f"The {units} units of {listed([each.name for each in alike])} all begin at "
        f"{number(constant(alike[0]) or 0.0)}: equal units get equal gradients and stay alike.",
        suggestion=f'{alike[0].kind}({alike[0].units}, kernel_initializer="he_normal")',
        tag=first.name if first is not None else "keras",
        steps=(int(first.steps[0]),) if first is not None else (),
        severity=Severity.INFO if around else None,
    )


def _gain(
    model: ModelConfig, inner: list[Layer], train_loss: Series | None, limits: Limits
) -> Iterator[Evidence]:
    fixed = {}
    for layer in inner:
        spread, inputs = fixed_std(layer) or _odd(model, layer, limits), fan_in(layer)
        bounded = activation(model, layer) in ("sigmoid", "softmax")
        if spread and inputs and not bounded and not is_normalized(model, layer):
            fixed[layer.name] = (spread, spread / he_std(inputs), layer)
    gain = prod(each[1] for each in fixed.values())
    if 1 / limits.gain <= gain <= limits.gain:
        return
    spread, _, layer = next(iter(fixed.values()))
    left = f"Only {number(gain)} is left of" if gain < 1 else f"{number(gain)} times as large is"
    yield Evidence(
        message=f"{left} the size of a signal behind {listed(list(fixed))} as they begin: the weights "
        f"of {layer.name} have a standard deviation of {number(spread)} where its "
        f"{fan_in(layer)} inputs want {number(he_std(fan_in(layer)))}.",
        suggestion='kernel_initializer="he_normal" for ReLU, or the default "glorot_uniform", in '
        f"{listed(list(fixed))}.",
        tag="keras",
        measured=gain if gain > 1 else 1 / gain,
        limit=limits.gain,
        unit="times too large or small",
        severity=None if not _halved(train_loss, limits) else Severity.INFO,
    )


def _odd(model: ModelConfig, layer: Layer, limits: Limits) -> float:
    """Standard deviation of a variance scaling that is far from usual, 0 for all others."""
    spread = odd_std(layer, limits.scale)
    small = spread < he_std(fan_in(layer)) if spread else False
    return 0.0 if small and model.kind != "Sequential" else spread


def _single_values(kernels: tuple[Kernel, ...], limits: Limits) -> Iterator[Evidence]:
    alike = []
    for each in kernels[:-1]:
        first = each.histograms
        mean, spread = float(first.mean[0]), float(first.high[0] - first.low[0])
        if first.count[0] >= limits.weights and spread <= limits.spread * abs(mean) and mean != 1:
            alike.append(each)
    if alike:
        first = alike[0].histograms
        yield Evidence(
            message=f"All weights of {listed([each.name for each in alike])} are "
            f"{number(float(first.mean[0]))} at step {first.steps[0]}: equal units stay alike.",
            suggestion="Initialise kernels at random (He for ReLU, Glorot for tanh and sigmoid).",
            tag=first.name,
            steps=(int(first.steps[0]),),
            measured=float(first.high[0] - first.low[0]),
            limit=limits.spread,
            unit="of |mean|",
        )


def _halved(loss: Series | None, limits: Limits) -> bool:
    values = finite(loss.values) if loss is not None else np.empty(0)
    return len(values) > 1 and end_level(values) < limits.halved * start_level(values)
