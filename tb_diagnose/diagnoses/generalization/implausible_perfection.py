"""Too good to mean what it says: perfect with nothing held out, or from the start.

Why it matters:
    A network with more weights than examples can learn any labels by heart. A validation score of
    1 that needed no training is more often a leak than a triumph.

How it is judged:
    No validation is logged, and the training score ends at 0.995 or above. Or each of at least
    three validation scores is 0.9995 or above, the first included.

When it stays silent:
    Both are logged and neither is perfect from the start.

What to try:
    Hold data out. Train once on shuffled labels: if the score is as high, it is memorizing. Count
    examples that are in both sets.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization"; Kapoor and
    Narayanan 2023, "Leakage and the reproducibility crisis in machine-learning-based science".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import PERFECT
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.granularity import sample_size


def _held_out(val_loss: Curve | None) -> str:
    return "validation is logged, without a score" if val_loss is not None else ""


@diagnosis(family="generalization", severity=Severity.INFO, since="0.1")
class ImplausiblePerfection:
    score = limit(PERFECT, alarm=">=", unit="of all examples", source="analysis/learning_state.py")
    perfect = limit(0.9995, alarm=">=", unit="of all examples", source="1, but for rounding")

    @method("the validation score", points={"val_score": 3})
    def from_the_start(self, val_score: Curve) -> Iterator[Evidence]:
        lowest = val_score.lowest
        if lowest is not None and lowest.value <= 1 and self.perfect.exceeded(lowest.value):
            yield Evidence(
                message=f"{val_score.name} is {number(lowest.value)} or better from step "
                f"{val_score.steps[0]} on, in all {len(val_score)} validations: there was nothing "
                "to learn.",
                suggestion="Count the examples that are in both sets, and look for a feature that "
                "gives the label away; if there are none, the task is an easy one.",
                tag=val_score.name,
                steps=val_score.span(0),
                comparison=self.perfect.compare(lowest.value),
            )

    @method("the training score alone", unless=_held_out)
    def nothing_held_out(
        self, train_score: Curve, model: ModelConfig | None = None
    ) -> Iterator[Evidence]:
        end = train_score.end
        if end is None or end.value > 1 or not self.score.exceeded(end.value):
            return
        examples = sample_size(train_score.series.values)
        weights = model.parameters if model is not None else -1
        memorized = examples and weights > examples
        first = int(np.argmax(train_score.values >= self.score))
        yield Evidence(
            message=f"{train_score.name} ends at {number(end.value)}, and nothing was held out to "
            "check it on."
            + (
                f" {weights:,} weights can learn {examples} examples by heart." if memorized else ""
            ),
            suggestion="Hold a fifth of the data out, and log loss and score on it.",
            tag=train_score.name,
            steps=train_score.span(first),
            comparison=self.score.compare(end.value),
        )
