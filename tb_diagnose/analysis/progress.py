"""Whether a training gets anywhere: its course, and the symptom that makes an odd layer a fault."""

from __future__ import annotations

import numpy as np

from tb_diagnose.core.finding import NotApplicable
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.measure.course import Course, course
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.requirements import ENABLE

#: A loss that lost less than this of its start, or stands no more than this below guessing, is
#: taken for one that went nowhere (as in no-learning).
SHARE = 0.03


def training_course(loss: Series, points: int) -> Course:
    """The course of a training loss of at least ``points`` finite values.

    Raises:
        NotApplicable: it has fewer; logged batch by batch it would have more.
    """
    run = course(loss.values)
    if run is None or run.points < points:
        few = f"fewer than {points} finite values of the training loss"
        raise NotApplicable(few, ENABLE["batch_loss"])
    return run


def stalled(loss: Series | None, chance: ChanceLevel | None = None) -> str:
    """Why the loss shows no learning: ``"train/loss ends at 2.3, no better than guessing"``.

    The empty string where the loss fell, or where fewer than 2 values do not say.
    """
    if loss is None or len(loss) < 2:
        return ""
    if not np.isfinite(loss.values[-1]):
        return f"{loss.name} is no longer finite"
    run = course(loss.values)
    if run is None:
        return ""
    start, end = run.start, run.end
    if run.points == 2:
        start, end = map(float, run.condensed.values)
    if chance is not None and chance.cross_entropy and end >= (1 - SHARE) * chance.loss:
        return f"{loss.name} ends at {number(end)}, no better than guessing ({number(chance.loss)})"
    if start - end <= SHARE * abs(start):
        return f"{loss.name} is {number(start)} at the start and {number(end)} at the end"
    return ""
