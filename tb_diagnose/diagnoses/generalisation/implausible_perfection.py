"""Perfect on the training data, with nothing held out to tell learning from memorising.

Why it matters:
    A network with more weights than examples can learn any labels by heart, random ones included.
    A training score of 1.0 then says nothing about the next example.

How it is judged:
    No validation curve is in the run, and the training score ends at 0.995 or above. It is a
    warning where the model is known to have at least 100 times as many weights as there are
    examples. The number of examples is read off from the accuracy, which moves in whole examples.

When it stays silent:
    There is validation data; the score is below; no score is logged.

What to try:
    Hold data out: model.fit(..., validation_split=0.2). Shuffle the labels once and train again:
    if the training score is as high, it is memorising.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tb_diagnose.diagnosis import diagnosis, limit
from tb_diagnose.findings import Evidence, Severity
from tb_diagnose.measure.granularity import sample_size
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.runs import ModelConfig, Series
from tb_diagnose.words import number


@dataclass(frozen=True)
class Limits:
    """How perfect, and how much larger the model than the data."""

    score: float = limit(0.995, unit="of all examples", source="chosen: one error in 200")
    weights: float = limit(100.0, unit="weights an example", source="chosen: far beyond any fit")


@diagnosis(family="generalisation", severity=Severity.INFO, since="0.1")
def implausible_perfection(
    train_score: Series,
    val_loss: Series | None,
    val_score: Series | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Only where nothing at all is held out."""
    values = finite(train_score.values)
    if val_loss is not None or val_score is not None or not len(values):
        return
    level = end_level(values)
    if level < limits.score or level > 1:
        return
    examples = sample_size(train_score.values)
    weights = model.parameters if model is not None else -1
    memorised = bool(examples and weights > limits.weights * examples)
    says = f"{train_score.name} ends at {number(level)}, and nothing was held out to check it on."
    if memorised:
        says += f" {weights:,} weights can learn {examples} examples by heart, whatever the labels."
    first = int((train_score.values >= limits.score).argmax())
    yield Evidence(
        says=says,
        fix="Hold data out: model.fit(..., validation_split=0.2).",
        tag=train_score.name,
        steps=(int(train_score.steps[first]), int(train_score.steps[-1])),
        measured=level,
        limit=limits.score,
        unit="of all examples",
        severity=Severity.WARNING if memorised else None,
    )
