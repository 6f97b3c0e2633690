"""The run never left the level of guessing.

Why it matters:
    Nothing was learned: the weights at the end are worth no more than those at the start. More
    epochs will not change that, since something keeps the gradient from the weights or the signal
    from the data.

How it is judged:
    By what the run is judged by. A reward (in reinforcement learning): its best running median of
    three is no more than 3 standard deviations of the noise above its start and above its first
    fifth, and no rank test sees it rise; 20 values, or 10 that are all the same. A classifier:
    the end of its training loss is within 3 % of ln K or above, K being the number of classes,
    and its score, where one is logged, is within a twentieth of the way from 1/K to 1; K comes
    from the model's output, or is the whole number for which both the loss is ln K and the score
    is 1/K. A score that stays on one value although the loss falls is no learning either. Any
    other loss: its first and last fifths differ by less than 3 % even with two standard errors
    added, or of 50 values and more by less than two standard errors that are a tenth of it at most,
    while no rank test sees a trend; and its first values are no more than 3 % or 4 standard errors
    above the rest. That is a warning, and a note where it falls for sure, if by little.

When it stays silent:
    Fewer than 3 points; a loss that fell before it stopped at a level better than guessing
    (loss-plateau); a long flat start that ends; a flat loss beside a score that is more than
    halfway from guessing to perfect, or rose by 0.2; a loss alone whose noise hides where it ends;
    a reward that may have been as high as it gets from the start: one above 0 that never changes,
    or one between 0 and 1 that is mostly 1.

What to try:
    Overfit 10 examples first: a correct model can. If it cannot, look for a rate of zero or far
    too high or low, frozen layers, a last layer that does not fit the loss, dead or saturated
    units, inputs that are all alike, and labels that lost their order against the inputs.

Sources:
    Karpathy 2019, "A recipe for training neural networks" (overfit one batch; verify the loss at
    the start is -log(1/n)); Zhang et al. 2021, "AUTOTRAINER", section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.progress import training_course
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import Course, course
from tb_diagnose.measure.levels import condense, end_level, finite, noise, start_level
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import max_of, min_of, range_of
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How near to guessing."""

    points: int = limit(3, unit="values", source="chosen: fewer show no course")
    rewards: int = limit(20, unit="values", source="chosen: the noise of fewer hides a rise")
    same: int = limit(10, unit="values", source="chosen: the same as often is no chance")
    near: float = limit(0.03, unit="of ln K", source="calibrated on the corpus: 0.7 % at most")
    score: float = limit(0.05, unit="of the way from 1/K to 1", source="chosen: one in twenty")
    fall: float = limit(0.03, unit="of the level", source="between runmedic (2 %) and TDC (5 %)")
    many: int = limit(50, unit="values", source="chosen: so many show a fall through noise")
    error: float = limit(0.1, unit="of the level", source="chosen: what else could be missed")
    trend: float = limit(0.1, unit="p-value", source="chosen: twice the convention")
    sure: float = limit(0.01, unit="p-value", source="chosen: a fifth of the convention")
    rise: float = limit(0.2, unit="of a score", source="calibrated on the corpus: 0.08 is little")
    noise: float = limit(4.0, unit="standard deviations", source="chosen: p < 1e-4")
    reward_noise: float = limit(3.0, unit="standard deviations", source="chosen: p < 0.002")


@diagnosis(family="progress", severity=Severity.CRITICAL, since="0.1")
def no_learning(
    train_loss: Series | None,
    train_score: Series | None,
    val_score: Series | None,
    reward: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the reward where there is one, else by the loss and the score."""
    if reward is not None:
        yield from _by_reward(reward, limits)
        return
    if train_loss is None:
        raise NotApplicable("no training loss and no reward in this run")
    run = training_course(train_loss, limits.points)
    score = train_score if train_score is not None else val_score
    guess = _guess(run, score, chance, limits)
    if guess is not None:
        yield _at_chance(train_loss, run, score, guess, optimizer)
    elif score is not None and _stuck(score, chance, limits):
        yield _score_stuck(train_loss, run, score)
    elif _flat(train_loss, limits) and not _learned(score, chance, limits):
        yield _flat_loss(train_loss, run, optimizer, limits)


def _by_reward(reward: Series, limits: Limits) -> Iterator[Evidence]:
    run = course(reward.values, -1)
    values = finite(reward.values)
    least = limits.rewards if len(values) and range_of(values) else limits.same
    if run is None or run.points < least:
        raise NotApplicable(f"fewer than {least} values of the reward", "")
    if _as_high_as_it_gets(values):
        return
    medians = -run.condensed.values
    first = float(median(medians[: max(1, len(medians) // 5)]))
    gain = -run.best - min(first, -run.start)
    if gain <= limits.reward_noise * run.noise and trend(medians).rising > 0.05:
        yield Evidence(
            message=f"{reward.name} stays at {number(first)} over all {len(reward)} values: the "
            "policy never earned more than at the start.",
            suggestion="Check that the reward can be reached at all by exploring (raise entropy "
            "coefficient or epsilon, shape the reward), and that the policy is updated.",
            tag=reward.name,
            steps=(int(reward.steps[0]), int(reward.steps[-1])),
            measured=float(gain),
            limit=float(limits.reward_noise * run.noise),
            unit="of reward",
        )


def _as_high_as_it_gets(rewards: NDArray[np.float64]) -> bool:
    """Whether nothing more may be to be had: always the same, or the share of successes near 1."""
    low, high = min_of(rewards), max_of(rewards)
    return (low == high > 0) or (low >= 0 and high == 1 and float(median(rewards)) > 0.9)


def _guess(
    run: Course, score: Series | None, chance: ChanceLevel | None, limits: Limits
) -> ChanceLevel | None:
    """The chance level that loss and score are at, or None."""
    share = _share(score)
    if chance is None and share is not None and share > 0:
        classes = round(np.exp(run.end)) if run.end < 7 else 0
        if classes >= 2 and abs(share - 1 / classes) < 0.1 / classes:
            chance = ChanceLevel(classes, True, "both the loss and the score are at its level")
    if chance is None or not chance.cross_entropy:
        return None
    if run.end < (1 - limits.near) * chance.loss:
        return None
    if share is None and _hidden(run, chance, limits):
        return None
    allowed = chance.on_the_way(limits.score)
    return chance if share is None or share <= allowed else None


def _hidden(run: Course, chance: ChanceLevel, limits: Limits) -> bool:
    """Whether the end of a loss could as well be better than guessing, for all that is known."""
    tail = max(3, run.points // 10)
    error = 1.25 * run.noise * np.sqrt(max(1.0, run.points / len(run.condensed)) / tail)
    return bool(run.end - 2 * error < (1 - limits.near) * chance.loss)


def _share(score: Series | None) -> float | None:
    """The level a score ends at, or None where there is no score."""
    values = finite(score.values) if score is not None else np.empty(0)
    return end_level(values) if len(values) else None


def _stuck(score: Series, chance: ChanceLevel | None, limits: Limits) -> bool:
    """A classifier's score on one and the same value, at the level of one class."""
    values = finite(score.values)
    if chance is None or len(values) < 2 * limits.points:
        return False
    settled = values[1:]
    level = float(median(settled))
    return bool(range_of(settled) <= 0.01 * level and 0 < level <= 1.5 * chance.accuracy)


def _learned(score: Series | None, chance: ChanceLevel | None, limits: Limits) -> bool:
    """Whether a score is good or rises: what a run is judged by moved, whatever its loss does."""
    share = _share(score)
    if score is None or share is None:
        return False
    # Halfway from guessing to perfect; where guessing is not known, near perfect.
    bar = chance.on_the_way(0.5) if chance is not None else 0.9
    return share > bar or share - start_level(finite(score.values)) > limits.rise


def _flat(loss: Series, limits: Limits) -> bool:
    values = finite(loss.values)
    fifth = max(1, len(values) // 5)
    middle = float(median(values))
    level = abs(middle)
    change = abs(float(median(values[:fifth]) - median(values[-fifth:])))
    if not change <= limits.error * level:
        return False
    moves = noise(values)
    error = 1.25 * moves / np.sqrt(fifth)  # of a median of a fifth
    same = change + 2 * error <= limits.fall * level
    if not (same or _drowned(values, change, error, limits)):
        return False
    first = int(min(max(len(values) * 0.05, 1), 5))
    above = start_level(values) - middle
    wobble = 1.25 * moves / np.sqrt(first)
    return bool(above <= max(limits.fall * level, limits.noise * wobble))


def _drowned(values: NDArray[np.float64], change: float, error: float, limits: Limits) -> bool:
    """Whether many values show no more than their noise."""
    if len(values) < limits.many or not change <= 2 * error <= limits.error * abs(median(values)):
        return False
    course = trend(condense(values).values)
    return min(course.rising, course.falling) > limits.trend


def _falls(loss: Series, limits: Limits) -> bool:
    return trend(condense(loss.values).values).falling < limits.sure


def _at_chance(
    loss: Series, run: Course, score: Series | None, guess: ChanceLevel, optimizer: Optimizer | None
) -> Evidence:
    message = (
        f"{loss.name} ends at {number(run.end)}, where guessing among {guess.classes} classes "
        f"gives {number(guess.loss)}"
    )
    if score is not None:
        message += f"; {score.name} is {number(_share(score) or 0.0)} where guessing gives "
        message += number(guess.accuracy)
    return Evidence(
        message=message + ".",
        suggestion=_fix(optimizer),
        tag=loss.name,
        related=(score.name,) if score is not None else (),
        steps=(int(loss.steps[_since(loss, guess)]), int(loss.steps[-1])),
        measured=run.end / guess.loss,
        limit=1.0,
        unit="of ln K",
        confidence=f"K = {guess.classes}: {guess.reason}",
    )


def _since(loss: Series, guess: ChanceLevel) -> int:
    """Index from which on the loss never was better than guessing again."""
    better = np.flatnonzero(loss.values < 0.95 * guess.loss)
    return min(int(better[-1]) + 1, len(loss) - 1) if len(better) else 0


def _score_stuck(loss: Series, run: Course, score: Series) -> Evidence:
    fell = max(run.start - run.end, 0.0) / abs(run.start) if run.start else 0.0
    return Evidence(
        message=f"{score.name} stays at {number(_share(score) or 0.0)}, one class for every "
        f"input, while {loss.name} changed by {percent(fell)}.",
        suggestion="The output cannot express the classes: compare the last layer with the loss "
        "(Dense(1, sigmoid) for two classes, Dense(K, softmax) for K).",
        tag=score.name,
        related=(loss.name,),
        steps=(int(score.steps[0]), int(score.steps[-1])),
        measured=range_of(finite(score.values)[1:]),
        limit=0.01,
        unit="of the score",
    )


def _flat_loss(loss: Series, run: Course, optimizer: Optimizer | None, limits: Limits) -> Evidence:
    drop = (run.start - run.end) / abs(run.start) if run.start else 0.0
    return Evidence(
        message=f"{loss.name} is {number(run.start)} at the start and {number(run.end)} at the end "
        f"of {len(loss)} values: nothing was learned that shows.",
        suggestion=_fix(optimizer),
        tag=loss.name,
        steps=(int(loss.steps[0]), int(loss.steps[-1])),
        measured=drop,
        limit=limits.fall,
        unit="of the start",
        # What falls, if by little, may be a model that is good already.
        severity=Severity.INFO if _falls(loss, limits) else Severity.WARNING,
    )


def _fix(optimizer: Optimizer | None) -> str:
    rate = optimizer.learning_rate if optimizer else None
    first = "Train on 10 examples until they are learned by heart; if that fails, "
    tried = (
        f"try learning rates {rate * 10:g} and {rate / 10:g} beside {rate:g}"
        if rate
        else ("try a learning rate ten times higher and one ten times lower")
    )
    return first + tried + ", and check labels, inputs and the last layer."
