"""Units that are never active any more.

Why it matters:
    A ReLU whose input is negative for every example gives 0 and gets no gradient, for good. A layer
    of such units cuts the network in two.

How it is judged:
    The share of a layer's units that no example activates, in the later half of the run: half is a
    note, or a warning where nothing is learned; 91 % always is. From histograms of outputs, only a
    layer of nothing but zeros counts. From weights: a still kernel beside moving biases is given
    nothing but 0.

When it stays silent:
    Sparsity: half of a healthy ReLU layer's outputs are 0. Layers that recover.

What to try:
    A tenth of the learning rate, He initialization, LeakyReLU.

Sources:
    Lu et al. 2019, "Dying ReLU and initialization"; Amazon SageMaker Debugger, rule DeadRelu.
    Gradients: Goodfellow et al. 2016, algorithm 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tb_diagnose.analysis.layers import GRAIN, LayerSummary
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number, percent, plural, sentence
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.initializers import initial_bias
from tb_diagnose.roles.optimizer import usual_rates
from tb_diagnose.roles.weights import activation, hidden

#: Activations that are 0 over half of their range.
RELUS = ("relu", "relu6")


def _without(model: ModelConfig | None = None) -> str:
    if model is None or not model.order_known:
        return ""
    inner = hidden(model)
    has = any(activation(model, layer) in RELUS for layer in inner)
    return "" if has or not inner else "no hidden layer has a ReLU"


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("frozen-weights", "disconnected-layers", "vanishing-gradients", "no-learning"),
    since="0.1",
    concerns=_without,
)
class DeadRelu:
    share = limit(0.5, alarm=">=", unit="of the units", source="SageMaker Debugger: 50 %")
    biases = limit(
        1e-3, alarm=">=", unit="of mean |w|", source="a thousand times what a still kernel may move"
    )

    @method("units that are never active")
    def by_activity(
        self,
        dead_units: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        shares = {layer: layer.dead.late for layer in dead_units}
        dead = [layer for layer, share in shares.items() if self.share.exceeded(share)]
        if not dead:
            return
        worst = max(dead, key=shares.__getitem__)
        track, share = worst.dead, shares[worst]
        from_on = track.since(track.values >= self.share)
        harm = learning is not None and learning.poor
        what = f"{percent(share)} of the units of {worst.name} are not active for any of "
        what += f"{track.window} batches" if track.window else "the examples that were watched"
        if not track.by_unit:
            count = len(track.values) - from_on
            what = f"{worst.name} gave nothing but 0 at the last {plural(count, 'measurement')}"
        others = [layer.name for layer in dead if layer is not worst]
        more = f"; {listed(others)} much the same" if others else ""
        severe = harm or self.share.far_exceeded(share)
        yield Evidence(
            message=f"{what}{more}" + (f"; {learning.sentence}." if learning and harm else "."),
            suggestion=_remedy(code, optimizer),
            tag=track.tag,
            steps=track.span(from_on),
            comparison=self.share.compare(share),
            severity=(None if track.by_unit else Severity.CRITICAL) if severe else Severity.INFO,
            related=tuple(layer.dead.tag for layer in dead if layer.dead.tag != track.tag),
        )

    @method("weights behind the units")
    def by_weights(
        self,
        layer_movements: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        """The first kernel that is given nothing but 0: its gradient is its biases' times that."""
        harm = learning is not None and learning.poor
        for before, layer in pairwise(layer_movements):
            relu = before.activation in RELUS if before.activation else harm
            idle = layer.still or layer.only_decays
            plain = layer.kind == "kernel" and layer.trainable and idle
            if plain and relu and self.biases.exceeded(layer.bias_movement):
                yield Evidence(
                    message=f"The kernel of {layer.name} {_rests(layer)}, while its biases moved: "
                    f"{before.name} gives it nothing but 0"
                    + (f"; {learning.sentence}." if learning and harm else "."),
                    suggestion=_remedy(code, optimizer),
                    tag=layer.tag,
                    steps=layer.span(),
                    comparison=self.biases.compare(layer.bias_movement),
                    confidence="a kernel's gradient is that of its biases times its inputs",
                    severity=Severity.CRITICAL if harm else None,
                    related=(layer.bias.name,) if layer.bias else (),
                )
                return
        if model is not None:
            yield from self.by_configuration(model, code, learning)

    @method("initial biases of the configuration")
    def by_configuration(
        self, model: ModelConfig, code: Code, learning: LearningState | None = None
    ) -> Iterator[Evidence]:
        """Biases that begin below 0 hold ReLUs down."""
        low = {
            layer.name: value
            for layer in hidden(model)
            if activation(model, layer) in RELUS and (value := initial_bias(layer)) < 0
        }
        deep = min(low.values(), default=0.0) <= -3  # standard deviations of a unit's input
        if not low or learning is None or not (learning.poor or (deep and not learning.well)):
            return
        curve = learning.curve
        yield Evidence(
            message=f"The biases of {listed(list(low))} begin at {number(min(low.values()))}, "
            f"which holds their ReLUs at 0; {learning.sentence}.",
            suggestion=sentence(code("start biases at 0")),
            tag=curve.name if curve else "",
            steps=curve.span(0) if curve else (),
        )


def _rests(layer: LayerSummary) -> str:
    if layer.still:
        count = plural(len(layer.moves) + 1, "histogram")
        return f"did not move in {count} (by less than {GRAIN:g} of its size)"
    return "only shrank, as weight decay has it"


def _remedy(code: Code, optimizer: Optimizer | None) -> str:
    rate = optimizer.learning_rate if optimizer else None
    high = (
        optimizer is None or rate is None or rate >= usual_rates(optimizer, code.framework).default
    )
    lower = f"{code.lower_rate(optimizer)}; " if high else ""
    return sentence(f"{lower}{code('initialize')}; LeakyReLU where units die all the same")
