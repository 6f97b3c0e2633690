"""The gradient dies away on its way to the first layers.

Why it matters:
    The first layers keep their random features.

How it is judged:
    The first quarter of at least four kernels in a row against the last. Where nothing is learned:
    gradient norms below a thousandth, movements below a twentieth, or, by the activations'
    largest derivatives, less than a hundredth of the gradient let through. Whatever the loss does:
    such gradient norms and first layers that do not move at all.

When it stays silent:
    A loss that falls while the first layers move: early layers of healthy networks have smaller
    gradients, and optimizers like Adam rescale them. Layers frozen on purpose.

What to try:
    ReLU instead of sigmoid or tanh, He initialization, normalization, skip connections.

Sources:
    Hochreiter 1991; Glorot and Bengio 2010, section 4.2; Zhang et al. 2021, "AUTOTRAINER" (1e-3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.layers import DEEP, GRAIN, LayerSummary, kernels_in_a_row
from tb_diagnose.analysis.learning_state import LearningState, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number, plural, sentence
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import Bound, diagnosis, limit, method
from tb_diagnose.roles.architecture import SLOPES, largest_slope
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.weights import NORMALIZERS


class _Profile(NamedTuple):
    """One number for each of the kernels in a row, and where it was read."""

    row: Sequence[LayerSummary]
    what: str
    sizes: Sequence[float]
    tag: str
    steps: tuple[int, ...]

    def evidence(
        self, bound: Bound, ratio: float, rest: str, learning: LearningState | None, remedy: str
    ) -> Evidence:
        few = len(self.row) // DEEP
        first, last = (float(np.median(part)) for part in (self.sizes[:few], self.sizes[-few:]))
        why = f"; {learning.sentence}" if learning and learning.poor else ""
        return Evidence(
            message=f"The {self.what} of the first {few} of {len(self.row)} kernels is "
            f"{number(first)}, of the last {few} {number(last)}{rest}{why}.",
            suggestion=remedy,
            tag=self.tag,
            steps=self.steps,
            comparison=bound.compare(ratio),
            related=tuple(layer.name for layer in self.row[:few]),
        )


def _shallow(layers: Sequence[LayerSummary] | None) -> str:
    few = len(kernels_in_a_row(layers or ())) < DEEP
    return f"fewer than {DEEP} kernels in a row" if few else ""


def _flat(layer_gradients: tuple[LayerSummary, ...]) -> str:
    return _shallow(layer_gradients)


def _short(layer_movements: tuple[LayerSummary, ...]) -> str:
    return _shallow(layer_movements)


@diagnosis(
    family="layers",
    severity=Severity.CRITICAL,
    leads_to=("disconnected-layers", "no-learning", "loss-plateau", "slow-convergence"),
    since="0.1",
)
class VanishingGradients:
    gradient = limit(1e-3, alarm="<", unit="of the last layers'", source="AUTOTRAINER: 1e-3")
    movement = limit(0.05, alarm="<", unit="of the last layers'", source="Adam rescales gradients")
    passed = limit(0.01, alarm="<", unit="of the gradient", source="four sigmoids: 0.25 ** 4")

    @method("gradients by depth", unless=_flat)
    def by_gradients(
        self,
        layer_gradients: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        row = kernels_in_a_row(layer_gradients)
        sizes = [_size(layer) for layer in row]
        few = len(row) // DEEP
        ratio = _ratio(sizes, few)
        stuck = all(_unmoved(layer) for layer in row[:few])
        failed = learning is not None and learning.poor
        if ratio is None or not self.gradient.exceeded(ratio) or not (failed or stuck):
            return
        track = row[0].gradient
        what = "gradient norm" if track.by_unit else "mean |gradient|"
        rest = ", and their updates are too small to change a 32-bit number" if stuck else ""
        profile = _Profile(row, what, sizes, track.tag, track.span())
        yield profile.evidence(self.gradient, ratio, rest, learning, _remedy(code, model))

    @method("movement by depth", unless=_short)
    def by_movement(
        self,
        layer_movements: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        model: ModelConfig | None = None,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        row = kernels_in_a_row(layer_movements)
        sizes = [layer.movement or 0.0 for layer in row]
        ratio = _ratio(sizes, len(row) // DEEP)
        failed = learning is not None and learning.poor
        if max(sizes) < GRAIN or ratio is None:
            return
        if failed and self.movement.exceeded(ratio):
            profile = _Profile(row, "movement", sizes, row[0].tag, row[0].span())
            yield profile.evidence(self.movement, ratio, "", learning, _remedy(code, model))
        elif model is not None and learning is not None:
            yield from self.by_activations(model, code, learning, train_loss, train_score, chance)

    @method("derivatives of the activations")
    def by_activations(
        self,
        model: ModelConfig,
        code: Code,
        learning: LearningState,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        well = does_well(train_loss, train_score, chance)
        if learning.poor or (learning.curve is not None and not well):
            yield from self._by_slopes(model, learning, code)

    def _by_slopes(
        self, model: ModelConfig, learning: LearningState, code: Code
    ) -> Iterator[Evidence]:
        inner = [layer for layer in model.layers if layer not in model.outputs]
        squashing = [layer for layer in inner if layer.activation in SLOPES]
        passed = float(np.prod([largest_slope(layer) for layer in squashing]))
        normalized = any(layer.kind in NORMALIZERS for layer in inner)
        if normalized or not self.passed.exceeded(passed):
            return
        kinds = sorted({layer.activation for layer in squashing})
        curve = learning.curve
        yield Evidence(
            message=f"{plural(len(squashing), 'hidden layer')} of {listed(kinds)} let at most "
            f"{number(passed)} of the gradient through to the first; {learning.sentence}.",
            suggestion=_remedy(code, model),
            tag=curve.name if curve else "",
            steps=curve.span(0) if curve else (),
            comparison=self.passed.compare(passed),
            severity=None if learning.poor else Severity.WARNING,
        )


def _size(layer: LayerSummary) -> float:
    typical = layer.gradient.typical
    return 0.0 if np.isnan(typical) else typical


def _ratio(sizes: Sequence[float], few: int) -> float | None:
    """The first layers' median over the last layers'; None where these have none."""
    last = float(np.median(sizes[-few:])) if few else 0.0
    return float(np.median(sizes[:few])) / last if last > 0 else None


def _unmoved(layer: LayerSummary) -> bool:
    """Whether steps are known to be too small to change the weights."""
    if layer.update.known:
        return layer.update.typical < GRAIN / 10
    return layer.still


def _remedy(code: Code, model: ModelConfig | None) -> str:
    inner = [layer for layer in model.layers if layer not in model.outputs] if model else []
    squashing = sorted({layer.activation for layer in inner} & SLOPES.keys())
    if squashing:
        return sentence(
            f"instead of {listed(squashing)} in the hidden layers {code('use ReLU')}; "
            f"{code('initialize')}; or normalize between the layers"
        )
    return sentence(f"skip connections or normalization between the layers; {code('initialize')}")
