"""The gradient dies away on its way to the first layers.

Why it matters:
    The first layers keep the features they were born with. A deep network then trains its last
    layers only, on noise, and mostly ends at the level of guessing.

How it is judged:
    Only where the loss shows no learning. The kernels are put in order from input to output and
    their first quarter is compared with their last: by the norms of their gradients where those
    were logged (below a thousandth), else by how far their weights came from the first histogram
    at most, as a share of mean |w|, by the Wasserstein distance (below a twentieth: a step is
    not a gradient, and optimizers like Adam rescale it). Where neither tells, by what the model
    lets through at most: a sigmoid passes on a quarter of the gradient and a softmax over K units
    about 1/K, so that four sigmoids in a row leave less than a hundredth.

When it stays silent:
    The loss falls, whatever the ratio: gradients get small as a network converges, and early
    layers of a healthy one get smaller ones. Fewer than 4 kernels in a row; layers that are not
    trainable; no kernel moves (frozen-weights).

What to try:
    ReLU, GELU or SELU instead of sigmoid, tanh or softmax in hidden layers; He initialisation;
    batch or layer normalisation; skip connections; fewer layers.

Sources:
    Hochreiter 1991; Glorot and Bengio 2010, "Understanding the difficulty of training deep
    feedforward neural networks", section 4.2; Zhang et al. 2021, "AUTOTRAINER" (ratio 1e-3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, number, plural
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Histograms, Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import moved, size
from tb_diagnose.measure.levels import typical
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import NORMALIZERS, Kernel, is_kernel, natural_key

ENABLE = 'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])'
SQUASHING = ("sigmoid", "tanh", "softmax", "hard_sigmoid", "softsign")


class Limits(Thresholds):
    """How much smaller the first third's share is."""

    layers: int = limit(4, unit="kernels", source="chosen: fewer have no depth to vanish in")
    points: int = limit(3, unit="histograms", source="chosen: two intervals")
    gradient: float = limit(1e-3, unit="of the last layers'", source="AUTOTRAINER: 1e-3")
    movement: float = limit(0.05, unit="of the last layers'", source="calibrated on the corpus")
    passed: float = limit(
        0.01, unit="of the gradient", source="derivatives: four sigmoids in a row"
    )
    moving: float = limit(1e-6, unit="of mean |w|", source="chosen: 16 times float32's grain")


class Profile(NamedTuple):
    """One number for each kernel from input to output, and where it was read."""

    names: list[str]
    sizes: list[float]
    what: str
    tag: str
    steps: tuple[int, ...]
    limit: float


@diagnosis(
    family="layers",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "slow-convergence", "disconnected-layers"),
    since="0.1",
)
def vanishing_gradients(
    kernels: tuple[Kernel, ...] | None,
    gradients: tuple[Histograms, ...] | None,
    weight_vitals: Vitals | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The best of the three profiles that the log holds."""
    profile = (
        _of_vitals(weight_vitals, limits)
        or _of_gradients(gradients or (), limits)
        or _of_weights(kernels or (), limits)
    )
    if profile is None and model is None:
        raise NotApplicable(f"fewer than {limits.layers} kernels in a row", ENABLE)
    why = stalled(train_loss, chance)
    if why:
        found = _compared(profile, why, model) if profile else None
        found = found or (_by_model(model, why, limits) if model else None)
        yield from (found,) if found else ()


def _compared(profile: Profile, why: str, model: ModelConfig | None) -> Evidence | None:
    few = len(profile.sizes) // 4
    first, last = median(profile.sizes[:few]), median(profile.sizes[-few:])
    if not (last > 0 and first < profile.limit * last):
        return None
    return Evidence(
        message=f"{profile.what} of the first {few} of {len(profile.sizes)} kernels is "
        f"{number(float(first))}, of the last {few} {number(float(last))}; {why}.",
        suggestion=_fix(model),
        tag=profile.tag,
        related=tuple(profile.names[:few]),
        steps=profile.steps,
        measured=float(first / last),
        limit=profile.limit,
        unit="of the last layers'",
    )


def _by_model(model: ModelConfig, why: str, limits: Limits) -> Evidence | None:
    """By the largest derivative of each hidden activation."""
    hidden = [each for each in model.layers if each not in model.outputs]
    squashing = [each for each in hidden if each.activation in ("sigmoid", "softmax")]
    if any(each.kind in NORMALIZERS for each in hidden):
        return None
    passed = float(np.prod([_derivative(each) for each in squashing]))
    if passed >= limits.passed:
        return None
    kinds = sorted({each.activation for each in squashing})
    return Evidence(
        message=f"{plural(len(squashing), 'hidden layer')} of {listed(kinds)} let at most "
        f"{number(passed)} of the gradient through to the first; {why}.",
        suggestion=_fix(model),
        tag="keras",
        measured=passed,
        limit=limits.passed,
        unit="of the gradient",
    )


def _derivative(layer: Layer) -> float:
    return 0.25 if layer.activation == "sigmoid" else 1 / max(layer.units, 4)


def _of_vitals(vitals: Vitals | None, limits: Limits) -> Profile | None:
    if vitals is None:
        return None
    rows = [at for at, row in enumerate(vitals.rows) if is_kernel(row)]
    if len(rows) < limits.layers or not len(vitals):
        return None
    norms = np.nan_to_num(typical(vitals.column("gradient_norm")[:, rows]))
    names = [vitals.rows[at] for at in rows]
    steps = (int(vitals.steps[0]), int(vitals.steps[-1]))
    what = "The gradient norm"
    return Profile(names, norms.tolist(), what, vitals.name, steps, limits.gradient)


def _of_gradients(gradients: tuple[Histograms, ...], limits: Limits) -> Profile | None:
    judged = [each for each in gradients if is_kernel(each.tag)]
    judged.sort(key=lambda each: natural_key(each.name))
    if len(judged) < limits.layers:
        return None
    sizes = [float(typical(size(each.quantiles)[:, None])[0]) for each in judged]
    steps = (int(judged[0].steps[0]), int(judged[0].steps[-1]))
    names = [each.name for each in judged]
    return Profile(names, sizes, "The mean |gradient|", names[0], steps, limits.gradient)


def _of_weights(kernels: tuple[Kernel, ...], limits: Limits) -> Profile | None:
    judged = [
        each
        for each in kernels
        if each.kind == "kernel"
        and each.trainable
        and len(each.histograms) >= limits.points
        and all_of(np.isfinite(each.histograms.quantiles))
    ]
    sizes = [moved(each.histograms.quantiles) for each in judged]
    if len(judged) < limits.layers or max(sizes) < limits.moving:
        return None
    first = judged[0].histograms
    steps = (int(first.steps[0]), int(first.steps[-1]))
    names = [each.name for each in judged]
    return Profile(names, sizes, "The movement", names[0], steps, limits.movement)


def _fix(model: ModelConfig | None) -> str:
    hidden = [each for each in model.layers if each not in model.outputs] if model else []
    squashing = sorted({each.activation for each in hidden} & set(SQUASHING))
    if squashing:
        return (
            f'activation="relu" with kernel_initializer="he_normal" instead of {listed(squashing)} '
            "in the hidden layers, or BatchNormalization between them."
        )
    return "Fewer layers, skip connections or BatchNormalization between them, and He initialisers."
