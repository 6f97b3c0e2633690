"""The validation loss lies below the training loss.

Why it matters:
    Usually it is harmless. Now and then it is a leak.

How it is judged:
    Each validation behind the first third against the level of the training loss at the same
    step: less than 0.9 times as high in at least 7 of 10.

When it stays silent:
    Fewer than 5 validations; a training loss that did not come down; dropout or noise, unless the
    validation score lies a quarter above.

What to try:
    Evaluate the training data without dropout and augmentation. If that is below the validation
    loss, all is well. If not, look for validation examples in the training data.

Sources:
    Keras FAQ, "Why is my training loss much higher than my testing loss?"; runmedic (0.9 times in
    70 % of evaluations).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import FEW
from tb_diagnose.analysis.split_curves import APART, SplitCurves
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import is_penalized

#: Parts of the names of layers that are random in training only.
_RANDOM = ("Dropout", "Noise", "Random")


def _explained(splits: tuple[SplitCurves, ...], model: ModelConfig | None = None) -> str:
    """That dropout makes training harder; but not by a quarter of all examples, all along."""
    if not _random(model) or any(_far_above(pair) for pair in splits if pair.better > 0):
        return ""
    return "its random layers make training harder than validation"


def _random(model: ModelConfig | None) -> str:
    """The first layer that is random in training only, ``""`` where there is none."""
    layers = model.layers if model is not None else ()
    named = (layer.kind for layer in layers if any(word in layer.kind for word in _RANDOM))
    return next(named, "")


def _far_above(pair: SplitCurves) -> bool:
    """Whether the validation score lies far above the training score in half of the run."""
    return bool(pair.gap.finite) and float(np.median(-pair.gap.finite_values)) >= APART


@diagnosis(family="generalization", severity=Severity.INFO, since="0.1", concerns=_explained)
class ValidationBelowTraining:
    below = limit(0.9, alarm="<", unit="of the training loss", source="runmedic")
    often = limit(0.7, alarm=">=", unit="of the validations", source="runmedic")

    @method("losses of both splits")
    def by_splits(
        self, splits: tuple[SplitCurves, ...], model: ModelConfig | None = None
    ) -> Iterator[Evidence]:
        for pair in [each for each in splits if each.better < 0][:1]:
            train, gap = pair.training, pair.gap
            if gap.finite <= FEW or not (train.start and train.end_level):
                continue
            if train.start.value <= 0:
                continue
            third = gap.finite // 3
            beside = pair.training_levels[third:]
            ratios = (gap.values[third:] + beside) / beside
            fell = self.below.exceeded(train.end_level.value / train.start.value)
            if not fell or beside.min() <= 0 or ratios.min() < 0:
                continue
            low = ratios < self.below
            often = float(np.mean(low))
            if self.often.exceeded(often):
                first = int(gap.steps[third + int(np.argmax(low))])
                middle = float(np.median(ratios))
                far = middle < 1 - self.below
                yield Evidence(
                    message=f"{pair.validation.name} lies below {train.name} in "
                    f"{percent(often)} of the validations, at {number(middle)} times in the "
                    f"middle: {_FAR if far else _why(model)}.",
                    suggestion="Evaluate the training data in the same way, without dropout and "
                    "augmentation. If that is the lower one, all is well; if not, look for a leak "
                    "or an easier validation set.",
                    tag=pair.validation.name,
                    related=(train.name,),
                    steps=(first, int(gap.steps[-1])),
                    comparison=self.often.compare(often),
                    severity=Severity.WARNING if far else None,
                )


#: What no dropout makes of a loss.
_FAR = "it is another quantity, or another scale, or the same examples were seen in training"


def _why(model: ModelConfig | None) -> str:
    """The likely reason, from what the model holds."""
    if model is None:
        return "dropout, augmentation, or a training loss averaged while it falls may explain it"
    if _random(model):
        return f"more than {_random(model)} explains, an easier split or a leak remains"
    if is_penalized(model):
        return "the penalty counts in both, so that it is the data that differ, or augmentation"
    return "the model has no dropout, so that augmentation, an easier split or a leak remains"
