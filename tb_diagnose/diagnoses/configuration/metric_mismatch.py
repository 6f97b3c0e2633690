"""The metric does not measure what the loss trains.

Why it matters:
    Accuracy counts exact hits. A number that is predicted to be 3.14 when it is 3.15 is no hit, so
    that the accuracy of a regression stays at 0 however good it is, and moves for no good reason.

How it is judged:
    By the configuration as compiled: an accuracy beside a loss that is a distance (mean squared
    error and its kin), where the last layer gives numbers and not probabilities. A warning where
    the accuracy as logged never exceeds a tenth, or does not move at all; a note otherwise, since
    the labels may be classes (then the loss is the wrong one of the two).

When it stays silent:
    The log does not name loss and metrics; a distance beside a softmax or sigmoid, where accuracy
    has a meaning.

What to try:
    metrics=["mae"] for numbers. For classes: a cross-entropy with a softmax or sigmoid.

Sources:
    Keras API reference, "Accuracy metrics"; Islam et al. 2019, "A comprehensive study on deep
    learning bug characteristics".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.diagnosis import Thresholds, diagnosis, limit
from tb_diagnose.findings import Evidence, Severity
from tb_diagnose.measure.levels import finite
from tb_diagnose.measure.reductions import max_of, range_of
from tb_diagnose.model import ModelConfig
from tb_diagnose.runs import Series
from tb_diagnose.structure import DISTANCES, PROBABILITIES
from tb_diagnose.words import number


class Limits(Thresholds):
    """When an accuracy means nothing."""

    accuracy: float = limit(
        0.1, unit="of all examples", source="chosen: classes are hit more often"
    )


@diagnosis(family="configuration", severity=Severity.WARNING, since="0.1")
def metric_mismatch(
    model: ModelConfig, train_score: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """Accuracy beside a distance."""
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
        says=f"The metric is {metric} and the loss {loss}: {metric} counts exact hits, which "
        "numbers hardly ever are" + (f"; it never exceeds {number(level)}." if useless else "."),
        fix='metrics=["mae"] if the target is a number. If it is a class: '
        'Dense(1, "sigmoid") with binary_crossentropy, or Dense(K, "softmax") with '
        "sparse_categorical_crossentropy.",
        tag=train_score.name if train_score is not None and seen else "keras",
        steps=(int(train_score.steps[0]),) if train_score is not None and seen else (),
        measured=level if seen else None,
        limit=limits.accuracy if seen else None,
        unit="of all examples" if seen else "",
        severity=None if useless else Severity.INFO,
    )
