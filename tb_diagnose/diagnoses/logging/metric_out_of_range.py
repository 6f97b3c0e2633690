"""A metric has values that it cannot have.

Why it matters:
    An accuracy above 1 or a cross-entropy below 0 is not what its name says: whatever is chosen
    by it is chosen by an error.

How it is judged:
    Every value of accuracies, F1, precision, recall, AUC, Dice, IoU and AP, as shares or percent,
    and of losses that are named or configured as cross-entropies.

When it stays silent:
    Scores without bounds, losses of other kinds, rounding.

What to try:
    Look for a sum where a mean is meant, a Dice without the denominator, labels outside 0..1, raw
    scores where probabilities are meant.

Sources:
    The definitions of the metrics.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, steps_of
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.chance_level import CROSS_ENTROPIES

#: Words of scores that are shares.
_SHARES = frozenset(
    "accuracy acc top1 top5 f1 f1score auc auroc precision recall dice iou miou map ap".split()
)
_CROSS_ENTROPY = frozenset("crossentropy bce xent ce entropy".split())


@diagnosis(family="logging", severity=Severity.WARNING, since="0.2")
class MetricOutOfRange:
    beyond = limit(1e-3, alarm=">", unit="outside of its range", source="more than rounding")

    @method("scores and cross-entropies")
    def by_values(
        self,
        scores: tuple[Curve, ...] = (),
        losses: tuple[Curve, ...] = (),
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        for curve in scores:
            if curve.finite and _SHARES & set(curve.info.words):
                yield from self._outside(curve, "a share of all")
        for curve in losses:
            if curve.finite and _is_cross_entropy(curve, model):
                yield from self._outside(curve, "a cross-entropy", bounded=False)

    def _outside(self, curve: Curve, kind: str, *, bounded: bool = True) -> Iterator[Evidence]:
        low, high = curve.lowest, curve.highest
        if low is None or high is None:
            return
        # Percent were made shares before; whatever is larger is neither.
        too_high = bounded and self.beyond.exceeded(high.value - 1)
        distances = curve.values - 1 if too_high else -curve.values
        worst = high if too_high else low
        distance = worst.value - 1 if too_high else -worst.value
        if not self.beyond.exceeded(distance):
            return
        outside = distances > self.beyond
        yield Evidence(
            message=f"{curve.name} is {number(worst.value)} at step {worst.step} "
            f"({plural(int(outside.sum()), 'value')} out of range), which {kind} cannot be.",
            suggestion="Look for a sum where a mean is meant, labels outside 0..1, raw scores "
            "where "
            "probabilities are meant, and compute it by hand on ten examples.",
            tag=curve.name,
            steps=steps_of(curve.series, outside),
            comparison=self.beyond.compare(distance),
        )


def _is_cross_entropy(curve: Curve, model: ModelConfig | None) -> bool:
    if _CROSS_ENTROPY & set(curve.info.words):
        return "cross" in curve.info.words or not {"entropy"} & set(curve.info.words)
    kinds = [loss.name for loss in model.losses] if model is not None else []
    return bool(kinds) and not curve.info.part and all(kind in CROSS_ENTROPIES for kind in kinds)
