"""The model has far more weights than there are examples, and it shows.

Why it matters:
    With a hundred weights per example it is easier to learn each by heart than what they have in
    common.

How it is judged:
    The training accuracy moves in whole examples, which reveals their number. The model is
    oversized with at least 100 trained weights per example where the training score ends at least
    a quarter of the way from guessing to perfect above the validation score.

When it stays silent:
    The two scores agree: a large model that generalizes is not too large; the number of examples
    or of weights cannot be told.

What to try:
    Use fewer units or layers, more data or augmentation, or a pretrained model of which only the
    last layers are trained.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.split_curves import APART
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.granularity import sample_size
from tb_diagnose.roles.chance_level import ChanceLevel


def _weights(model: ModelConfig) -> list[int]:
    return [layer.parameters for layer in model.layers if layer.trainable]


def _uncountable(model: ModelConfig, train_score: Curve) -> str:
    if min(_weights(model), default=-1) < 0:
        return "the number of weights is not in the configuration"
    known = sample_size(train_score.values)
    return "" if known else "the number of training examples cannot be told from the score"


@diagnosis(family="configuration", severity=Severity.WARNING, since="0.1")
class OversizedModel:
    weights = limit(100, alarm=">=", unit="weights per example", source="far beyond any fit")

    @method("weights, examples and both scores", unless=_uncountable)
    def by_scores(
        self,
        model: ModelConfig,
        train_score: Curve,
        val_score: Curve,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        examples = sample_size(train_score.values) or 1
        train, val = train_score.end, val_score.end
        levels = train_score.end_level, val_score.end_level
        if train is None or val is None or levels[0] is None or levels[1] is None:
            return
        weights = sum(_weights(model))
        room = 1 - chance.accuracy if chance is not None else 1.0
        gap = (levels[0].value - levels[1].value) / room
        if self.weights.exceeded(weights / examples) and gap >= APART:
            yield Evidence(
                message=f"{weights:,} trained weights for {examples:,} examples; "
                f"{train_score.name} ends at {number(train.value)} and {val_score.name} at "
                f"{number(val.value)}.",
                suggestion="Use fewer units or layers, more data or augmentation, or a pretrained "
                "model of which only the last layers are trained.",
                tag=val_score.name,
                related=(train_score.name,),
                steps=(val.step,),
                comparison=self.weights.compare(weights / examples),
                confidence=f"the accuracy moves in steps of 1/{examples}",
            )
