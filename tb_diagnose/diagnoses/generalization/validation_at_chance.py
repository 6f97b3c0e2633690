"""Training gets far, and on held-out data the model guesses.

Why it matters:
    Nothing of what was learned carries over. Either there is nothing to learn (labels that do not
    depend on the inputs), or training and validation are not the same task.

How it is judged:
    The training score ends more than halfway from guessing to perfect, or rose by a quarter. The
    validation score ends within a twentieth of that way of guessing, or neither it nor the
    validation loss ever moved.

When it stays silent:
    A validation score that is low but above guessing (overfitting), a training score that is low
    as well (no-learning).

What to try:
    Look at ten validation examples with their labels, after all preprocessing, beside ten training
    ones. Score training data by way of the validation pipeline.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.guessing import AT_CHANCE
from tb_diagnose.analysis.learning_state import HALFWAY, SURE, LearningState, does_well, moved
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.split_curves import APART
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.granularity import sample_size, share_noise
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.patterns import is_accuracy


@diagnosis(
    family="generalization", severity=Severity.CRITICAL, leads_to=("overfitting",), since="0.1"
)
class ValidationAtChance:
    near = limit(AT_CHANCE, alarm="<=", unit="of the way from guessing", source="see guessing.py")
    counting = limit(SURE, alarm="<=", unit="standard deviations", source="p < 0.002")

    @method("the scores of both splits", points={"train_score": 3, "val_score": 3})
    def by_scores(
        self,
        train_score: Curve,
        val_score: Curve,
        learning: LearningState,
        val_loss: Curve | None = None,
    ) -> Iterator[Evidence]:
        train, val, chance = train_score.end_level, val_score.end_level, learning.chance
        if train is None or val is None or not train_score.end or not val_score.end:
            return
        comparison = None
        if chance is not None and is_accuracy(val_score.series.tag):
            # Of few values the course may stand below the last one.
            level = max(val.value, val_score.end.value)
            learned = does_well(None, train_score, chance) or _gets_worse(val_loss, train_score)
            comparison = self._guesses(val_score, level, chance) if learned else None
            found = comparison is not None
            said = f", where guessing gives {number(chance.accuracy)}"
        else:
            found, said = _unmoved(train_score, val_score, val_loss), " and never rose"
        if not found:
            return
        yield Evidence(
            message=f"{train_score.name} reaches {number(train_score.end.value)}, but "
            f"{val_score.name} ends at {number(val_score.end.value)}{said}.",
            suggestion="Check that labels belong to their inputs and that validation data go "
            "through "
            "the same preprocessing; if labels do not depend on inputs, there is nothing to learn.",
            tag=val_score.name,
            related=(train_score.name,),
            steps=val_score.span(0),
            comparison=comparison,
        )

    @method("the losses of both splits and a score", points={"train_loss": 8, "val_score": 8})
    def by_losses(
        self, train_loss: Curve, val_loss: Curve, val_score: Curve, learning: LearningState
    ) -> Iterator[Evidence]:
        level, rise, end, chance = (
            val_score.end_level,
            val_loss.rise,
            val_score.end,
            learning.chance,
        )
        if not (level and end and rise and moved(train_loss)) or moved(val_loss):
            return
        known = chance is not None and is_accuracy(val_score.series.tag)
        guesses = self._guesses(val_score, level.value, chance) if known and chance else None
        rises = rise.persistent and moved(val_score) is False and level.value < HALFWAY
        if guesses is None and (known or not rises):
            return
        yield Evidence(
            message=f"{train_loss.name} falls, but {val_loss.name} never does, and "
            f"{val_score.name} ends at {number(end.value)}.",
            suggestion="Check that labels belong to their inputs, in training and in "
            "validation; if "
            "labels do not depend on inputs, there is nothing to learn.",
            tag=val_score.name,
            related=(train_loss.name, val_loss.name),
            steps=val_score.span(0),
            comparison=guesses,
        )

    @method("the losses of both splits", points={"train_loss": 8, "val_loss": 8})
    def by_losses_alone(
        self, train_loss: Curve, val_loss: Curve, learning: LearningState
    ) -> Iterator[Evidence]:
        start, end = val_loss.start, val_loss.end
        still = moved(val_loss) is False and val_loss.improved is False
        if learning.failed or not (moved(train_loss) and still and start and end):
            return
        yield Evidence(
            message=f"{train_loss.name} falls, but {val_loss.name} never does: from "
            f"{number(start.value)} to {number(end.value)}.",
            suggestion="Check that labels belong to their inputs, in training and in validation; "
            "if labels do not depend on inputs, there is nothing to learn.",
            tag=val_loss.name,
            related=(train_loss.name,),
            steps=val_loss.span(0),
            severity=Severity.WARNING,
        )

    def _guesses(self, score: Curve, level: float, chance: ChanceLevel) -> Comparison | None:
        """That validation is at 1/K, as near as so many examples can tell."""
        above = level - chance.accuracy
        near = self.near.compare(above / (1 - chance.accuracy))
        examples = sample_size(score.series.values)
        if near.holds or not examples:
            return near if near.holds else None
        noise = share_noise(chance.accuracy, examples)
        few = self.counting.compare(above / noise if noise else 0.0)
        return few if few.holds and above < (1 - chance.accuracy) / 3 else None


def _unmoved(train: Curve, val: Curve, val_loss: Curve | None) -> bool:
    """Whether validation never moved while training rose."""
    fell = val_loss is not None and moved(val_loss) is not False
    if fell or moved(val) is not False or not train.end_level or not val.end_level:
        return False
    return min(train.gained or 0.0, train.end_level.value - val.end_level.value) >= APART


def _gets_worse(val_loss: Curve | None, train_score: Curve) -> bool:
    """Whether the validation loss only ever rose while the training score did."""
    if val_loss is None or val_loss.rise is None or not val_loss.rise.persistent:
        return False
    return not moved(val_loss) and bool(moved(train_score))
