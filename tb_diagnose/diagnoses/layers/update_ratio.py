"""The optimiser's steps are far too large or too small for the weights that they change.

Why it matters:
    A step of a tenth of the weights forgets what the last ones learned; steps of a millionth will
    not get anywhere in the time that is there. A thousandth is what goes well.

How it is judged:
    For each kernel the median over the measured steps of |update| / |weights|, the first tenth of
    them, where rates are warmed up, left out; the median kernel decides. Outside 1e-5 to 0.1 it is
    a warning where the loss shows no learning, and a thousandth of that or ten times that is one
    in any case. From weight histograms alone only the upper end can be proven: the
    Wasserstein distance between two of them, divided by the steps between, is the least by which
    each step must have changed the weights on average.

When it stays silent:
    Ratios within the limits; a training that learns and is not far beyond; logs that tell neither
    the updates nor how many steps lie between two histograms; biases, which begin at 0; updates of
    exactly 0, for which there is no gradient (dead-relu, disconnected-layers, frozen-weights).

What to try:
    Multiply the learning rate by 1e-3 / ratio: the ratio follows it in proportion.

Sources:
    Karpathy, CS231n notes, "Ratio of weights:updates" (about 1e-3); Braiek and Khomh 2023,
    "TheDeepChecker" (1e-4 to 1e-1); Wardat et al. 2022, "DeepDiagnosis" (1e-5 to 1e-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import moves
from tb_diagnose.measure.levels import finite, typical
from tb_diagnose.measure.medians import median
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import Kernel, is_kernel

ENABLE = 'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])'


class Limits(Thresholds):
    """How large a step should be."""

    low: float = limit(1e-5, unit="of the weights", source="DeepDiagnosis: 1e-5 to 1e-1")
    high: float = limit(0.1, unit="of the weights", source="TheDeepChecker: 1e-4 to 1e-1")
    far_low: float = limit(1e-8, unit="of the weights", source="SageMaker Debugger: 1e-8 to 10")
    far_high: float = limit(1.0, unit="of the weights", source="chosen: all is replaced at once")
    aim: float = limit(1e-3, unit="of the weights", source="CS231n: about 1e-3")


class Ratio(NamedTuple):
    """The ratio of the median kernel, and where it was read."""

    value: float
    exact: bool
    tag: str
    steps: tuple[int, ...]
    kernels: int


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=(
        "frozen-weights",
        "no-learning",
        "slow-convergence",
        "loss-oscillation",
        "loss-divergence",
    ),
    since="0.1",
)
def update_ratio(
    weight_vitals: Vitals | None,
    kernels: tuple[Kernel, ...] | None,
    scalars: tuple[Series, ...] | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Measured where a training was attached, else bounded by the histograms."""
    ratio = _measured(weight_vitals) or _bounded(kernels or (), scalars or ())
    if ratio is None:
        raise NotApplicable("neither updates nor the steps between histograms are known", ENABLE)
    why = stalled(train_loss, chance)
    high, low = (limits.high, limits.low) if why else (limits.far_high, limits.far_low)
    large, small = ratio.value > high, ratio.exact and 0 < ratio.value < low
    if large or small:
        least = "" if ratio.exact else "at least "
        yield Evidence(
            message=f"Each step changes the weights by {least}{number(ratio.value)} of their size "
            f"(median of {plural(ratio.kernels, 'kernel')}), where about {number(limits.aim)} goes "
            "well" + (f"; {why}." if why else "."),
            suggestion=_fix(optimizer, ratio.value, limits),
            tag=ratio.tag,
            steps=ratio.steps,
            measured=ratio.value,
            limit=high if large else low,
            unit="of the weights",
            confidence="" if ratio.exact else "lower bound by the distance between histograms",
        )


def _measured(vitals: Vitals | None) -> Ratio | None:
    if vitals is None or not len(vitals):
        return None
    rows = [at for at, row in enumerate(vitals.rows) if is_kernel(row)]
    ratios = vitals.column("update_ratio")[len(vitals) // 10 :, rows]
    known = finite(typical(ratios))
    if not len(known):
        return None
    steps = (int(vitals.steps[len(vitals) // 10]), int(vitals.steps[-1]))
    return Ratio(float(median(known)), True, vitals.name, steps, len(known))


def _bounded(kernels: tuple[Kernel, ...], scalars: tuple[Series, ...]) -> Ratio | None:
    between = _steps_between(scalars)
    judged = [each for each in kernels if each.kind == "kernel" and len(each.histograms) > 1]
    if not between or not judged:
        return None
    bounds = [float(median(moves(each.histograms.quantiles))) / between for each in judged]
    bound = float(median(bounds))
    first = judged[0].histograms
    steps = (int(first.steps[0]), int(first.steps[-1]))
    return Ratio(bound, False, first.name, steps, len(judged)) if np.isfinite(bound) else None


def _steps_between(scalars: tuple[Series, ...]) -> float:
    """Optimiser steps from one epoch's histograms to the next, 0 where the log does not say.

    Keras logs ``evaluation_loss_vs_iterations`` once an epoch at the optimizer's step.
    """
    for each in scalars:
        if each.tag.startswith("evaluation_") and each.tag.endswith("_vs_iterations"):
            gaps = np.diff(each.steps, prepend=0)
            return max(float(median(gaps)), 0.0) if len(gaps) else 0.0
    return 0.0


def _fix(optimizer: Optimizer | None, ratio: float, limits: Limits) -> str:
    rate = optimizer.learning_rate if optimizer else None
    factor = limits.aim / ratio
    if rate:
        return f"learning_rate={rate:g} → {rate * factor:.1g}"
    return f"Multiply the learning rate by {number(factor)}."
