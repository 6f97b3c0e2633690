"""The optimizer's steps are far too large or too small for the weights that they change.

Why it matters:
    Steps of a tenth of the weights forget what the last ones learned; steps of a millionth get
    nowhere. About a thousandth goes well.

How it is judged:
    |update| / |weights| of the median kernel, in the later nine tenths of the run: outside of 1e-5
    to 0.1 where nothing is learned, above 1 always. From histograms, the Wasserstein distance
    between two over the steps between is the least by which each step changed the weights.

When it stays silent:
    A training that learns at a ratio below 1; biases, which begin at 0; updates of exactly 0
    (dead-relu, frozen-weights).

What to try:
    Multiply the learning rate by 1e-3 / ratio, within the usual rates.

Sources:
    Karpathy, CS231n notes, "Ratio of weights:updates" (1e-3); Wardat et al. 2022, "DeepDiagnosis"
    (1e-5 to 1e-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.layers import LayerSummary
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, sentence
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import finite_median
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.optimizer import usual_rates


class _Ratio(NamedTuple):
    """The ratio of the median kernel, and where it was read."""

    value: float
    exact: bool
    tag: str
    steps: tuple[int, ...]
    kernels: int


def _unknown_steps(scalars: tuple[Series, ...]) -> str:
    known = _steps_between(scalars or ())
    return "" if known else "how many steps lie between two histograms is not known"


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("loss-divergence", "loss-oscillation", "no-learning", "slow-convergence"),
    since="0.1",
)
class UpdateRatio:
    low = limit(1e-5, alarm="<", unit="of the weights", source="DeepDiagnosis: 1e-5 to 1e-1")
    high = limit(0.1, alarm=">", unit="of the weights", source="DeepDiagnosis: 1e-5 to 1e-1")

    @method("measured updates")
    def by_updates(
        self,
        layer_updates: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        tracks = [
            layer.update for layer in layer_updates if layer.kind == "kernel" and layer.update
        ]
        if not tracks:
            return
        begin = len(tracks[0].values) // 10
        ratio = finite_median(np.array([finite_median(track.values[begin:]) for track in tracks]))
        steps = tracks[0].span(begin)
        tag = tracks[0].tag
        found = _Ratio(ratio, exact=True, tag=tag, steps=steps, kernels=len(tracks))
        yield from self._judged(found, code, learning, optimizer)

    @method("movement from histogram to histogram", unless=_unknown_steps)
    def by_movement(
        self,
        layer_movements: tuple[LayerSummary, ...],
        scalars: tuple[Series, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        judged = [layer for layer in layer_movements if layer.kind == "kernel"]
        if not judged:
            return
        bounds = np.array([finite_median(layer.moves) for layer in judged])
        ratio = finite_median(bounds) / _steps_between(scalars)
        first = judged[0]
        found = _Ratio(ratio, exact=False, tag=first.tag, steps=first.span(), kernels=len(judged))
        yield from self._judged(found, code, learning, optimizer)

    def _judged(
        self,
        ratio: _Ratio,
        code: Code,
        learning: LearningState | None,
        optimizer: Optimizer | None,
    ) -> Iterator[Evidence]:
        harm = learning is not None and learning.poor
        tiny = ratio.exact and ratio.value > 0 and self.low.exceeded(ratio.value)
        bound = self.low if tiny else self.high
        if not bound.exceeded(ratio.value) or not (harm or ratio.value > 1):
            return
        least = "" if ratio.exact else "at least "
        yield Evidence(
            message=f"Each step changes the weights by {least}{number(ratio.value)} of their size "
            f"(median of {plural(ratio.kernels, 'kernel')}); about {number(self._aim)} goes well"
            + (f"; {learning.sentence}." if learning and harm else "."),
            suggestion=self._remedy(code, optimizer, ratio.value),
            tag=ratio.tag,
            steps=ratio.steps,
            comparison=bound.compare(ratio.value),
            confidence="" if ratio.exact else "lower bound by the distance of the histograms",
        )

    @property
    def _aim(self) -> float:
        """Midway between both limits: CS231n's 1e-3."""
        return float(np.sqrt(self.low * self.high))

    def _remedy(self, code: Code, optimizer: Optimizer | None, ratio: float) -> str:
        """The ratio follows the rate in proportion; a rate that is not usual is no remedy."""
        rate, factor = optimizer.learning_rate if optimizer else None, self._aim / ratio
        if not rate or optimizer is None:
            return f"Multiply the learning rate by {number(factor)}."
        better = min(rate * factor, max(usual_rates(optimizer, code.framework).highest, rate))
        better = float(f"{better:.1g}")
        if better == rate:
            return sentence(
                f"the learning rate of {number(rate)} is high already: {code('scale the inputs')}, "
                f"and {code('initialize')}"
            )
        return sentence(code.rate(optimizer, better))


def _steps_between(scalars: tuple[Series, ...]) -> float:
    """Optimizer steps from one epoch's histograms to the next, 0 where the log does not say.

    Keras logs ``evaluation_loss_vs_iterations`` once an epoch at the optimizer's step.
    """
    for curve in scalars:
        if curve.tag.startswith("evaluation_") and curve.tag.endswith("_vs_iterations"):
            gaps = np.diff(curve.steps, prepend=0)
            return max(float(np.median(gaps)), 0.0) if len(gaps) else 0.0
    return 0.0
