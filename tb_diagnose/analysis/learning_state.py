"""Whether a run learned: one reading of all its losses and scores, shared by all diagnoses."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.roles.chance_level import ChanceLevel

#: A loss that fell by less than this share of its level, or stands less than this share of ln K
#: below random guessing, went nowhere (the published checkers' 2 % and 5 %).
NOTHING = 0.03
#: A score less than this share of the way from guessing to perfect is at chance.
AT_CHANCE = 0.05
#: A score from here on is good whatever the task.
WELL = 0.9
#: A score from here on is perfect: 5 errors in 1,000.
PERFECT = 0.995
#: Share of the gain that has to be lost for good.
LOST = 0.5


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
    """

    state: Learned
    curve: Curve | None = None
    step: int | None = None
    at_chance: bool | None = None

    @property
    def failed(self) -> bool:
        """Whether nothing was learned, or what was learned is lost."""
        return self.state in (Learned.NEVER, Learned.LOST)

    @property
    def stuck(self) -> bool:
        """Whether nothing was ever learned."""
        return self.state is Learned.NEVER

    @property
    def well(self) -> bool:
        """Whether a score shows that the training ended well."""
        curve = self.curve
        level = curve.end_level if curve is not None and curve.better > 0 else None
        return self.state is Learned.PERFECT or bool(level and level.value > WELL)

    @property
    def sentence(self) -> str:
        """Why it counts as that, as a clause: ``train/loss went from 2.31 to 2.30``."""
        from tb_diagnose.core.format import number  # noqa: PLC0415

        curve = self.curve
        if curve is None or curve.start is None or curve.end is None:
            return ""
        went = f"{curve.name} went from {number(curve.start.value)} to {number(curve.end.value)}"
        return went + (", no better than guessing" if self.at_chance else "")


def does_well(
    loss: Curve | None, score: Curve | None, chance: ChanceLevel | None, share: float = 0.5
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


def learning_state(curves: Iterable[Curve], chance: ChanceLevel | None) -> LearningState:
    """The state by the first of the curves that can tell, in order of how much they count."""
    states = [_of_curve(curve, chance) for curve in curves]
    known = [state for state in states if state.state is not Learned.UNKNOWN]
    learned = [state for state in known if not state.stuck]
    # What one curve shows to be learned was learned, whatever the others hide.
    return (learned or known or [LearningState(Learned.UNKNOWN)])[0]


def _of_curve(curve: Curve, chance: ChanceLevel | None) -> LearningState:
    if curve.finite < 3 or not (curve.start and curve.end_level and curve.start_level):
        return LearningState(Learned.UNKNOWN)
    at_chance = _at_chance(curve, chance)
    first, last = int(curve.steps[0]), int(curve.steps[-1])
    if curve.better > 0 and "loss" not in curve.info.kind and curve.end_level.value >= PERFECT:
        return LearningState(Learned.PERFECT, curve, last, at_chance)
    rise = curve.rise
    if rise and rise.persistent and rise.share is not None and rise.share >= LOST:
        best = curve.best_level
        return LearningState(Learned.LOST, curve, best.step if best else last, at_chance)
    level = abs(curve.start_level.value)
    gained = curve.gained or 0.0
    small = gained <= NOTHING * level if curve.better < 0 else gained <= NOTHING
    if at_chance or small:
        # A few points that do not move may be too few.
        enough = curve.finite >= 8 or curve.improved is False or at_chance
        return LearningState(Learned.NEVER if enough else Learned.UNKNOWN, curve, first, at_chance)
    if curve.still_improving:
        return LearningState(Learned.LEARNING, curve, last, at_chance)
    return LearningState(Learned.LEARNED, curve, last, at_chance)


def _at_chance(curve: Curve, chance: ChanceLevel | None) -> bool | None:
    level = curve.end_level
    if chance is None or level is None:
        return None
    if curve.info.kind == "loss" and chance.cross_entropy:
        return level.value >= (1 - NOTHING) * chance.loss
    if curve.info.kind == "score" and "acc" in curve.series.tag.lower():
        return level.value <= chance.on_the_way(AT_CHANCE)
    return None
