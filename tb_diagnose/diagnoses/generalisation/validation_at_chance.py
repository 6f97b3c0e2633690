"""Training gets far, and on held-out data the model guesses.

Why it matters:
    Nothing of what was learned carries over. Either there is nothing to learn (labels that do not
    depend on the inputs), or training and validation are not the same task (another
    preprocessing, labels in another order).

How it is judged:
    A classifier whose training score ends more than halfway from 1/K to 1, while its validation
    score ends within a twentieth of that way above 1/K, or within 3 standard deviations of
    guessing on as many examples as the validation score's own steps give away.

When it stays silent:
    The number of classes is not known; no score on both splits; a validation score that is low but
    above guessing (overfitting); a training score that is low as well (no-learning).

What to try:
    Look at ten validation examples with their labels, after all preprocessing, beside ten training
    ones. Evaluate on training data through the validation pipeline: the score must be as high.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization"; Karpathy
    2019, "A recipe for training neural networks" ("become one with the data").
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.granularity import sample_size, share_noise
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How far training must be, how near validation to guessing."""

    learned: float = limit(0.5, unit="of the way from 1/K to 1", source="chosen: halfway")
    near: float = limit(0.05, unit="of the way from 1/K to 1", source="chosen: one in twenty")
    counting: float = limit(3.0, unit="standard deviations", source="chosen: p < 0.002")


@diagnosis(
    family="generalisation", severity=Severity.CRITICAL, leads_to=("overfitting",), since="0.1"
)
def validation_at_chance(
    train_score: Series, val_score: Series, chance: ChanceLevel, limits: Limits
) -> Iterator[Evidence]:
    """The ends of the two scores against 1/K."""
    train, val = finite(train_score.values), finite(val_score.values)
    if not len(train) or not len(val):
        return
    guess, room = chance.accuracy, 1 - chance.accuracy
    examples = sample_size(val_score.values)
    error = limits.counting * share_noise(guess, examples) if examples else 0.0
    allowed = guess + max(limits.near * room, min(error, 0.25 * room))
    if end_level(train) > guess + limits.learned * room and end_level(val) <= allowed:
        yield Evidence(
            message=f"{train_score.name} reaches {number(end_level(train))}, but {val_score.name} "
            f"stays at {number(end_level(val))}, where guessing among {chance.classes} classes "
            f"gives {number(guess)}.",
            suggestion="Check that labels belong to their inputs and that validation data go through the "
            "same preprocessing; if the labels are random, there is nothing to learn.",
            tag=val_score.name,
            related=(train_score.name,),
            steps=(int(val_score.steps[0]), int(val_score.steps[-1])),
            measured=end_level(val),
            limit=allowed,
            unit="of all examples",
            confidence=f"validated on {examples} examples" if examples else "",
        )
