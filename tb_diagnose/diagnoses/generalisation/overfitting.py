"""Validation gets worse while training still gets better.

Why it matters:
    From its best step on the model learns what is peculiar to the training data. The weights at
    the end are worse than weights the run already had.

How it is judged:
    On the loss that is logged on both splits. The best is the lowest running median of three of
    the validation curve, the end the median of its last tenth (3 points at least). It is
    overfitting where the end lies at least 5 % above the best, the values behind the lowest one
    rise (Mann-Kendall, p < 0.05, the lowest itself left out, since it was chosen for being low),
    and the training loss has fallen by at least 5 % since; a rise of less than 3 % of the progress
    that validation had made is none. From 2.5 % on, or where the rise is
    sure only with the lowest value counted in, it is worth a note. With only 3 or 4 validations
    each must be worse than the one before and the rise be 10 %; the evidence then says how little
    that rests on.

When it stays silent:
    No validation curve; a validation loss that is merely above the training loss (a gap is normal,
    and dropout or batch normalisation explain either sign); a rise of both curves
    (loss-divergence); noise around a level.

What to try:
    Keep the weights of the best step: EarlyStopping(restore_best_weights=True). Then more data or
    augmentation, weight decay, dropout, or a smaller model.

Sources:
    Prechelt 1998, "Early stopping - but when?"; Goodfellow, Bengio and Courville 2016, "Deep
    learning", section 7.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tb_diagnose.casting import Pair
from tb_diagnose.diagnosis import diagnosis, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.measure.course import Course, course
from tb_diagnose.measure.levels import condense, finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.trend import trend
from tb_diagnose.model import ModelConfig
from tb_diagnose.runs import Series
from tb_diagnose.words import number, percent


@dataclass(frozen=True)
class Limits:
    """How much worse, how sure."""

    points: int = limit(3, unit="validations", source="chosen: fewer cannot show a direction")
    few: int = limit(5, unit="validations", source="below, no rank test reaches p < 0.05")
    rise: float = limit(0.05, unit="of the best level", source="runmedic and SageMaker Debugger")
    rise_of_few: float = limit(0.1, unit="of the best level", source="chosen: twice the usual")
    progress: float = limit(
        0.03, unit="of validation's own progress", source="calibrated on the corpus: 0.2 % is noise"
    )
    note: float = limit(0.025, unit="of the best level", source="chosen: half of the usual")
    chance: float = limit(0.05, unit="p-value", source="convention")
    fall: float = limit(0.05, unit="of the training loss", source="chosen: as much as the rise")


@diagnosis(
    family="generalisation",
    severity=Severity.WARNING,
    leads_to=("oversized-model", "missing-regularisation"),
    since="0.1",
)
def overfitting(
    pairs: tuple[Pair, ...], model: ModelConfig | None, limits: Limits
) -> Iterator[Evidence]:
    """Each loss that is logged on both splits; the total alone where there is one."""
    losses = [pair for pair in pairs if pair.better < 0]
    if not losses:
        raise NotApplicable(
            "no loss is logged on both training and validation data",
            "model.fit(..., validation_data=(x_val, y_val))",
        )
    for pair in losses[:1]:
        val = course(pair.val.values)
        if val is None or val.points < limits.points:
            raise NotApplicable(
                f"fewer than {limits.points} validations",
                "model.fit(..., validation_data=(x_val, y_val), validation_freq=1)",
            )
        yield from _judge(pair, val, model, limits)


def _judge(
    pair: Pair, val: Course, model: ModelConfig | None, limits: Limits
) -> Iterator[Evidence]:
    values = val.condensed.values
    lowest = int(np.argmin(values))
    if val.best <= 0 or len(values) - lowest < 3:
        return
    few = val.points < limits.few
    best, end = (float(values[lowest]), float(values[-1])) if few else (val.best, val.end)
    rise = end / best - 1
    if end - best < limits.progress * val.progress:
        return
    at = int(val.condensed.first[lowest])
    fell = _fell(pair.train, float(pair.val.wall[at]), (at + 1) / len(pair.val))
    if fell < limits.fall:
        return
    numbers = (best, end, rise, fell)
    behind, with_lowest = trend(values[lowest + 1 :]).rising, trend(values[lowest:]).rising
    if few:
        if rise >= limits.rise_of_few and bool(np.all(np.diff(values[lowest:]) > 0)):
            sure = f"rests on {val.points} validations only"
            grave = Severity.WARNING if rise >= 2 * limits.rise_of_few else Severity.INFO
            yield _evidence(pair, at, numbers, limits.rise_of_few, sure, grave, model)
    elif rise >= limits.note and min(behind, with_lowest) < limits.chance:
        strong = rise >= limits.rise and behind < limits.chance
        sure = (
            f"p = {number(behind)}, Mann-Kendall over {len(values) - lowest - 1} values behind it"
        )
        grave = Severity.WARNING if strong else Severity.INFO
        yield _evidence(pair, at, numbers, limits.rise, sure, grave, model)


def _fell(train: Series, wall: float, share: float) -> float:
    """How far the training loss fell behind the best validation, as a share of its level then."""
    values = np.asarray(train.values, dtype=np.float64)
    behind = train.wall > wall
    if not (behind.any() and (~behind).any()):  # one clock for all points: go by position
        behind = np.arange(len(values)) >= share * len(values)
    before, later = finite(values[~behind]), finite(values[behind])
    if not len(before) or not len(later):
        return 0.0
    then = condense(before).values[-1] if len(before) < 50 else median(before[-len(before) // 10 :])
    now = median(later[-max(1, len(later) // 5) :])
    return float(1 - now / then) if then > 0 else 0.0


def _evidence(
    pair: Pair,
    at: int,
    numbers: tuple[float, float, float, float],
    limit_of_rise: float,
    sure: str,
    severity: Severity,
    model: ModelConfig | None,
) -> Evidence:
    best, end, rise, fell = numbers
    step = int(pair.val.steps[at])
    regular = model is not None and any(layer.kind == "Dropout" for layer in model.layers)
    more = "stronger dropout or weight decay" if regular else "dropout or weight decay"
    return Evidence(
        says=f"{pair.val.name} was best around step {step} ({number(best)}) and is {number(end)} "
        f"at the end, {percent(rise)} worse, while {pair.train.name} fell by another "
        f"{percent(fell)}.",
        fix=f"Keep the weights of step {step}: EarlyStopping(monitor='val_loss', patience=3, "
        f"restore_best_weights=True). To get further: more data or augmentation, {more}, or a "
        "smaller model.",
        tag=pair.val.name,
        also=(pair.train.name,),
        steps=(step, int(pair.val.steps[-1])),
        measured=rise,
        limit=limit_of_rise,
        unit="of the best level",
        sure=sure,
        severity=severity,
    )
