"""Validation gets worse while training still gets better.

Why it matters:
    From its best step on the model learns what is peculiar to the training data. The weights at
    the end are worse than weights the run already had.

How it is judged:
    On the loss that is logged on both splits, else on the main losses of both. The best is the
    lowest running median of three of the validation curve, the end the median of its last tenth (3
    points at least). It is overfitting where the end lies at least 5 % above the best, the training
    loss has fallen by at least 5 % since, and the values behind the lowest one rise (Mann-Kendall,
    p < 0.05, the lowest itself left out, since it was chosen for being low) or, having risen, stay
    there: of 10 or more, without the first quarter, nine in ten lie that far above the best, and
    the end by 6 standard deviations of the noise. A rise of less than 3 % of the progress that
    validation had made is none. From 2.5 % on, or where the rise is sure only with the lowest value
    counted in, it is worth a note. With only 3 or 4 validations each must be worse than the one
    before and the rise be 10 %; the evidence then says how little that rests on. Where no training
    loss is logged, the rise must be 20 % and p < 0.02.

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

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course, course
from tb_diagnose.measure.levels import condense, differences, finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of, any_of
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.curves import Pair


class Limits(Thresholds):
    """How much worse, how sure."""

    points: int = limit(3, unit="validations", source="chosen: fewer cannot show a direction")
    few: int = limit(5, unit="validations", source="below, no rank test reaches p < 0.05")
    many: int = limit(10, unit="values behind the best", source="chosen: fewer show no level")
    stay: float = limit(0.9, unit="of the values behind the best", source="chosen: all but a few")
    noise: float = limit(6.0, unit="standard deviations", source="chosen: the best is an extreme")
    alone: float = limit(0.2, unit="of the best level", source="chosen: four times the usual")
    sure: float = limit(0.02, unit="p-value", source="chosen: there is no other evidence")
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
    pairs: tuple[Pair, ...] | None,
    train_loss: Series | None,
    val_loss: Series | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The total where there is one, and the validation loss alone where there is no other."""
    losses = [pair for pair in pairs or () if pair.better < 0]
    if not losses and train_loss is not None and val_loss is not None:
        losses = [Pair("loss", train_loss, val_loss, -1)]
    val = losses[0].val if losses else val_loss
    if val is None:
        raise NotApplicable(
            "no loss is logged on validation data",
            "model.fit(..., validation_data=(x_val, y_val))",
        )
    run = course(val.values)
    if run is None or run.points < limits.points:
        raise NotApplicable(
            f"fewer than {limits.points} validations",
            "model.fit(..., validation_data=(x_val, y_val), validation_freq=1)",
        )
    lowest = int(np.argmin(run.condensed.values))
    if run.best <= 0 or len(run.condensed) - lowest < 3:
        return
    if losses:
        yield from _judge(losses[0], run, lowest, model, limits)
    else:
        yield from _alone(val, run, lowest, limits)


def _judge(
    pair: Pair, val: Course, lowest: int, model: ModelConfig | None, limits: Limits
) -> Iterator[Evidence]:
    values = val.condensed.values
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
        if rise >= limits.rise_of_few and all_of(differences(values[lowest:]) > 0):
            sure = f"rests on {val.points} validations only"
            grave = Severity.WARNING if rise >= 2 * limits.rise_of_few else Severity.INFO
            yield _evidence(pair, at, numbers, limits.rise_of_few, sure, grave, model)
    elif behind >= limits.chance and _stays(values[lowest + 1 :], val, limits):
        sure = f"nine in ten of {len(values) - lowest - 1} values behind it lie that far above it"
        yield _evidence(pair, at, numbers, limits.rise, sure, Severity.WARNING, model)
    elif rise >= limits.note and min(behind, with_lowest) < limits.chance:
        strong = rise >= limits.rise and behind < limits.chance
        sure = _rank(behind, len(values) - lowest - 1)
        grave = Severity.WARNING if strong else Severity.INFO
        yield _evidence(pair, at, numbers, limits.rise, sure, grave, model)


def _stays(behind: NDArray[np.float64], val: Course, limits: Limits) -> bool:
    """Whether the curve rose behind its best and then stayed up, falling again or not."""
    later = behind[len(behind) // 4 :]
    up = (1 + limits.rise) * val.best
    return (
        len(behind) >= limits.many
        and val.end >= up
        and val.end - val.best >= limits.noise * val.noise
        and bool(np.mean(later >= up) >= limits.stay)
    )


def _rank(chance: float, values: int) -> str:
    return f"p = {number(chance)}, Mann-Kendall over {values} values behind it"


def _alone(val: Series, run: Course, lowest: int, limits: Limits) -> Iterator[Evidence]:
    """By validation only: it says that it got worse, not that training got better."""
    values, rise = run.condensed.values, run.end / run.best - 1
    chance = trend(values[lowest + 1 :]).rising
    if rise < limits.alone or chance >= limits.sure:
        return
    step = int(val.steps[int(run.condensed.first[lowest])])
    yield Evidence(
        message=f"{val.name} was best around step {step} ({number(run.best)}) and is "
        f"{number(run.end)} at the end, {percent(rise)} worse; no training loss is logged to "
        "compare it with.",
        suggestion=f"Keep the weights of step {step}: EarlyStopping(monitor='val_loss', patience=3, "
        "restore_best_weights=True), and log the training loss as well.",
        tag=val.name,
        steps=(step, int(val.steps[-1])),
        measured=rise,
        limit=limits.alone,
        unit="of the best level",
        confidence=_rank(chance, len(values) - lowest - 1),
    )


def _fell(train: Series, wall: float, share: float) -> float:
    """How far the training loss fell behind the best validation, as a share of its level then."""
    values = np.asarray(train.values, dtype=np.float64)
    behind = train.wall > wall
    if not (any_of(behind) and any_of(~behind)):  # one clock for all points: go by position
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
    confidence: str,
    severity: Severity,
    model: ModelConfig | None,
) -> Evidence:
    best, end, rise, fell = numbers
    step = int(pair.val.steps[at])
    regular = model is not None and any(layer.kind == "Dropout" for layer in model.layers)
    more = "stronger dropout or weight decay" if regular else "dropout or weight decay"
    return Evidence(
        message=f"{pair.val.name} was best around step {step} ({number(best)}) and is {number(end)} "
        f"at the end, {percent(rise)} worse, while {pair.train.name} fell by another "
        f"{percent(fell)}.",
        suggestion=f"Keep the weights of step {step}: EarlyStopping(monitor='val_loss', patience=3, "
        f"restore_best_weights=True). To get further: more data or augmentation, {more}, or a "
        "smaller model.",
        tag=pair.val.name,
        related=(pair.train.name,),
        steps=(step, int(pair.val.steps[-1])),
        measured=rise,
        limit=limit_of_rise,
        unit="of the best level",
        confidence=confidence,
        severity=severity,
    )
