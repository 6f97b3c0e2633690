"""The weights of a layer grow without bound.

Why it matters:
    Large weights make large outputs, large outputs large gradients: what follows is saturation,
    a loss that jumps, and at last infinity.

How it is judged:
    The largest root mean square of a kernel over the larger of two sizes: its own at first, and
    sqrt(2 / fan-in), with which a layer keeps the size of its signal. Tenfold is critical where
    nothing was learned; a hundredfold is a warning even so; less is a note.

When it stays silent:
    Weights that grow from a small beginning to a usual size; layers before a normalization; NaN
    (non-finite-values).

What to try:
    Divide the learning rate by 10, clip the gradients, add a weight penalty of 1e-4, scale inputs
    and targets to about 1.

Sources:
    He et al. 2015, "Delving deep into rectifiers", equation 10; torchmortem (growth by 10).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.distributions import rms
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.weights import Kernel, he_std, is_normalized


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("non-finite-values", "loss-divergence", "loss-spikes", "no-learning", "dead-relu"),
    since="0.1",
)
class ExplodingWeights:
    growth = limit(10, alarm=">=", unit="× the usual size", source="torchmortem: 10, critical 100")

    @method("histograms of the kernels")
    def by_kernels(
        self,
        kernels: tuple[Kernel, ...],
        learning: LearningState,
        code: Code,
        model: ModelConfig | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        grown = [
            (growth, kernel)
            for kernel in kernels
            if not is_normalized(model, kernel.layer)
            and self.growth.exceeded(growth := _growth(kernel))
        ]
        if not grown:
            return
        growth, worst = max(grown, key=lambda pair: pair[0])
        others = [kernel for _, kernel in grown if kernel is not worst]
        sizes = rms(worst.histograms.mean, worst.histograms.std)
        large = np.nan_to_num(sizes) >= self.growth * _usual(worst)
        rate = optimizer.learning_rate if optimizer else None
        lower = code.rate(optimizer, rate / 10) if rate else "Divide the learning rate by 10"
        mild = Severity.WARNING if self.growth.far_exceeded(growth) else Severity.INFO
        why = learning.sentence if learning.failed else ""
        yield Evidence(
            message=f"The weights of {worst.called} grew to {number(float(np.nanmax(sizes)))}, "
            f"{number(growth)} times their usual size of {number(_usual(worst))}"
            + (f", with {listed([kernel.called for kernel in others])}" if others else "")
            + (f"; {why}." if why else "."),
            suggestion=f"{lower}, and {code('clip the gradients')}; bring inputs and targets to "
            "about 1.",
            tag=worst.name,
            related=tuple(kernel.name for kernel in others),
            steps=tuple(int(step) for step in worst.histograms.steps[large][:1]),
            comparison=self.growth.compare(growth),
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
    return float(known.max()) / usual if len(known) > 1 and usual > 0 else 0.0
