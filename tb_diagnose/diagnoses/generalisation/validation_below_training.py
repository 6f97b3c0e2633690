"""The validation loss lies below the training loss.

Why it matters:
    Usually it is harmless and has one of three reasons, which are worth knowing before the two
    curves are compared. Now and then it is a leak, or a validation set that is easier.

How it is judged:
    Each validation is compared with the training loss at the same time. It lies below where it is
    less than 0.9 times as high in at least 7 of 10 of the validations behind the first third.

When it stays silent:
    A model with dropout, noise or augmentation layers, which make training harder than
    validation: that is as it should be. Fewer than 5 validations; a training loss that did not
    come down by a tenth; losses that go below zero; a first third that lies below (an epoch's
    training loss is an average over the epoch, and lags by half of one).

What to try:
    Evaluate the training data without dropout and augmentation: model.evaluate(x_train, y_train).
    If that is below the validation loss, all is well. If not, look for validation examples in the
    training data, and for how the two were split.

Sources:
    Keras FAQ, "Why is my training loss much higher than my testing loss?"; limits from runmedic
    (0.9 times in 70 % of evaluations).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.medians import median, row_medians
from tb_diagnose.measure.reductions import all_of, min_of
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.curves import Pair

#: Parts of the names of layers that are random in training only.
RANDOM = ("Dropout", "Noise", "Random")


class Limits(Thresholds):
    """How far below, how often."""

    points: int = limit(5, unit="validations", source="chosen: fewer show no habit")
    below: float = limit(0.9, unit="of the training loss", source="runmedic")
    learned: float = limit(0.9, unit="of the first training loss", source="chosen: it learns")
    often: float = limit(0.7, unit="of the validations", source="runmedic")


@diagnosis(family="generalisation", severity=Severity.INFO, since="0.1")
def validation_below_training(
    pairs: tuple[Pair, ...], model: ModelConfig | None, limits: Limits
) -> Iterator[Evidence]:
    """The total loss of both splits, behind the first third."""
    pair = next((each for each in pairs if each.better < 0), None)
    if pair is None or len(pair.val) < limits.points or not len(pair.train):
        raise NotApplicable(
            f"no loss with {limits.points} validations",
            "model.fit(..., validation_data=(x_val, y_val))",
        )
    if model is not None and any(word in layer.kind for layer in model.layers for word in RANDOM):
        return
    train = finite(pair.train.values)
    if not len(train) or end_level(train) > limits.learned * train[0]:
        return
    val = np.asarray(pair.val.values, dtype=np.float64)
    beside = _beside(np.asarray(pair.train.values, dtype=np.float64), len(val))
    third = len(val) // 3
    later, then = val[third:], beside[third:]
    known = np.isfinite(later) & np.isfinite(then)
    if not all_of(known):
        later, then = later[known], then[known]
    if not len(later) or min_of(later) < 0 or min_of(then) <= 0:
        return
    below = later < limits.below * then
    often = np.count_nonzero(below) / len(below)
    if often < limits.often:
        return
    ratio = float(median(later / then))
    first = third + int(known.nonzero()[0][below.argmax()])
    yield Evidence(
        message=f"{pair.val.name} is {number(ratio)} times {pair.train.name} in the middle, and lies "
        f"below it in {percent(often)} of the validations: {_why(model)}.",
        suggestion="Evaluate the training data in the same way: model.evaluate(x_train, y_train). If that "
        "is the lower one, all is well; if not, look for a leak or an easier validation set.",
        tag=pair.val.name,
        related=(pair.train.name,),
        steps=(int(pair.val.steps[first]), int(pair.val.steps[-1])),
        measured=often,
        limit=limits.often,
        unit="of the validations",
    )


def _beside(train: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The training loss beside each of so many validations. [count]

    Point for point where both have as many, else by their share of the run.
    """
    if len(train) == count:
        return train
    place = np.maximum((np.arange(count) + 1) * len(train) // count - 1, 0)
    width = max(1, len(train) // count)
    windows = np.lib.stride_tricks.sliding_window_view(train, width)
    return row_medians(windows[place - width + 1])


def _why(model: ModelConfig | None) -> str:
    """The likely reason, from what the model holds."""
    if model is None:
        return "dropout and augmentation make training harder than validation"
    if is_penalized(model):
        return "the penalty counts in both, so that it is the data that differ, or augmentation"
    return "the model has no dropout, so that augmentation, an easier split or a leak remain"
