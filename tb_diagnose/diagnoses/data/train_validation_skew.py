"""Validation inputs are not made like training inputs.

Why it matters:
    A network that was trained on pixels of 0 to 1 and is asked about 0 to 255 answers something
    else. It looks like overfitting and is one forgotten line of preprocessing.

How it is judged:
    Each channel's mean and standard deviation over the whole run, in validation against training.
    The median channel decides: a scale more than 3 times apart, or means more than one standard
    deviation of the training inputs apart; a single channel where it is 10 times or 3 deviations.
    And the shapes of the inputs: another height and width is a finding by itself. Where inputs were
    not measured, by the losses: no model overfits before its first epoch is over. The validation
    loss is never below three times what the training loss began with, and ends no lower than it
    began, while the training loss falls by a fifth. That is a warning.

When it stays silent:
    No validation; differences that random splits make; augmentation, which moves means by a tenth
    of a deviation. Without measured inputs fewer than 5 points, and a validation loss that falls
    as well, such as one that is summed up over batches.

What to try:
    Send both data sets through the same function: scaling, resizing, colour order, tokenizer,
    numbers of the classes. Where there are batch normalisations, look at their momentum.

Sources:
    Breck et al. 2019, "Data validation for machine learning" (skew between training and serving);
    Zinkevich, "Rules of machine learning", rules 29 to 37.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite, typical
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import max_of, min_of
from tb_diagnose.roles.requirements import lack

Floats = NDArray[np.float64]
_FIX = (
    "Send the validation data through the same function as the training data (scaling, resizing, "
    "colour order)."
)


class Limits(Thresholds):
    """How far apart, for the median channel and for a single one."""

    scale: float = limit(3.0, unit="times", source="chosen: beyond any random split")
    one_scale: float = limit(10.0, unit="times", source="chosen: one rare feature may vary more")
    shift: float = limit(1.0, unit="standard deviations", source="chosen: beyond augmentation")
    one_shift: float = limit(3.0, unit="standard deviations", source="chosen: as for the scale")
    points: int = limit(5, unit="values", source="chosen: the first ones may be wild")
    above: float = limit(
        3.0, unit="times the first training loss", source="chosen: as initial-loss"
    )
    held: float = limit(0.9, unit="of its first value", source="chosen: no progress")
    fell: float = limit(0.2, unit="of the training loss", source="chosen: something is learned")


@diagnosis(
    family="data",
    severity=Severity.CRITICAL,
    leads_to=(
        "overfitting",
        "missing-regularisation",
        "noisy-validation",
        "validation-at-chance",
    ),
    since="0.1",
)
def train_validation_skew(
    input_vitals: Vitals | None,
    input_vitals_val: Vitals | None,
    train_loss: Series | None,
    val_loss: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the inputs where they were measured, else by the losses."""
    if input_vitals is not None and input_vitals_val is not None:
        yield from _by_inputs(input_vitals, input_vitals_val, limits)
    elif evidence := _by_losses(train_loss, val_loss, limits):
        yield evidence
    else:
        raise NotApplicable(*lack("input_vitals" if input_vitals is None else "input_vitals_val"))


def _by_losses(
    train_loss: Series | None, val_loss: Series | None, limits: Limits
) -> Evidence | None:
    """A validation loss out of all proportion from the start."""
    if train_loss is None or val_loss is None:
        return None
    ours, theirs = finite(train_loss.values), finite(val_loss.values)
    if min(len(ours), len(theirs)) < limits.points or ours[0] <= 0:
        return None
    first, lowest = float(ours[0]), min_of(theirs)
    if lowest < limits.above * first or end_level(ours) > (1 - limits.fell) * first:
        return None
    if end_level(theirs) < limits.held * theirs[0]:
        return None
    return Evidence(
        message=f"{val_loss.name} is {number(float(theirs[0]))} at first, {number(lowest / first)} "
        f"times what {train_loss.name} began with, and never lower than {number(lowest)}, while "
        f"that falls to {number(end_level(ours))}: validation data are prepared, or labelled, "
        "otherwise than training data.",
        suggestion=_FIX,
        tag=val_loss.name,
        related=(train_loss.name,),
        steps=(int(val_loss.steps[0]), int(val_loss.steps[-1])),
        measured=lowest / first,
        limit=limits.above,
        unit="times the first training loss",
        severity=Severity.WARNING,
    )


def _by_inputs(
    input_vitals: Vitals, input_vitals_val: Vitals, limits: Limits
) -> Iterator[Evidence]:
    """Shapes first, then scale, then shift."""
    yield from _shapes(input_vitals, input_vitals_val)
    if input_vitals.rows != input_vitals_val.rows:
        return
    (mean, std), (val_mean, val_std) = map(_statistics, (input_vitals, input_vitals_val))
    # A constant channel has no deviation to measure by.
    ratios = np.abs(np.log(val_std / std))
    if (worst := _beyond(ratios, np.log(limits.scale), np.log(limits.one_scale))) is not None:
        yield _evidence(
            input_vitals,
            f"The standard deviation of {input_vitals.rows[worst]} is {number(float(std[worst]))} "
            f"in training and {number(float(val_std[worst]))} in validation.",
            float(np.exp(ratios[worst])),
            limits.scale,
            "times",
        )
        return
    shifts = np.abs(val_mean - mean) / std
    if (worst := _beyond(shifts, limits.shift, limits.one_shift)) is not None:
        yield _evidence(
            input_vitals,
            f"The mean of {input_vitals.rows[worst]} is {number(float(mean[worst]))} in training "
            f"and {number(float(val_mean[worst]))} in validation, "
            f"{number(float(shifts[worst]))} standard deviations away.",
            float(shifts[worst]),
            limits.shift,
            "standard deviations",
        )


def _statistics(vitals: Vitals) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each channel, as medians over the steps. [rows] each"""
    mean, std = (typical(vitals.column(name)) for name in ("mean", "std"))
    return mean, std


def _beyond(distances: Floats, allowed: float, one: float) -> int | None:
    """The channel that is farthest off, None where all are near enough."""
    known = distances[np.isfinite(distances)]
    if len(known) and (median(known) > allowed or max_of(known) > one):
        return int(np.argmax(np.where(np.isfinite(distances), distances, -1.0)))
    return None


def _shapes(train: Vitals, val: Vitals) -> Iterator[Evidence]:
    """Inputs of one name whose shapes differ; a free size (None or 0) may be anything."""
    ours, theirs = train.layout.get("shapes", {}), val.layout.get("shapes", {})
    for name in sorted(set(ours) & set(theirs)):
        if len(ours[name]) != len(theirs[name]) or any(
            a and b and a != b for a, b in zip(ours[name], theirs[name], strict=True)
        ):
            sizes = [" × ".join(map(str, shape)) for shape in (ours[name], theirs[name])]
            message = f"{name} has the shape {sizes[0]} in training and {sizes[1]} in validation."
            yield _evidence(train, message, None, None, "")


def _evidence(
    vitals: Vitals, message: str, measured: float | None, limit: float | None, unit: str
) -> Evidence:
    return Evidence(
        message=message,
        suggestion=_FIX,
        tag=vitals.name,
        steps=(int(vitals.steps[0]),),
        measured=measured,
        limit=limit,
        unit=unit,
    )
