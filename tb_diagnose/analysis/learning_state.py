"""Whether a run learned: one reading of all its losses and scores, shared by all diagnoses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.guessing import (
    AT_CHANCE,
    NOTHING,
    at_chance,
    guess_of,
    inferred_chance,
    share_learned,
)
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.format import number
from tb_diagnose.roles.chance_level import ChanceLevel

#: More of the way from guessing to perfect is most of it.
HALFWAY = 0.5
#: A score from here on is good whatever the task.
WELL = 0.9
#: A score from here on is perfect: 5 errors in 1,000.
PERFECT = 0.995
#: A score that stands still from here on is good enough to have nothing left to learn.
GOOD = 0.9
#: Share of the gain that has to be lost for good.
LOST = 0.5
#: Who is not further on the way from guessing to perfect has most of it to go.
_EARLY = 0.65
#: Improvement is told from none by so many standard errors.
SURE = 3.0
#: What moves less than this share of its level may hide in noise as large.
_HIDDEN = 0.1
#: Fewer values may be too few to show that they do not move.
ENOUGH, FEW = 8, 4
#: From so many values on, a course tells more than its first and last value.
_MANY_VALUES = 100
#: Classes from here on are words or kinds of dogs: nobody knows how many can be told apart.
_MANY = 100
#: A score that is the same to the last example for so much of the run names one class.
ONE_CLASS = 0.8


class Learned(Enum):
    """What became of what was to be learned."""

    NEVER = "never learned"
    LOST = "learned and lost"
    LEARNING = "learning"
    LEARNED = "learned"
    PERFECT = "perfect"
    UNKNOWN = "unknown"


class LearningState(NamedTuple):
    """How a training fared by what it is judged by.

    Attributes:
        state: what became of it.
        curve: the curve that says so, None where it is unknown.
        step: from which step on, None where it is unknown.
        at_chance: whether the curve ends no better than random guessing; None where the level of
            guessing is unknown.
        chance: the level of guessing, as configured or as the first loss and score give it away.
        share: at most so much of the way from guessing to perfect is gone at the end, by the loss
            or accuracy that shows most; None for a loss alone, of which nobody knows how low it
            can go.
    """

    state: Learned
    curve: Curve | None = None
    step: int | None = None
    at_chance: bool | None = None
    chance: ChanceLevel | None = None
    share: float | None = None

    @property
    def failed(self) -> bool:
        """Whether nothing was learned, or what was learned is lost."""
        return self.state in (Learned.NEVER, Learned.LOST)

    @property
    def learned(self) -> bool:
        """Whether something was learned and kept."""
        return self.state in (Learned.LEARNING, Learned.LEARNED, Learned.PERFECT)

    @property
    def poor(self) -> bool:
        """Whether it failed, or ends no better than guessing although it moves."""
        return self.failed or self.at_chance is True

    @property
    def stuck(self) -> bool:
        """Whether nothing was ever learned."""
        return self.state is Learned.NEVER

    @property
    def well(self) -> bool:
        """Whether a score shows that the training ended well, or a loss of known scale."""
        curve = self.curve
        level = curve.end_level if curve is not None and curve.better > 0 else None
        high = bool(level and level.value > WELL) or (self.share or 0.0) > WELL
        return self.state is Learned.PERFECT or high

    @property
    def early(self) -> bool:
        """Whether a third of the way from guessing to perfect is still to go; False if unknown."""
        return self.share is not None and self.share < _EARLY

    @property
    def sentence(self) -> str:
        """Why it counts as that, as a clause: ``train/loss went from 2.31 to 2.30``."""
        curve = self.curve
        if curve is None or curve.start is None or curve.end is None:
            return ""
        went = f"{curve.name} went from {number(curve.start.value)} to {number(curve.end.value)}"
        start, end = curve.start_level, curve.end_level
        if start and end and curve.finite >= _MANY_VALUES:  # of which single ones say little
            went = f"{curve.name} went from around {number(start.value)} to {number(end.value)}"
        return went + (", no better than guessing" if self.at_chance else "")


def does_well(
    loss: Curve | None, score: Curve | None, chance: ChanceLevel | None, share: float = HALFWAY
) -> bool:
    """Whether a training ends more than ``share`` of the way from guessing to perfect.

    Where the level of guessing is unknown it counts as 0; without a score the loss has to be down
    to that share of its start.
    """
    if score is not None and score.end_level is not None:
        bar = chance.on_the_way(share) if chance is not None else (1 + share) / 2
        return score.end_level.value > bar
    if loss is None or loss.start is None or loss.end_level is None:
        return False
    return loss.end_level.value < (1 - share) * loss.start.value


def learning_state(curves: Sequence[Curve], chance: ChanceLevel | None) -> LearningState:
    """The state by the first of the curves that can tell, in order of how much they count."""
    chance = chance or inferred_chance(curves)
    share = _share(curves, chance)
    states = [_of_curve(curve, chance)._replace(chance=chance, share=share) for curve in curves]
    known = [state for state in states if state.state is not Learned.UNKNOWN]
    learned = [state for state in known if not state.stuck]
    # What one curve shows to be learned was learned, whatever the others hide.
    first = (learned or known or [LearningState(Learned.UNKNOWN, chance=chance, share=share)])[0]
    score = next((state for state in known if _guesses_one(state)), None)
    if score is not None:
        return score  # whatever the loss does
    lost = next((state for state in learned if state.state is Learned.LOST), first)
    return lost if first.at_chance or first.state is Learned.LEARNED else first


def _share(curves: Sequence[Curve], chance: ChanceLevel | None) -> float | None:
    """The largest share learned, where an accuracy or the level of guessing is known.

    None where there seem to be too many classes to tell all of them: words, for example.
    """
    starts = [curve.start.value for curve in curves if curve.info.kind == "loss" and curve.start]
    guess = chance.loss if chance is not None else max(starts, default=0.0)
    if guess > math.log(_MANY) and not any(guess_of(curve, None) is not None for curve in curves):
        return None
    found = {curve: share_learned(curve, chance) for curve in curves}
    shares = {curve: share for curve, share in found.items() if share is not None}
    scored = chance is not None or any(curve.info.kind == "score" for curve in shares)
    return max(shares.values(), default=None) if scored else None


def _guesses_one(state: LearningState) -> bool:
    """Whether a training score stays on one value, at the level of guessing."""
    curve = state.curve
    held = curve is not None and curve.info.kind == "score" and curve.held >= len(curve) - 1
    return bool(state.stuck and state.at_chance and held and curve and curve.split != "validation")


def moved(curve: Curve) -> bool | None:
    """Whether a curve got better by more than nothing and beyond its noise; None: it may have.

    A score has to rise by ``NOTHING``, anything else to improve by that share of its level.
    """
    start, best = curve.start_level, curve.best_level
    if curve.gained is None or start is None or best is None:
        return None
    scale = _scale(curve, start.value)
    if curve.gained > NOTHING * scale:
        few = curve.finite < FEW
        return True if curve.improved or (curve.gained_score or 0.0) >= SURE or few else None
    if curve.constant or curve.repeats:
        return False if curve.finite >= FEW - 1 else None
    if _began_apart(curve, best.value, scale):
        return None
    return False if _stands(curve) and curve.finite >= ENOUGH else None


def _began_apart(curve: Curve, best: float, scale: float) -> bool:
    """Whether the first value, before anything was learned, is far worse than all others."""
    first = curve.better * (best - curve.finite_values[0])
    return bool(first > NOTHING * scale and first > SURE * (curve.noise or 0.0))


def _stands(curve: Curve) -> bool:
    """Whether the noise is small enough to see that four values or more hardly moved."""
    start, best = curve.start_level, curve.best_level
    if start is None or best is None or curve.finite < FEW:
        return False
    scale = _scale(curve, start.value)
    clear = 2 * math.hypot(start.error, best.error) <= _HIDDEN * scale
    return clear and (curve.gained or 0.0) <= NOTHING * scale


def _scale(curve: Curve, start: float) -> float:
    """What a gain is measured by: 1 for a score, the level for a loss, the range for a reward."""
    if curve.info.kind == "score":
        return 1.0
    return float(np.ptp(curve.finite_values)) if curve.better > 0 else abs(start)


def _of_curve(curve: Curve, chance: ChanceLevel | None) -> LearningState:
    end, best = curve.end_level, curve.best_level
    if curve.finite < 3 or end is None or best is None:
        return LearningState(Learned.UNKNOWN)
    guesses = at_chance(curve, chance)
    first, last = int(curve.steps[0]), int(curve.steps[-1])
    score = curve.info.kind == "score"
    if score and PERFECT <= end.value <= 1:
        return LearningState(Learned.PERFECT, curve, last, guesses)
    if _lost(curve, chance):
        return LearningState(Learned.LOST, curve, best.step, guesses)
    improves = bool(curve.outlook and curve.outlook.direction > 0)
    gain = moved(curve)
    good = chance.on_the_way(HALFWAY) if chance is not None else GOOD
    if score and end.value < good and ENOUGH * ONE_CLASS < ONE_CLASS * len(curve) <= curve.held:
        gain = False  # one class for every input, after a first one
    if guesses and not (gain and improves and not score):
        known = gain is not None or _stands(curve)
        return LearningState(Learned.NEVER if known else Learned.UNKNOWN, curve, first, guesses)
    if gain:
        now = Learned.LEARNING if improves else Learned.LEARNED
        return LearningState(now, curve, last, guesses)
    if (score and best.value >= good) or _is_rewarded(curve):
        return LearningState(Learned.LEARNED, curve, first, guesses)
    state = Learned.UNKNOWN if gain is None else Learned.NEVER
    return LearningState(state, curve, first, guesses)


def _lost(curve: Curve, chance: ChanceLevel | None) -> bool:
    """Whether what was gained is gone for good: what validation loses training may still have."""
    rise, best = curve.rise, curve.best_level
    if rise is None or best is None or not rise.persistent:
        return False
    if at_chance(curve, chance) and chance is not None and curve.info.kind == "score":
        return best.value > chance.on_the_way(3 * AT_CHANCE)
    held_out = curve.split == "validation" and curve.info.kind in ("loss", "score")
    return bool(moved(curve) and rise.share is not None and rise.share >= LOST and not held_out)


def _is_rewarded(curve: Curve) -> bool:
    """Of a reward: whether its best tenth is well above that at first, or it can hardly rise."""
    if curve.info.kind not in ("reward", "success") or curve.start_level is None:
        return False
    values = curve.finite_values
    share = values.min() >= 0 and values.max() == 1
    first = values[: max(len(values) // ENOUGH, FEW)]
    best = float(np.quantile(first, GOOD)) if len(first) >= ENOUGH else curve.start_level.value
    high = float(np.quantile(values, GOOD)) > best + 2 * (curve.noise or 0.0)
    return bool(high or (curve.constant and values[0] > 0) or (share and np.median(values) > GOOD))
