"""The level of guessing: where it lies, and whether a curve is there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.patterns import guessed, is_accuracy

#: A loss that fell by less than this share of its level, or stands less than this share of ln K
#: below random guessing, went nowhere (the published checkers' 2 % and 5 %); so did a score that
#: rose by less.
NOTHING = 0.03
#: A score less than this share of the way from guessing to perfect is at chance.
AT_CHANCE = 0.05
#: On 100 examples of ten classes, who guesses is right 7 to 13 times in two of three runs.
_FEW_EXAMPLES = 0.3


def at_chance(curve: Curve, chance: ChanceLevel | None, value: float | None = None) -> bool | None:
    """Whether a curve ends no better than guessing; None where that level is unknown.

    With ``value``, whether that is no better.
    """
    if value is None:
        value = curve.end_level.value if curve.end_level else None
    if value is None:
        return None
    guess = guess_of(curve, chance)
    if guess is not None:
        return bool(value <= guess + AT_CHANCE * (1 - guess))
    loss = curve.info.kind == "loss" and not curve.info.part
    if loss and chance is not None and chance.cross_entropy:
        return bool(value >= (1 - NOTHING) * chance.loss)
    return None


def guess_of(curve: Curve, chance: ChanceLevel | None) -> float | None:
    """What guessing gives for a score; None where that is unknown, and for all else."""
    if curve.info.kind != "score":
        return None
    if is_accuracy(curve.series.tag):
        return chance.accuracy if chance is not None else None
    return guessed(curve.info.words)


def share_learned(curve: Curve, chance: ChanceLevel | None) -> float | None:
    """At most so much of the way from guessing to perfect a loss or accuracy has come at its end.

    Where the level of guessing is unknown, an accuracy counts from 0 and a loss from its start, so
    that the truth is lower, never higher. None for other scores, of which nobody knows what is
    good, and for losses that are not positive.
    """
    start, end = curve.start, curve.end_level
    if start is None or end is None or curve.info.part:
        return None
    if curve.info.kind == "score":
        guess = guess_of(curve, chance)
        least = 0.0 if guess is None and is_accuracy(curve.series.tag) else guess
        return None if least is None else (end.value - least) / (1 - least)
    guess = chance.loss if chance is not None and chance.cross_entropy else start.value
    known = curve.info.kind == "loss" and guess > 0 and end.value > 0
    return 1 - end.value / guess if known else None


def inferred_chance(curves: Sequence[Curve]) -> ChanceLevel | None:
    """The number of classes for which a loss is ln K where an accuracy is 1 / K, if there is one.

    Before anything is learned a cross-entropy is ln K and an accuracy 1 / K: at the start of a run,
    or all along.
    """
    losses = [curve for curve in curves if curve.info.kind == "loss" and curve.start]
    scores = [curve for curve in curves if is_accuracy(curve.series.tag) and curve.start]
    for loss in losses:
        for score in scores:
            same = loss.split == score.split or not (loss.split and score.split)
            # Who guesses to the end guesses on both splits.
            for at in ("start", "end_level") if same else ("end_level",):
                value, share = getattr(loss, at).value, getattr(score, at).value
                classes = round(float(np.exp(min(value, 7.0))))
                near = abs(value - np.log(max(classes, 1))) <= NOTHING * value
                if classes > 1 and near and abs(share * classes - 1) <= _FEW_EXAMPLES:
                    return ChanceLevel(classes, True, "loss and score stood at its level")
    return None
