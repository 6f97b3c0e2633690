"""The model answers the same whatever it is asked.

Why it matters:
    A constant fits the mean of the targets at best. The loss may have fallen to the loss of that
    constant, and looks as if it had converged.

How it is judged:
    The standard deviation of the output layer over all units and examples, against their mean
    |value|, at each of the last three steps that were measured.

When it stays silent:
    Outputs that differ at all. A classifier that always names one class has outputs that differ
    between the classes: majority-guessing sees that one.

What to try:
    See whether the last layers are alive (dead-relu) and whether the last activation can give more
    than one value: a softmax over one unit cannot.

Sources:
    Wardat et al. 2022, "DeepDiagnosis" (constant outputs); Karpathy 2019, "A recipe for training
    neural networks" (input-independent baseline).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.layers import GRAIN
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Histograms, Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.weights import layer_of

_STEPS = 3
_TINY = float(np.finfo(np.float32).tiny)


def _few(layer_vitals: Vitals | None) -> str:
    few = layer_vitals is not None and len(layer_vitals) < _STEPS
    return f"fewer than {_STEPS} steps were measured" if few else ""


@diagnosis(
    family="progress",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "metric-loss-disagreement"),
    since="0.1",
)
class ConstantOutput:
    spread = limit(GRAIN, alarm="<=", unit="of mean |value|", source="16 times float32's grain")

    @method("statistics of the output layer", unless=_few)
    def by_vitals(
        self, layer_vitals: Vitals, model: ModelConfig | None = None
    ) -> Iterator[Evidence]:
        names = [layer.name for layer in model.outputs] if model else []
        rows = [at for at, row in enumerate(layer_vitals.rows) if row in names]
        for at in rows or [len(layer_vitals.rows) - 1]:
            mean, std = (layer_vitals.column(name)[-_STEPS:, at] for name in ("mean", "std"))
            spread = float(np.max(std / np.maximum(np.abs(mean), _TINY)))
            if self.spread.exceeded(spread):
                steps = layer_vitals.steps[-_STEPS:]
                yield self._evidence(layer_vitals.name, steps, float(mean[-1]), spread)

    @method("histograms of the outputs")
    def by_histograms(
        self, activations: tuple[Histograms, ...], model: ModelConfig
    ) -> Iterator[Evidence]:
        for histograms in activations:
            last = histograms.at(slice(-_STEPS, None))
            constant = len(last) == _STEPS and np.array_equal(last.high, last.low)
            if constant and layer_of(histograms.tag, model) in model.outputs:
                yield self._evidence(histograms.name, last.steps, float(last.low[-1]), 0.0)

    def _evidence(
        self, tag: str, steps: NDArray[np.int64], value: float, spread: float
    ) -> Evidence:
        return Evidence(
            message=f"The model's output is {number(value)} for every example, at each of the last "
            f"{len(steps)} steps that were measured.",
            suggestion="See whether the last activation can give more than one value (a softmax "
            "over one unit, a dead ReLU cannot) and whether the layers before it are alive.",
            tag=tag,
            steps=tuple(int(step) for step in steps),
            comparison=self.spread.compare(spread),
        )
