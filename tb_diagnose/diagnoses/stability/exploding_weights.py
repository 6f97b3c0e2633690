"""The weights of a layer grow without bound.

Why it matters:
    Large weights make large outputs, large outputs large gradients: what follows is saturation,
    a loss that jumps, and at last infinity.

How it is judged:
    The largest root mean square that a kernel reaches over the larger of two sizes: its own at the
    first histogram, and sqrt(2 / fan-in), with which a layer keeps the size of its signal (He).
    Tenfold is critical where the loss shows no learning. A hundredfold is a warning even where it
    falls; less is a note.

When it stays silent:
    Weights that grow from a small beginning to a usual size; layers before a normalisation, whose
    scale has no effect and grows by itself; NaN and infinity (non-finite-values).

What to try:
    Divide the learning rate by 10; clip the gradients (clipnorm=1.0); a weight penalty of 1e-4;
    targets and inputs brought to about 1.

Sources:
    Pascanu et al. 2013, "On the difficulty of training recurrent neural networks"; He et al. 2015,
    equation 10; torchmortem and TheDeepChecker (growth by 10 and by 2 over 5 periods).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import rms
from tb_diagnose.measure.reductions import max_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import Kernel, he_std, is_normalized


class Limits(Thresholds):
    """How large is too large."""

    growth: float = limit(10.0, unit="times the usual size", source="torchmortem: 10, critical 100")
    extreme: float = limit(100.0, unit="times the usual size", source="torchmortem: 10 and 100")


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("non-finite-values", "loss-divergence", "loss-spikes", "no-learning", "dead-relu"),
    since="0.1",
)
def exploding_weights(
    kernels: tuple[Kernel, ...],
    model: ModelConfig | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """All kernels that grew in one piece of evidence, the one that grew most in front."""
    grown = [
        (growth, each)
        for each in kernels
        if not is_normalized(model, each.layer) and (growth := _growth(each)) >= limits.growth
    ]
    if not grown:
        return
    growth, worst = max(grown, key=lambda pair: pair[0])
    why = stalled(train_loss, chance)
    mild = Severity.WARNING if growth >= limits.extreme else Severity.INFO
    sizes = rms(worst.histograms.mean, worst.histograms.std)
    large = np.nan_to_num(sizes) >= limits.growth * _usual(worst)
    yield Evidence(
        message=f"The weights of {worst.called} grew to {number(float(np.nanmax(sizes)))}, "
        f"{number(growth)} times their usual size of {number(_usual(worst))}"
        + (f", with {listed([e.called for _, e in grown if e is not worst])}" * (len(grown) > 1))
        + (f"; {why}." if why else "."),
        suggestion=_fix(optimizer),
        tag=worst.name,
        related=tuple(each.name for _, each in grown if each is not worst),
        steps=tuple(int(step) for step in worst.histograms.steps[large][:1]),
        measured=growth,
        limit=limits.growth,
        unit="times the usual size",
        severity=None if why else mild,
    )


def _usual(kernel: Kernel) -> float:
    """Size at the first histogram, or the one that keeps a signal's size if that is larger."""
    first = float(rms(kernel.histograms.mean[:1], kernel.histograms.std[:1])[0])
    return max(first, he_std(kernel.inputs)) if kernel.inputs else first


def _growth(kernel: Kernel) -> float:
    sizes = rms(kernel.histograms.mean, kernel.histograms.std)
    known = sizes[np.isfinite(sizes)]
    usual = _usual(kernel)
    return max_of(known) / usual if len(known) > 1 and usual > 0 else 0.0


def _fix(optimizer: Optimizer | None) -> str:
    rate = optimizer.learning_rate if optimizer else None
    lower = f"learning_rate={rate:g} → {rate / 10:g}" if rate else "Divide the learning rate by 10"
    return f"{lower}, and clip the gradients (clipnorm=1.0); bring inputs and targets to about 1."
