"""Too good to mean what it says: perfect with nothing held out, or on held-out data from the start.

Why it matters:
    A network with more weights than examples can learn any labels by heart, random ones included.
    A training score of 1.0 then says nothing about the next example. A validation score of 1.0 that
    needed no training is more often a leak than a triumph.

How it is judged:
    *Nothing held out*: no validation curve is in the run, and the training score ends at 0.995 or
    above. Where the model is known to have at least 100 times as many weights as there are
    examples, the evidence says so; the number of examples is read off from the accuracy, which
    moves in whole examples. *From the start*: each of at least 3 validation scores is 0.9995 or
    above, the first included. Both are notes: data may be held out elsewhere, and a task be easy.

When it stays silent:
    Both are held against each other and neither is perfect from the start; no score is logged.

What to try:
    Hold data out: model.fit(..., validation_split=0.2). Shuffle the labels once and train again:
    if the training score is as high, it is memorising. Count examples that are in both sets, and
    look for a feature that gives the label away.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization"; Kapoor and
    Narayanan 2023, "Leakage and the reproducibility crisis in machine-learning-based science".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.granularity import sample_size
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.reductions import min_of


class Limits(Thresholds):
    """How perfect, and how much larger the model than the data."""

    score: float = limit(0.995, unit="of all examples", source="chosen: one error in 200")
    perfect: float = limit(0.9995, unit="of all examples", source="chosen: 1, but for rounding")
    validations: int = limit(3, unit="validations", source="chosen: one may be luck")
    weights: float = limit(100.0, unit="weights an example", source="chosen: far beyond any fit")


@diagnosis(family="generalisation", severity=Severity.INFO, since="0.1")
def implausible_perfection(
    train_score: Series | None,
    val_loss: Series | None,
    val_score: Series | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Without held-out data by the end, with it by the start."""
    if val_score is not None:
        yield from _from_the_start(val_score, limits)
        return
    values = finite(train_score.values) if train_score is not None else np.empty(0)
    if train_score is None or val_loss is not None or not len(values):
        return
    level = end_level(values)
    if level < limits.score or level > 1:
        return
    examples = sample_size(train_score.values)
    weights = model.parameters if model is not None else -1
    memorised = bool(examples and weights > limits.weights * examples)
    message = (
        f"{train_score.name} ends at {number(level)}, and nothing was held out to check it on."
    )
    if memorised:
        message += (
            f" {weights:,} weights can learn {examples} examples by heart, whatever the labels."
        )
    first = int((train_score.values >= limits.score).argmax())
    yield Evidence(
        message=message,
        suggestion="Hold data out: model.fit(..., validation_split=0.2).",
        tag=train_score.name,
        steps=(int(train_score.steps[first]), int(train_score.steps[-1])),
        measured=level,
        limit=limits.score,
        unit="of all examples",
    )


def _from_the_start(val_score: Series, limits: Limits) -> Iterator[Evidence]:
    values = finite(val_score.values)
    if len(values) < limits.validations or not limits.perfect <= min_of(values) <= 1:
        return
    yield Evidence(
        message=f"{val_score.name} is {number(min_of(values))} or better from step "
        f"{val_score.steps[0]} on, in all {len(values)} validations: there was nothing to learn.",
        suggestion="Count the examples that are in both sets, and look for a feature that gives the label "
        "away; if there are none, the task is an easy one.",
        tag=val_score.name,
        steps=(int(val_score.steps[0]), int(val_score.steps[-1])),
        measured=min_of(values),
        limit=limits.perfect,
        unit="of all examples",
    )
