"""Hidden units sit at the ends of their range.

Why it matters:
    At the ends of a sigmoid or tanh the derivative is next to 0: such a unit passes on no gradient
    and hardly changes any more.

How it is judged:
    The share of a hidden layer's units (or outputs, from histograms) in the outer 1 % of the
    activation's range for nearly all examples, in the later half of the run. Above half it is a
    warning where nothing is learned, else a note.

When it stays silent:
    The output layer: a sure classifier saturates, and should. ReLU and its kin.

What to try:
    Inputs of mean 0 and standard deviation 1; Glorot initialization; normalization before the
    activation; ReLU in hidden layers.

Sources:
    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks", section 3; Amazon SageMaker Debugger, rule SaturatedActivation (50 %).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.layer_tracks import ENDS
from tb_diagnose.analysis.layers import LayerSummary
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.weights import activation


def _without(model: ModelConfig | None = None) -> str:
    if model is None or not model.order_known:
        return ""
    inner = [layer for layer in model.layers if layer not in model.outputs]
    has = any(activation(model, layer) in ENDS for layer in inner)
    return "" if has else "no hidden layer has a sigmoid or tanh"


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("vanishing-gradients", "no-learning"),
    since="0.1",
    concerns=_without,
)
class SaturatedActivations:
    share = limit(0.5, alarm=">", unit="of the units", source="SageMaker Debugger: 50 %")

    @method("units at the ends of their range")
    def by_activity(
        self,
        saturated_units: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
    ) -> Iterator[Evidence]:
        shares = {layer: layer.saturated.late for layer in saturated_units}
        bad = [layer for layer, share in shares.items() if self.share.exceeded(share)]
        if not bad:
            return
        worst = max(bad, key=shares.__getitem__)
        track, names = worst.saturated, [layer.name for layer in bad]
        harm = learning is not None and learning.poor
        more = f" ({len(names)} such layers: {listed(names)})" if len(names) > 1 else ""
        yield Evidence(
            message=f"{percent(shares[worst])} of the {'units' if track.by_unit else 'outputs'} of "
            f"{worst.name} sit at the ends of their range{more}"
            + (f"; {learning.sentence}." if learning and harm else "."),
            suggestion=f"Normalize before the activation of {listed(names)}, or {code('use ReLU')};"
            f" {code('scale the inputs')}.",
            tag=track.tag,
            steps=track.span(track.since(track.values > self.share)),
            comparison=self.share.compare(shares[worst]),
            severity=None if harm else Severity.INFO,
        )
