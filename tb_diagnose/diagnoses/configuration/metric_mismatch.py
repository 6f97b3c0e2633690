"""The metric does not measure what the loss trains.

Why it matters:
    Accuracy counts exact hits. A number that is predicted to be 3.14 when it is 3.15 is no hit, so
    that the accuracy of a regression stays at 0 however good it is, and moves for no good reason.

How it is judged:
    By the configuration as compiled: an accuracy beside a loss that is a distance (mean squared
    error and its kin), where the last layer gives numbers and not probabilities. A warning where
    the accuracy as logged never exceeds a tenth, or does not move at all; a note otherwise, since
    the labels may be classes (then the loss is the wrong one of the two). Without a configuration,
    by an accuracy that is never above a hundredth in 6 points or more while the loss beside it
    falls by three tenths: a note.

When it stays silent:
    A configuration that does not name loss and metrics; a distance beside a softmax or sigmoid,
    where accuracy has a meaning.

What to try:
    metrics=["mae"] for numbers. For classes: a cross-entropy with a softmax or sigmoid. For an
    accuracy of your own: divide by the number of examples, not of batches, and not whole numbers.

Sources:
    Keras API reference, "Accuracy metrics"; Islam et al. 2019, "A comprehensive study on deep
    learning bug characteristics".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite, start_level
from tb_diagnose.measure.reductions import max_of, range_of
from tb_diagnose.roles.architecture import DISTANCES, PROBABILITIES
from tb_diagnose.roles.patterns import is_accuracy
from tb_diagnose.roles.requirements import lack


class Limits(Thresholds):
    """When an accuracy means nothing."""

    accuracy: float = limit(
        0.1, unit="of all examples", source="chosen: classes are hit more often"
    )
    none: float = limit(0.01, unit="of all examples", source="chosen: as good as none")
    fell: float = limit(0.3, unit="of the loss", source="chosen: something is learned")
    points: int = limit(6, unit="values", source="chosen: a score may be slow to rise")


@diagnosis(family="configuration", severity=Severity.WARNING, since="0.1")
def metric_mismatch(
    model: ModelConfig | None,
    train_score: Series | None,
    val_score: Series | None,
    train_loss: Series | None,
    val_loss: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Accuracy beside a distance, else accuracy that is none."""
    if model is not None:
        yield from _configured(model, train_score, limits)
        return
    pairs = ((train_score, train_loss), (val_score, val_loss))
    evidence = next(filter(None, (_none(*pair, limits) for pair in pairs)), None)
    if evidence is None:
        raise NotApplicable(*lack("model"))
    yield evidence


def _none(score: Series | None, loss: Series | None, limits: Limits) -> Evidence | None:
    """An accuracy that stays at nothing while the loss falls."""
    if score is None or loss is None or not is_accuracy(score.tag):
        return None
    values, costs = finite(score.values), finite(loss.values)
    if min(len(values), len(costs)) < limits.points or max_of(np.abs(values)) > limits.none:
        return None
    start, end = start_level(costs), end_level(costs)
    if not 0 < end < (1 - limits.fell) * start:
        return None
    return Evidence(
        message=f"{score.name} never exceeds {number(max_of(values))} in {len(values)} values, while "
        f"{loss.name} falls from {number(start)} to {number(end)}: accuracy counts exact hits, and "
        "there are none.",
        suggestion='metrics=["mae"] if the target is a number. If it is a class, count the hits by hand '
        "for one batch: whole numbers divided by one another give 0.",
        tag=score.name,
        related=(loss.name,),
        steps=(int(score.steps[0]), int(score.steps[-1])),
        measured=max_of(values),
        limit=limits.none,
        unit="of all examples",
        severity=Severity.INFO,
    )


def _configured(
    model: ModelConfig, train_score: Series | None, limits: Limits
) -> Iterator[Evidence]:
    if len(model.outputs) != 1 or len(model.losses) != 1:
        return
    last, loss = model.outputs[0], model.losses[0].name
    metric = next((name for name in model.metrics if "acc" in name), None)
    if metric is None or loss not in DISTANCES or last.activation in PROBABILITIES:
        return
    values = finite(train_score.values) if train_score is not None else np.empty(0)
    level = max_of(values) if len(values) else 0.0
    still = len(values) > 1 and range_of(values) == 0
    seen = train_score is not None and len(values) > 0
    useless = seen and (level <= limits.accuracy or still)
    yield Evidence(
        message=f"The metric is {metric} and the loss {loss}: {metric} counts exact hits, which "
        "numbers hardly ever are" + (f"; it never exceeds {number(level)}." if useless else "."),
        suggestion='metrics=["mae"] if the target is a number. If it is a class: '
        'Dense(1, "sigmoid") with binary_crossentropy, or Dense(K, "softmax") with '
        "sparse_categorical_crossentropy.",
        tag=train_score.name if train_score is not None and seen else "keras",
        steps=(int(train_score.steps[0]),) if train_score is not None and seen else (),
        measured=level if seen else None,
        limit=limits.accuracy if seen else None,
        unit="of all examples" if seen else "",
        severity=None if useless else Severity.INFO,
    )
