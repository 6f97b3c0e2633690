"""The training loss rises and does not come back.

Why it matters:
    The optimiser is leaving the region it had found. Every further step costs compute and moves
    away from the best weights, and the last checkpoint is worse than an earlier one.

How it is judged:
    A long curve is condensed to 50 medians, so that spikes do not count. From its start, its best
    running median of three and the median of its last tenth (3 points at least):
    rise = end - best. It is a divergence where the rise is at least half of the progress made
    (start - best), at least a fifth of the best level, at least four times the curve's own noise,
    and at least twice as large as any climb that the curve recovered from before its best. The
    noise is no larger than the largest fall behind the best: a steep climb is not its own noise.
    An end three times above the start, with the last 3 points all above it, needs neither test.
    Where a training score is logged, losing more than half of its gain for good counts likewise:
    after a blow-up the loss often falls back to the level of guessing, not to where it was.

When it stays silent:
    Fewer than 4 finite values; swings that are as large before the best (loss-oscillation); a rise
    in validation only (overfitting); NaN and infinity, which are left to non-finite-values.

What to try:
    Go back to the checkpoint at the best step. Divide the learning rate by 3 to 10 from there, add
    warm-up, or clip the gradients' norm. If the loss rises from the first step on, look for the
    wrong sign: a loss that is maximised.

Sources:
    Goodfellow, Bengio and Courville 2016, "Deep learning", section 8.3 (learning rates);
    Google, "Deep learning tuning playbook", on training instability.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import training_course
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course, course, largest_climb
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How much of the progress must be lost."""

    points: int = limit(4, unit="values", source="chosen: a best and three values behind it")
    rise: float = limit(
        0.5, unit="of the progress made", source="chosen: half of what was won is lost"
    )
    level: float = limit(
        0.2, unit="of the best level", source="calibrated: the noise of few batches is less"
    )
    noise: float = limit(
        4.0, unit="standard deviations of the noise", source="chosen: p < 1e-4 if it is normal"
    )
    unprecedented: float = limit(
        2.0, unit="times the largest earlier climb", source="chosen: else the curve swings"
    )
    explosion: float = limit(3.0, unit="times the start", source="chosen: no noise of a mean")
    score: float = limit(0.1, unit="of a score", source="chosen: a tenth of all examples")


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("non-finite-values", "exploding-weights", "no-learning"),
    since="0.1",
)
def loss_divergence(
    train_loss: Series,
    train_score: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The loss first; the score only where the loss does not show it."""
    run = training_course(train_loss, limits.points)
    if _diverged(run, limits):
        yield _evidence(train_loss, run, optimizer, limits)
    elif run.points < len(train_loss):
        return  # NaN takes the score along: left to non-finite-values
    elif train_score is not None and len(train_score) >= limits.points:
        yield from _collapse(train_score, chance, optimizer, limits)


def _diverged(run: Course, limits: Limits) -> bool:
    before = largest_climb(run.condensed.values[: run.at_best + 1])
    last = run.condensed.values[-3:]
    if 0 < limits.explosion * run.start < run.end and all_of(last > run.start):
        return True
    return (
        run.rise > limits.rise * run.progress
        and run.rise > limits.level * abs(run.best)
        and run.rise > limits.noise * _noise(run)
        and run.rise > limits.unprecedented * before
    )


def _noise(run: Course) -> float:
    """The noise of the medians; of a few that blow up, second differences see the climb itself."""
    return min(run.noise, largest_climb(-run.condensed.values[run.at_best :]))


def _evidence(loss: Series, run: Course, optimizer: Optimizer | None, limits: Limits) -> Evidence:
    at = int(run.condensed.first[run.at_best])
    lost = run.rise / run.progress if run.progress > 0 else np.inf
    message = (
        f"{loss.name} rose from {number(run.best)} at step {loss.steps[at]} to "
        f"{number(run.end)} at the end"
    )
    if np.isfinite(lost) and lost < 100:
        message += f": {percent(lost)} of the progress it had made is lost."
    else:
        message += "; it hardly fell before."
    return Evidence(
        message=message,
        suggestion=_fix(optimizer, int(loss.steps[at])),
        tag=loss.name,
        steps=(int(loss.steps[at]), int(loss.steps[-1])),
        measured=float(min(lost, 1e9)),
        limit=limits.rise,
        unit="of the progress made",
        confidence=f"the rise is {number(run.rise / _noise(run))} times the noise"
        if _noise(run)
        else "",
    )


def _collapse(
    score: Series, chance: ChanceLevel | None, optimizer: Optimizer | None, limits: Limits
) -> Iterator[Evidence]:
    """A score that was won and lost: judged as its own complement, which should fall."""
    run = course(score.values, -1)
    if run is None:
        return
    floor = chance.accuracy if chance else -run.start
    gain, left = -run.best - floor, -run.end - floor
    drop = run.rise
    earlier = largest_climb(run.condensed.values[: run.at_best + 1])
    if (
        drop > limits.score
        and left < (1 - limits.rise) * gain
        and drop > limits.noise * run.noise
        and drop > limits.unprecedented * earlier
    ):
        at = int(run.condensed.first[run.at_best])
        yield Evidence(
            message=f"{score.name} fell from {number(-run.best)} at step {score.steps[at]} to "
            f"{number(-run.end)} and stayed there: what was learned is lost.",
            suggestion=_fix(optimizer, int(score.steps[at])),
            tag=score.name,
            steps=(int(score.steps[at]), int(score.steps[-1])),
            measured=drop,
            limit=limits.score,
            unit="of a score",
        )


def _fix(optimizer: Optimizer | None, step: int) -> str:
    back = f"Go back to the weights of step {step} and "
    if optimizer is None or optimizer.learning_rate is None:
        return back + "divide the learning rate by 3 to 10, or clip the gradients (clipnorm=1.0)."
    rate = optimizer.learning_rate
    return (
        back + f"lower the learning rate from {rate:g} to {rate / 10:g}, or clip the gradients "
        "(clipnorm=1.0)."
    )
