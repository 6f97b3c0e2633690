"""The inputs are far from mean 0 and standard deviation 1.

Why it matters:
    Initializers and usual learning rates are made for inputs of about 1. Pixels of 0 to 255 make
    the first gradients a hundred times too large; features on different scales drown one another.

How it is judged:
    By the root mean square of each input channel, as the median over the run: above 10 the inputs
    are unscaled. Or the largest standard deviation of a channel is 100 times the smallest. It is a
    warning where nothing is learned or the first is above 50, else a note.

When it stays silent:
    The model begins with a scaling layer or an embedding; constant channels.

What to try:
    Divide pixels by 255, standardize features by the training data.

Sources:
    LeCun et al. 1998, "Efficient backprop", section 4.3; Zhang et al. 2021, "AUTOTRAINER" (10).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, sentence
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import Bound, diagnosis, limit, method
from tb_diagnose.measure.distributions import rms
from tb_diagnose.measure.robust import column_medians
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.weights import NORMALIZERS

#: First layers that bring inputs to scale, or for which it has no meaning.
SCALERS = NORMALIZERS | {"Rescaling", "Normalization", "Embedding", "StringLookup", "Hashing"}


def _scaled(model: ModelConfig | None = None, input_vitals: Vitals | None = None) -> str:
    layers = [layer for layer in model.layers if layer.kind != "InputLayer"] if model else []
    if layers and layers[0].kind in SCALERS:
        return f"the model begins with {layers[0].kind}, which brings its inputs to scale"
    kinds = set(input_vitals.layout.get("dtypes", {}).values()) if input_vitals else set()
    if kinds and all(str(kind).startswith("int") for kind in kinds):
        return "the inputs are whole numbers: indices of words or of categories"
    return ""


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=(
        "initial-loss",
        "exploding-gradients",
        "slow-convergence",
        "no-learning",
        "loss-spikes",
        "dead-relu",
        "saturated-activations",
    ),
    since="0.1",
    concerns=_scaled,
)
class UnnormalisedInputs:
    size = limit(10, alarm=">", unit="root mean square", source="AUTOTRAINER: beyond 10")
    far = limit(50, unit="root mean square", source="0 to 255 has 100 and more")
    scales = limit(100, alarm=">", unit="× the smallest deviation", source="two digits apart")

    @method("statistics of the inputs")
    def by_statistics(
        self, input_vitals: Vitals, code: Code, learning: LearningState | None = None
    ) -> Iterator[Evidence]:
        means, stds = (column_medians(input_vitals.column(name)) for name in ("mean", "std"))
        sizes = np.nan_to_num(rms(means, stds))
        worst = int(np.argmax(sizes))
        harm = learning is not None and learning.failed
        why = f"; {learning.sentence}" if learning and harm else ""
        if self.size.exceeded(sizes[worst]):
            low, high = _range(input_vitals)
            message = (
                f"The inputs reach from {number(low)} to {number(high)}, with a root mean square "
                f"of {number(float(sizes[worst]))} in {input_vitals.rows[worst]}{why}."
            )
            severity = None if harm or sizes[worst] > self.far else Severity.INFO
            yield self._evidence(input_vitals, message, self.size, sizes[worst], severity, code)
        known = stds[np.isfinite(stds) & (stds > 0)]
        times = float(known.max() / known.min()) if len(known) > 1 else 0.0
        if self.scales.exceeded(times):
            message = (
                f"{plural(len(known), 'channel')} of the input are on different scales: their "
                f"standard deviations go from {number(float(known.min()))} to "
                f"{number(float(known.max()))}{why}."
            )
            severity = None if harm else Severity.INFO
            yield self._evidence(input_vitals, message, self.scales, times, severity, code)

    def _evidence(
        self,
        vitals: Vitals,
        message: str,
        bound: Bound,
        value: float,
        severity: Severity | None,
        code: Code,
    ) -> Evidence:
        return Evidence(
            message=message,
            suggestion=sentence(code("scale the inputs")),
            tag=vitals.name,
            steps=(int(vitals.steps[0]),),
            comparison=bound.compare(value),
            severity=severity,
        )


def _range(vitals: Vitals) -> tuple[float, float]:
    """Smallest and largest input of the run; NaN where it was not measured."""
    low, high = vitals.column("low"), vitals.column("high")
    known = np.isfinite(low).any() and np.isfinite(high).any()
    return (float(np.nanmin(low)), float(np.nanmax(high))) if known else (np.nan, np.nan)
