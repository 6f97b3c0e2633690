"""The loss stopped far above what it could reach.

Why it matters:
    The run learned something and then stood still at a level that is not good: the rest of the
    compute bought nothing. Convergence looks the same in shape; the level tells the two apart.

How it is judged:
    The run stands still where the second half of its medians falls by less than 2 % of all
    progress and no rank test sees a fall (p >= 0.01). It counts as a plateau, and not as
    convergence, in one of three cases: a classifier whose training score is less than halfway
    from 1/K to 1 (or, without a score, whose training loss is above half of ln K); a learning
    rate that fell below a hundredth of its peak while the loss was still falling; a loss that is
    exactly the same for the whole second half, which no training batch after batch can be.

When it stays silent:
    Fewer than 8 points; a level that is good or of which nothing is known; a run that never
    learned at all (no-learning), got worse (loss-divergence) or ran into NaN.

What to try:
    If the rate has decayed, let it decay later. Else raise it by 3 once, or use a restart; if the
    training score is low as well, the model or its inputs carry too little: enlarge it, or look
    at the features.

Sources:
    Google, "Deep learning tuning playbook" (when to decay the rate); He et al. 2015, "Deep
    residual learning", section 4.1 (training error as the mark of an optimisation problem).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import training_course
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import max_of, range_of
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """What standing still is, and which level is bad."""

    points: int = limit(8, unit="values", source="four in each half for the rank test")
    fall: float = limit(0.02, unit="of the progress", source="runmedic")
    chance: float = limit(0.01, unit="p-value", source="convention")
    halfway: float = limit(0.5, unit="of the way from guessing", source="chosen")
    guessing: float = limit(0.03, unit="of ln K", source="as in no-learning, which takes over")
    decayed: float = limit(0.01, unit="of the peak rate", source="chosen: steps a hundredth")


@diagnosis(family="progress", severity=Severity.WARNING, since="0.1")
def loss_plateau(
    train_loss: Series,
    train_score: Series | None,
    learning_rate: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Standing still, and one of three reasons to think it is not convergence."""
    run = training_course(train_loss, limits.points)
    if run.points < len(train_loss) or _guessing(run, chance, limits) or not _still(run, limits):
        return
    begin = _begin(run)
    if (reason := _decayed(train_loss, learning_rate, run, begin, limits)) is not None:
        yield _evidence(train_loss, run, begin, reason, "Let the rate decay later, or less far.")
    elif (reason := _bad(run, train_score, chance, limits)) is not None:
        fix = "Raise the learning rate by 3 once; if that does not move it, enlarge the model."
        yield _evidence(train_loss, run, begin, reason, fix)
    elif range_of(run.condensed.values[len(run.condensed) // 2 :]) == 0:
        reason = "not one digit changes, so that the weights are not moving at all"
        fix = "Check that the optimizer is applied, and that the rate and the gradients are not 0."
        yield _evidence(train_loss, run, begin, reason, fix)


def _guessing(run: Course, chance: ChanceLevel | None, limits: Limits) -> bool:
    if chance is None or not chance.cross_entropy:
        return False
    return run.end >= (1 - limits.guessing) * chance.loss


def _still(run: Course, limits: Limits) -> bool:
    half = run.condensed.values[len(run.condensed) // 2 :]
    fell = float(half[0] - median(half[-3:]))
    return (
        run.progress > limits.fall * abs(run.start)
        and run.rise <= 0.1 * run.progress
        and abs(fell) < limits.fall * run.progress
        and (range_of(half) == 0 or trend(half).falling >= limits.chance)
    )


def _begin(run: Course) -> int:
    """Index in the condensed curve from which on it is within 5 % of the progress of its end."""
    near = np.abs(run.condensed.values - run.end) <= 0.05 * run.progress
    outside = np.flatnonzero(~near)
    return min(int(outside[-1]) + 1, len(near) - 1) if len(outside) else 0


def _decayed(
    loss: Series, rate: Series | None, run: Course, begin: int, limits: Limits
) -> str | None:
    """Whether the rate all but vanished where the plateau begins, and the fall stopped short."""
    if rate is None or len(rate) < limits.points or not max_of(rate.values) > 0:
        return None
    low = np.flatnonzero(rate.values < limits.decayed * max_of(rate.values))
    if not len(low) or begin == 0:
        return None
    until = float(rate.wall[low[0]])
    starts = float(loss.wall[run.condensed.first[begin]])
    span = float(loss.wall[-1] - loss.wall[0])
    before = run.condensed.values[: begin + 1]
    falling = float(before[max(0, begin - 2)] - before[begin]) > 0.05 * run.progress
    if (
        span > 0
        and abs(until - starts) < 0.1 * span
        and until < loss.wall[0] + 0.7 * span
        and falling
    ):
        return (
            f"the learning rate fell to {number(float(rate.values[low[0]]))} at step "
            f"{rate.steps[low[0]]} while the loss was still falling"
        )
    return None


def _bad(
    run: Course, score: Series | None, chance: ChanceLevel | None, limits: Limits
) -> str | None:
    if chance is None:
        return None
    values = finite(score.values) if score is not None else np.empty(0)
    if score is not None and len(values):
        level = end_level(values)
        bar = chance.on_the_way(limits.halfway)
        return f"{score.name} is only {number(level)}" if level < bar else None
    if chance.cross_entropy and run.end > limits.halfway * chance.loss:
        return f"guessing gives {number(chance.loss)}"
    return None


def _evidence(loss: Series, run: Course, begin: int, reason: str, fix: str) -> Evidence:
    at = int(run.condensed.first[begin])
    stood = 1 - at / len(loss)
    return Evidence(
        message=f"{loss.name} stands at {number(run.end)} since step {loss.steps[at]}, "
        f"{percent(stood)} of the run; {reason}.",
        suggestion=fix,
        tag=loss.name,
        steps=(int(loss.steps[at]), int(loss.steps[-1])),
        measured=stood,
        limit=0.5,
        unit="of the run",
    )
