"""The weights do not move.

Why it matters:
    Steps are taken and nothing changes. Either the steps are too small to change a 32-bit number,
    or no gradient arrives.

How it is judged:
    Every trainable kernel stays within a millionth of its mean |weight| (Wasserstein distance of
    its histograms); or every measured update is 0; or all kernels stopped while nothing is learned.
    Critical where nothing is learned, else a warning; a note where it is unknown which layers are
    trainable.

When it stays silent:
    Layers frozen on purpose; one kernel moves; the learning rate went to 0 as planned; NaN.

What to try:
    The optimizer's usual learning rate. If it is usual, look for dead or saturated units, and for a
    loss that does not depend on the output.

Sources:
    Amazon SageMaker Debugger, rule UnchangedTensor; IEEE 754 (float32: 24 bits).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.layers import ENOUGH, GRAIN, LayerSummary
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number, plural, sentence
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.optimizer import usual_rates, vanished


def _kept(layers: tuple[LayerSummary, ...], learning: LearningState | None = None) -> str:
    weighed = [layer for layer in layers or () if layer.kind]
    kept = weighed and not any(layer.trainable for layer in weighed)
    learned = learning is not None and learning.curve is not None and not learning.poor
    return "every layer with weights is frozen on purpose" if kept and learned else ""


@diagnosis(
    family="layers",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "slow-convergence"),
    since="0.1",
    concerns=_kept,
)
class FrozenWeights:
    still = limit(
        GRAIN, alarm="<", unit="of mean |w|", source="16 times the resolution of 32-bit numbers"
    )
    share = limit(0.33, alarm=">=", unit="of the run", source="longer than any pause")

    @method("updates of the kernels")
    def by_updates(
        self,
        layer_updates: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        tracks = [layer.update for layer in layer_updates if layer.trainable]
        if tracks and all(track.known >= ENOUGH and not track.values.any() for track in tracks):
            message = (
                f"All updates of {plural(len(tracks), 'kernel')} were exactly 0 at "
                f"{plural(tracks[0].known, 'measured step')}"
            )
            found = Evidence(message, _remedy(code, optimizer), tracks[0].tag, tracks[0].span())
            yield self._judged(found, 0.0, learning, known=True)
        yield from self._on_purpose(model, learning)

    @method("movement of the kernels")
    def by_movement(
        self,
        layer_movements: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        optimizer: Optimizer | None = None,
        learning_rate: Curve | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        yield from self._on_purpose(model, learning)
        trained = [layer for layer in layer_movements if layer.trainable]
        if not trained:
            return
        farthest, since = max(layer.movement or 0 for layer in trained), 0
        if not self.still.exceeded(farthest):
            farthest, since = 0.0, max(layer.stopped for layer in trained)
            n = min(len(layer.moves) + 1 for layer in trained)
            failed, rest = learning is not None and learning.poor, n - 1 - since
            long = rest >= ENOUGH and self.share.exceeded(rest / n)
            if not failed or not long or (learning_rate and vanished(learning_rate.values)[-1]):
                return
        first, known = trained[0], all(layer.layer is not None for layer in trained)
        from_on = f" from step {first.span(since)[0]} on" if since else ""
        arrives = any(layer.gradient.late > 0 for layer in trained)
        message = (
            f"{plural(len(trained), 'trainable kernel' if known else 'kernel')} did not move"
            f"{from_on}, in {plural(len(first.moves) + 1 - since, 'histogram')}"
            + (", although gradients arrive" if arrives else "")
        )
        remedy = _remedy(code, optimizer, arrives=arrives)
        related = tuple(layer.tag for layer in trained[1:])
        found = Evidence(message, remedy, first.tag, first.span(since), related=related)
        yield self._judged(found, farthest, learning, known=known)

    @method("configuration")
    def by_configuration(
        self, model: ModelConfig, learning: LearningState | None = None
    ) -> Iterator[Evidence]:
        yield from self._on_purpose(model, learning)

    def _on_purpose(
        self, model: ModelConfig | None, learning: LearningState | None
    ) -> Iterator[Evidence]:
        """A note where most layers are frozen by the configuration and the training does badly."""
        weighed = [layer for layer in model.layers if layer.parameters] if model else []
        frozen = [layer.name for layer in weighed if not layer.trainable]
        everything = len(frozen) == len(weighed) and learning is not None and learning.poor
        if 2 * len(frozen) > len(weighed) and learning is not None and not learning.well:
            yield Evidence(
                message=f"{len(frozen)} of {plural(len(weighed), 'layer')} with weights are frozen "
                f"by the configuration (trainable=False): {listed(frozen)}.",
                suggestion="Set trainable=True before the model is compiled, unless their weights "
                "come from another training.",
                tag="keras",
                severity=Severity.WARNING if everything else Severity.INFO,
            )

    def _judged(
        self, found: Evidence, farthest: float, learning: LearningState | None, *, known: bool
    ) -> Evidence:
        """The evidence with what makes it severe: that nothing is learned."""
        harm = learning is not None and learning.poor
        return found._replace(
            message=found.message + (f"; {learning.sentence}." if learning and harm else "."),
            comparison=self.still.compare(farthest),
            confidence="a lower bound on the mean change of the weights",
            severity=None if harm else Severity.WARNING if known else Severity.INFO,
        )


def _remedy(code: Code, optimizer: Optimizer | None, *, arrives: bool = False) -> str:
    rate = optimizer.learning_rate if optimizer else None
    usual = usual_rates(optimizer, code.framework).default if optimizer else 0.0
    if rate is not None and rate < usual / 100:
        return f"{code.rate(optimizer, usual)}."
    look = (
        "see that the optimizer holds these weights and takes its steps"
        if arrives
        else "look at the gradients of one batch: where all are 0, units are dead or saturated, or "
        "the loss does not depend on the output"
    )
    return sentence(f"the learning rate of {number(rate)} is usual; {look}" if rate else look)
