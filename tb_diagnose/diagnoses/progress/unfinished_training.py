"""The loss is still falling where the run ends.

Why it matters:
    The rest of what this model could learn was left on the table. Two models compared at such a
    point are compared by their speed, not by what they can do.

How it is judged:
    The training loss, and the validation loss where there is one, fall over the last fifth of
    their medians (3 at least) by at least a tenth of all they fell and by 5 % of their level
    (Mann-Kendall, p < 0.01; with fewer than 5 points in it every point below the one before).

When it stays silent:
    Fewer than 10 points; a validation loss that has stopped falling; a learning rate that has
    decayed below a hundredth of its peak (then the schedule has finished).

What to try:
    Train on, as long as the validation loss falls: EarlyStopping(patience=5) with many epochs
    finds the end by itself.

Sources:
    Google, "Deep learning tuning playbook" (deciding how long to train).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course, course
from tb_diagnose.measure.levels import differences
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.measure.trend import trend


class Limits(Thresholds):
    """How steep the end must be."""

    points: int = limit(10, unit="values", source="chosen: fewer show no pace")
    fall: float = limit(0.1, unit="of all progress", source="half of a straight line's")
    level: float = limit(0.05, unit="of the level", source="chosen: worth another run")
    chance: float = limit(0.01, unit="p-value", source="convention")
    decayed: float = limit(0.01, unit="of the peak rate", source="chosen: as loss-plateau")


@diagnosis(family="progress", severity=Severity.INFO, since="0.1")
def unfinished_training(
    train_loss: Series, val_loss: Series | None, learning_rate: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """Both ends, and the rate."""
    run = course(train_loss.values)
    if run is None or run.points < limits.points:
        raise NotApplicable(f"fewer than {limits.points} finite values of the training loss")
    fell = _falls(run, limits)
    held_out = course(val_loss.values) if val_loss is not None else None
    if not fell or run.progress <= 0 or (held_out is not None and not _falls(held_out, limits)):
        return
    if learning_rate is not None and _decayed(learning_rate, limits):
        return
    at = len(train_loss) - len(train_loss) // 5
    yield Evidence(
        message=f"{train_loss.name} still fell by {percent(fell / run.progress)} of all its "
        f"progress in the last fifth of the run, to {number(run.end)}"
        + (f", and so did {val_loss.name}." if val_loss is not None else "."),
        suggestion="Train on with EarlyStopping(patience=5), which finds the end by itself.",
        tag=train_loss.name,
        related=(val_loss.name,) if val_loss is not None else (),
        steps=(int(train_loss.steps[at]), int(train_loss.steps[-1])),
        measured=fell / run.progress,
        limit=limits.fall,
        unit="of all progress",
    )


def _falls(run: Course, limits: Limits) -> float:
    """How far the last fifth fell, in the curve's unit; 0 where it did not fall enough."""
    last = run.condensed.values[-max(3, len(run.condensed) // 5) :]
    fell = float(last[0] - last[-1])
    sure = trend(last).falling < limits.chance if len(last) >= 5 else all_of(differences(last) < 0)
    enough = fell >= max(limits.fall * run.progress, limits.level * abs(float(last[-1])))
    return fell if sure and enough and fell > 0 else 0.0


def _decayed(rate: Series, limits: Limits) -> bool:
    return len(rate) > 2 and bool(rate.values[-1] < limits.decayed * np.nanmax(rate.values))
