"""The loss and the metric tell opposite stories.

Why it matters:
    One is trained, the other is wanted. Where the loss falls and the metric does not follow, or
    where the two cannot both be true, one of them does not measure what it seems to.

How it is judged:
    *They contradict each other*: a classifier's wrong answer gives the right class at most one
    half, which costs at least ln 2 of cross-entropy and at least 1/4 of squared error. The share
    of wrong answers can therefore not exceed the loss over ln 2 (4 times the squared error of a
    single sigmoid); it is compared at the end of training, with a margin of a tenth.
    *They part ways*: an error metric of the training data ends at half again its best value or
    more, or a score has lost half of what it gained, and the way there is a trend (Mann-Kendall,
    p < 0.01), while the training loss went on falling by a tenth or more.
    *The loss has no bottom*: it is below -1 at the end, fell at least as far in the second half of
    the run as in the first, and the training score gained less than a twentieth meanwhile: what
    is minimised is the opposite of a loss, or pays for being more wrong. That is critical.

When it stays silent:
    Fewer than 8 points (for parting ways, and for a bottom); a loss below 0 that levels off or
    whose score rises, such as the logarithm of a density; losses that are neither (focal, weighted
    or several); class weights are not known from a log, so that contradictions are only sought
    where the loss is far too low, not far too high.

What to try:
    Compute both by hand on ten examples. Look at the last layer against the labels' shape, at
    from_logits, at weight penalties in the loss, at the sign of a loss of your own, and at which
    metric "accuracy" stands for.

Sources:
    The bound follows from the definition of both; Braiek and Khomh 2023, "TheDeepChecker"
    (non-representative loss).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import course
from tb_diagnose.measure.levels import condense, end_level, finite
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.patterns import is_accuracy
from tb_diagnose.roles.tags import parse_tag


class Limits(Thresholds):
    """How far apart."""

    points: int = limit(8, unit="values", source="four behind the best for the rank test")
    margin: float = limit(0.1, unit="of all examples", source="chosen: rounding and running means")
    worse: float = limit(0.5, unit="of the best", source="chosen: far beyond noise")
    fall: float = limit(0.1, unit="of the loss", source="chosen: it clearly went on falling")
    chance: float = limit(0.01, unit="p-value", source="convention")
    bottom: float = limit(-1.0, unit="of the loss", source="chosen: cosines and Dice end at -1")
    gain: float = limit(0.05, unit="of a score", source="chosen: nothing is learned")


@diagnosis(
    family="generalisation",
    severity=Severity.WARNING,
    leads_to=("loss-divergence", "no-learning", "unfinished-training"),
    since="0.1",
)
def metric_loss_disagreement(
    train_loss: Series,
    train_score: Series | None,
    scalars: tuple[Series, ...] | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """What cannot be true first; then what parts ways."""
    if train_score is not None and model is not None:
        evidence = _contradiction(train_loss, train_score, model, limits)
        if evidence is not None:
            yield evidence
            return
    if train_score is not None:
        evidence = _bottomless(train_loss, train_score, limits)
        if evidence is not None:
            yield evidence
            return
    errors = [each for each in scalars or () if _is_training_error(each)]
    scores = [train_score] if train_score is not None else []
    for metric, sign in [*((each, 1) for each in errors), *((each, -1) for each in scores)]:
        evidence = _parted(train_loss, metric, sign, limits)
        if evidence is not None:
            yield evidence
            return


def _is_training_error(series: Series) -> bool:
    means = parse_tag(series.folder, series.tag)
    return means.kind == "error" and means.split == "train"


def _contradiction(
    loss: Series, score: Series, model: ModelConfig, limits: Limits
) -> Evidence | None:
    """More wrong answers than the loss leaves room for."""
    costs = _cost(model)
    values, shares = finite(loss.values), finite(score.values)
    if costs is None or not is_accuracy(score.tag) or not len(values) or not len(shares):
        return None
    price, name = costs
    level, wrong = end_level(values), 1 - end_level(shares)
    room = level / price
    if wrong <= room + limits.margin or level < 0:
        return None
    return Evidence(
        message=f"{score.name} ends at {number(1 - wrong)}, but {loss.name} at {number(level)}: each "
        f"wrong answer costs at least {number(price)} of {name}, so that at most "
        f"{number(100 * room)} % can be wrong. One of the two does not measure the labels.",
        suggestion="Compare both with ten examples by hand: the shape of the labels against the last "
        "layer, from_logits, and which metric the word accuracy stands for.",
        tag=score.name,
        related=(loss.name,),
        steps=(int(score.steps[-1]),),
        measured=wrong,
        limit=room + limits.margin,
        unit="of all examples",
    )


def _cost(model: ModelConfig) -> tuple[float, str] | None:
    """What a wrong answer costs at least, and in which currency; None where it is not known."""
    if len(model.outputs) != 1 or len(model.losses) != 1:
        return None
    last, loss = model.outputs[0], model.losses[0]
    if loss.config.get("label_smoothing"):
        return None
    if loss.name in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        return float(np.log(2)), "cross-entropy"
    if last.units != 1:
        return None
    if loss.name == "binary_crossentropy":
        return float(np.log(2)), "cross-entropy"
    if loss.name == "mean_squared_error" and last.activation == "sigmoid":
        return 0.25, "squared error"
    return None


def _bottomless(loss: Series, score: Series, limits: Limits) -> Evidence | None:
    """A loss that falls faster and faster, and nothing is learned of it."""
    shares, medians = finite(score.values), condense(loss.values).values
    if min(len(medians), len(shares)) < limits.points or medians[-1] >= limits.bottom:
        return None
    first, middle, last = (float(medians[at]) for at in (0, len(medians) // 2, -1))
    if not 0 < first - middle <= middle - last or shares[-1] - shares[0] >= limits.gain:
        return None
    return Evidence(
        message=f"{loss.name} falls without a bottom, from {number(first)} to {number(last)} and "
        f"faster and faster, while {score.name} goes from {number(float(shares[0]))} to "
        f"{number(float(shares[-1]))}: what is minimised is the opposite of a loss.",
        suggestion="Look at its sign: minimise -log p(y), not log p(y), and cost, not reward; a loss must "
        "not become less by being more wrong. Labels outside 0..1 do the same to a cross-entropy.",
        tag=loss.name,
        related=(score.name,),
        steps=(int(loss.steps[0]), int(loss.steps[-1])),
        measured=last,
        limit=limits.bottom,
        unit="of the loss",
        severity=Severity.CRITICAL,
    )


def _parted(loss: Series, metric: Series, sign: int, limits: Limits) -> Evidence | None:
    """``sign``: 1 for a metric that should fall, -1 for one that should rise."""
    run = course(metric.values, sign)
    if run is None or run.points < limits.points:
        return None
    scale = abs(run.best) if sign > 0 else run.progress
    if scale <= 0 or run.rise < limits.worse * scale or len(run.after) < limits.points // 2:
        return None
    at = int(run.condensed.first[run.at_best])
    behind = finite(loss.values)[at * len(loss) // len(metric) :]
    p = trend(condense(run.after).values).rising
    if p >= limits.chance or len(behind) < 2:
        return None
    if not end_level(behind) < (1 - limits.fall) * behind[0]:
        return None
    return Evidence(
        message=f"{metric.name} was best at step {metric.steps[at]} ({number(abs(run.best))}) and is "
        f"{number(abs(run.end))} at the end, while {loss.name} fell from {number(behind[0])} to "
        f"{number(end_level(behind))}: what is minimised is not what is wanted.",
        suggestion="Look at what else is in the loss (weight penalties, other outputs, sample weights), "
        f"and keep the weights by {metric.name.rpartition('/')[2]}, not by the loss.",
        tag=metric.name,
        related=(loss.name,),
        steps=(int(metric.steps[at]), int(metric.steps[-1])),
        measured=run.rise / scale,
        limit=limits.worse,
        unit="of the best" if sign > 0 else "of what was gained",
        confidence=f"p = {number(p)}, Mann-Kendall behind the best",
    )
