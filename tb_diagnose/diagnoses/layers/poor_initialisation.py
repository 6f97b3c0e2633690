"""The weights begin at values from which training is hard.

Why it matters:
    Units that begin equal stay equal: 512 of them are one. Weights of the wrong size make the
    signal die out or blow up.

How it is judged:
    Hidden layers whose kernel begins constant. And the gain: for initializers of a fixed spread,
    or a variance scaling beyond 8 times Glorot's, the deviation over He's, multiplied along the
    network; beyond 100 either way a warning, or a note where the training does well. Beyond 10, a
    sigmoid or tanh begins saturated. Without a
    configuration, a first histogram of one value.

When it stays silent:
    Initializers that scale with the fan-in; outputs that begin small; residual branches that begin
    at zero; layers before a normalization.

What to try:
    He for ReLU, else Glorot.

Sources:
    He et al. 2015, "Delving deep into rectifiers"; Goodfellow et al. 2016, section 8.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from tb_diagnose.analysis.layers import GRAIN, MANY, LayerSummary
from tb_diagnose.analysis.learning_state import WELL, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number, sentence
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import SQUASHING
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.initializers import constant, fan_in, fixed_std, initializer, odd_std
from tb_diagnose.roles.weights import activation, he_std, hidden, is_normalized


def _unknown(model: ModelConfig) -> str:
    named = any(initializer(layer)[0] for layer in model.layers)
    return "" if named else "the configuration does not name initializers"


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("dead-relu", "vanishing-gradients", "initial-loss", "frozen-weights", "no-learning"),
    since="0.1",
)
class PoorInitialisation:
    gain = limit(100, alarm=">", unit="× too large or small", source="two digits are lost")
    saturated = limit(10, alarm=">", unit="× He's deviation", source="a sigmoid's ends are at 5")
    scale = limit(8, unit="× Glorot's variance", source="He's is 2, SELU's 1")

    @method("initializers of the configuration", unless=_unknown)
    def by_configuration(
        self,
        model: ModelConfig,
        code: Code,
        layers: tuple[LayerSummary, ...] = (),
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        inner = [layer for layer in hidden(model) if layer.trainable]
        yield from self._constant(model, inner, layers, code)
        scored = train_score is not None
        fine = does_well(train_loss, train_score, chance, WELL if scored else 0.5)
        yield from self._gain(model, inner, fine, code)

    @method("first histograms")
    def by_histograms(self, layers: tuple[LayerSummary, ...], code: Code) -> Iterator[Evidence]:
        alike = [layer for layer in layers[:-1] if layer.trainable and _is_single(layer)]
        first = alike[0].kernel if alike else None
        if first is None:
            return
        value, step = float(first.mean[0]), int(first.steps[0])
        yield Evidence(
            message=f"All weights of {listed([layer.name for layer in alike])} are {number(value)} "
            f"at step {step}: equal units stay alike.",
            suggestion=sentence(code("initialize")),
            tag=first.name,
            steps=(step,),
        )

    def _constant(
        self,
        model: ModelConfig,
        inner: Sequence[Layer],
        layers: Sequence[LayerSummary],
        code: Code,
    ) -> Iterator[Evidence]:
        alike = [layer for layer in inner if layer.units > 1 and constant(layer) is not None]
        if not alike:
            return
        around = model.kind != "Sequential" and all(constant(layer) == 0 for layer in alike)
        first = next((one.kernel for one in layers if one.layer is alike[0] and one.kernel), None)
        units = sum(layer.units for layer in alike)
        yield Evidence(
            message=f"The {units} units of {listed([layer.name for layer in alike])} all begin at "
            f"{number(constant(alike[0]) or 0.0)}: equal units get equal gradients and stay alike.",
            suggestion=sentence(code("initialize")),
            tag=first.name if first else "keras",
            steps=(int(first.steps[0]),) if first else (),
            severity=Severity.INFO if around else None,
        )

    def _gain(
        self,
        model: ModelConfig,
        inner: Sequence[Layer],
        fine: bool,  # noqa: FBT001 (private)
        code: Code,
    ) -> Iterator[Evidence]:
        fixed: dict[str, tuple[float, Layer]] = {}
        for layer in [*inner, *(layer for layer in model.outputs if layer.trainable)]:
            spread, inputs = fixed_std(layer) or self._odd(model, layer), fan_in(layer)
            gain = spread / he_std(inputs) if inputs else 0.0
            bends = activation(model, layer)
            if not gain or is_normalized(model, layer):
                continue
            if layer in model.outputs:
                if gain > 1:  # an output that begins small is fine
                    fixed[layer.name] = spread, layer
                continue
            if bends in SQUASHING and self.saturated.exceeded(gain):
                yield self._saturated(layer, spread, gain, code)
            elif bends not in ("sigmoid", "softmax"):
                fixed[layer.name] = spread, layer
        gain = prod(spread / he_std(fan_in(layer)) for spread, layer in fixed.values())
        off = max(gain, 1 / gain) if gain > 0 else float("inf")
        if not fixed or not self.gain.exceeded(off):
            return
        spread, layer = next(iter(fixed.values()))
        left = (
            f"only {number(gain)} is left of" if gain < 1 else f"{number(gain)} times as large is"
        )
        yield Evidence(
            message=sentence(
                f"{left} the size of a signal behind {listed(list(fixed))} as they begin: the "
                f"weights of {layer.name} have a standard deviation of {number(spread)}, and its "
                f"{fan_in(layer)} inputs call for {number(he_std(fan_in(layer)))}"
            ),
            suggestion=sentence(f"{code('initialize')}, in {listed(list(fixed))}"),
            tag="keras",
            comparison=self.gain.compare(off),
            severity=Severity.INFO if fine else None,
        )

    def _saturated(self, layer: Layer, spread: float, gain: float, code: Code) -> Evidence:
        return Evidence(
            message=f"The units of {layer.name} ({layer.activation}) begin saturated: their "
            f"weights have a standard deviation of {number(spread)}, {number(gain)} times what "
            f"{fan_in(layer)} inputs call for.",
            suggestion=sentence(f"{code('initialize')}, in {layer.name}"),
            tag="keras",
            comparison=self.saturated.compare(gain),
        )

    def _odd(self, model: ModelConfig, layer: Layer) -> float:
        """Standard deviation of a variance scaling that is far from usual, 0 for all others."""
        spread = odd_std(layer, float(self.scale))
        small = spread < he_std(fan_in(layer)) if spread else False
        return 0.0 if small and model.kind != "Sequential" else spread


def _is_single(layer: LayerSummary) -> bool:
    """Whether a kernel begins as one value; 1 is the scale of PyTorch's normalization."""
    first = layer.kernel
    scales = first is not None and layer.tag.endswith("weight") and first.mean[0] == 1
    if first is None or not len(first) or first.count[0] < MANY or scales:
        return False
    spread, mean = float(first.high[0] - first.low[0]), abs(float(first.mean[0]))
    return spread <= GRAIN * (mean or 1)
