"""The learning rate is so low that it alone sets the pace.

Why it matters:
    Every step is a fraction of what it could be: the run would get where it is going, many times
    later. Often a zero too many, or a schedule that decayed before it began.

How it is judged:
    Two signs, both of the rate and of the curve. *Far below the usual*: a rate of 1 % of the
    optimizer's default or less (Adam and its kin 1e-3, SGD 0.01), while the training loss came
    down by less than half of its start. *A straight line*: a rate at the default or below it,
    while the training loss falls in a line: the second half falls by 0.7 to 1.1 times as much as
    the first (less bends, more speeds up), Mann-Kendall p < 0.001, no more than half of the start
    is gone, and the curve departs from the line by less than a tenth of its fall. A step of Adam
    is as large as the rate, so that such a line is what a rate that sets the pace looks like.

When it stays silent:
    Fewer than 3 values (20 for a line); a rate that is not known or is warming up; a curve that
    bends; a loss near a level where nothing more is to be had. Fine-tuning goes at 1e-5: a rate
    far below the default is a note where the log does not describe the model and the loss falls
    by 2 % or more.

What to try:
    Multiply the rate by 3, then by 10, for as long as the loss falls smoothly.

Sources:
    Kingma and Ba 2015, "Adam", section 2.1 (the step is bounded by the rate); Smith 2017,
    "Cyclical learning rates", section 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig, Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course, course
from tb_diagnose.measure.levels import finite
from tb_diagnose.measure.reductions import max_of, range_of
from tb_diagnose.measure.trend import trend

#: Optimizer → its default rate in Keras, which is also what is usual.
DEFAULT = {"sgd": 0.01, "adadelta": 1.0, "lion": 1e-4, "adafactor": 1e-3}


class Limits(Thresholds):
    """How low, how straight."""

    points: int = limit(3, unit="values", source="chosen: fewer show no course")
    line: int = limit(20, unit="values", source="ten in each half, whose slopes are compared")
    far: float = limit(0.01, unit="of the default", source="chosen: two zeros too many")
    gone: float = limit(0.5, unit="of the start", source="chosen: more has converged somewhere")
    least: float = limit(0.02, unit="of the start", source="below, nothing can be seen")
    slower: float = limit(0.7, unit="of the first half's fall", source="as slow-convergence")
    faster: float = limit(1.1, unit="of the first half's fall", source="chosen: more speeds up")
    bend: float = limit(0.1, unit="of the fall", source="chosen: a line, to the eye")
    chance: float = limit(0.001, unit="p-value", source="chosen: the fall must be beyond doubt")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=(
        "slow-convergence",
        "no-learning",
        "unfinished-training",
        "underfitting",
        "frozen-weights",
        "update-ratio",
    ),
    since="0.1",
)
def learning_rate_too_low(
    optimizer: Optimizer,
    train_loss: Series,
    learning_rate: Series | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The rate against the default, and the loss against a line."""
    rate = _rate(optimizer, learning_rate)
    run = course(train_loss.values)
    if rate is None or run is None or run.points < limits.points:
        raise NotApplicable(f"no learning rate, or fewer than {limits.points} values of the loss")
    default = DEFAULT.get(optimizer.name, 1e-3)
    fell = (run.start - run.end) / abs(run.start) if run.start else 0.0
    if (
        run.points < len(train_loss)
        or rate > 1.01 * default
        or not -limits.least < fell < limits.gone
    ):
        return
    if rate <= limits.far * default:
        how = f"{number(default / rate)} times below its default of {default:g}"
        told = model is not None or fell < limits.least
        grave = Severity.WARNING if told else Severity.INFO
    elif fell > limits.least and optimizer.name and _straight(run, limits):
        how, grave = "and the loss falls in a straight line: the rate sets the pace", None
    else:
        return
    name = optimizer.class_name
    yield Evidence(
        message=f"{name} runs at a learning rate of {rate:g}, {how}; {train_loss.name} went from "
        f"{number(run.start)} to {number(run.end)} ({percent(fell)}) in {len(train_loss)} values.",
        suggestion=f"{name}(learning_rate={rate:g}) → {name}(learning_rate={max(3 * rate, default):g}), "
        "and on by threes for as long as the loss falls smoothly.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[0]), int(train_loss.steps[-1])),
        measured=rate,
        limit=limits.far * default if grave else default,
        unit="learning rate",
        severity=grave,
    )


def _rate(optimizer: Optimizer, logged: Series | None) -> float | None:
    """The highest rate there was; None where it is not known, is 0, or is still warming up."""
    values = finite(logged.values) if logged is not None else np.empty(0)
    if len(values) > 2 and np.argmax(values) > 0.8 * len(values) and range_of(values) > 0:
        return None
    rate = max_of(values) if len(values) else optimizer.learning_rate
    return rate if rate is not None and rate > 0 else None


def _straight(run: Course, limits: Limits) -> bool:
    values = run.condensed.values
    along = np.linspace(0, 1, len(values))
    slope, level = np.polyfit(along, values, 1)
    middle = len(values) // 2
    first = float(np.polyfit(along[: middle + 1], values[: middle + 1], 1)[0])
    second = float(np.polyfit(along[middle:], values[middle:], 1)[0])
    off = max_of(np.abs(values - (slope * along + level)))
    return bool(
        len(values) >= limits.line
        and first < 0
        and limits.slower <= second / first <= limits.faster
        and off <= limits.bend * abs(slope)
        and trend(values).falling < limits.chance
    )
