"""Batch normalization validates with statistics that do not fit the data.

Why it matters:
    In training it normalizes by the batch, in validation by running averages. Where these lag
    behind, or come from other data, a good model looks bad.

How it is judged:
    The model has BatchNormalization, and at three validations or more the training score is past
    halfway from guessing to perfect, while validation is near guessing, or a quarter of that way
    behind and catches up later.

When it stays silent:
    No batch normalization in the configuration, no scores, a validation that follows.

What to try:
    Score the training data in inference mode. If that is low as well, lower the momentum (0.99
    keeps a third for 100 steps), train for more steps or with larger batches.

Sources:
    Ioffe and Szegedy 2015, "Batch normalization", section 3.1; Wu and Johnson 2021, "Rethinking
    'batch' in BatchNorm".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import HALFWAY, LearningState
from tb_diagnose.analysis.split_curves import APART, SplitCurves
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _without(model: ModelConfig | None) -> str:
    if model is None or any(layer.kind == "BatchNormalization" for layer in model.layers):
        return ""
    return "the model has no batch normalization"


@diagnosis(
    family="generalization",
    severity=Severity.WARNING,
    leads_to=("validation-at-chance", "noisy-validation", "overfitting"),
    since="0.2",
    concerns=_without,
)
class BatchNormStatistics:
    near = limit(0.2, alarm="<=", unit="of the way from guessing", source="far below any gap")
    often = limit(3, alarm=">=", unit="validations", source="one may be an accident")

    @method("scores and the configuration")
    def by_scores(
        self,
        model: ModelConfig,
        splits: tuple[SplitCurves, ...],
        learning: LearningState,
        code: Code,
    ) -> Iterator[Evidence]:
        chance = learning.chance
        scores = [pair for pair in splits if pair.better > 0 and len(pair.training_levels)]
        if chance is None or not scores:
            return
        pair = scores[0]
        held_out = pair.training_levels - pair.gap.values
        room = 1 - chance.accuracy
        good = (pair.training_levels - chance.accuracy) / room >= HALFWAY
        bad = (held_out - chance.accuracy) / room <= self.near
        late = float(pair.gap.values[-1])
        wide = (pair.gap.values / room >= APART) & (pair.gap.values >= 2 * late)
        off = np.flatnonzero(good & (bad | wide))
        if not self.often.exceeded(len(off)):
            return
        layers = [layer for layer in model.layers if layer.kind == "BatchNormalization"]
        momentum = layers[0].config.get("momentum") if layers else None
        said = f" with momentum {momentum:g}" if isinstance(momentum, int | float) else ""
        first = pair.gap.point(int(off[0]))
        yield Evidence(
            message=f"In {plural(len(off), 'validation')} {pair.validation.name} lags far behind "
            f"({number(float(held_out[off[0]]))} at step {first.step}) while "
            f"{pair.training.name} is "
            f"past halfway; the model has {plural(len(layers), 'batch normalization')}{said}.",
            suggestion="Score the training data in inference mode; if that is low as well, "
            f"{code('train batch normalization right')}.",
            tag=pair.validation.name,
            related=(pair.training.name,),
            steps=(first.step, int(pair.gap.steps[off[-1]])),
            comparison=self.often.compare(len(off)),
        )
