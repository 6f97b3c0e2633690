"""The model does not even fit its training data, and has stopped getting better at it.

Why it matters:
    More data will not help, and neither will regularisation: it is capacity, features or the
    optimisation that is missing. The opposite of overfitting, with the opposite cure.

How it is judged:
    A classifier of known number of classes whose training score ends less than halfway from 1/K
    to 1 but more than a tenth of that way, whose validation score ends within a tenth of that way
    of it, and whose training score no longer rises over its last half (Mann-Kendall, p >= 0.05).

When it stays silent:
    Fewer than 8 values; the number of classes is not known; a score that still rises; a score at
    the level of guessing (no-learning); a validation score that is far off (overfitting).

What to try:
    A larger model, less dropout and weight decay, better features, a higher learning rate. Let it
    learn 100 examples by heart first: if it cannot, the fault is in the code.

Sources:
    Goodfellow, Bengio and Courville 2016, "Deep learning", section 5.2; Karpathy 2019, "A recipe
    for training neural networks" (overfit first).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tb_diagnose.chance import Chance
from tb_diagnose.diagnosis import diagnosis, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.measure.levels import condense, end_level, finite
from tb_diagnose.measure.trend import trend
from tb_diagnose.runs import Series
from tb_diagnose.words import number


@dataclass(frozen=True)
class Limits:
    """How poor, how settled. All of the way from 1/K to 1."""

    points: int = limit(8, unit="values", source="four in the last half for the rank test")
    poor: float = limit(0.5, unit="of the way from 1/K to 1", source="chosen: as loss-plateau")
    least: float = limit(0.1, unit="of the way from 1/K to 1", source="below, it is no-learning")
    gap: float = limit(0.1, unit="of the way from 1/K to 1", source="chosen: no overfitting")
    chance: float = limit(0.05, unit="p-value", source="convention")


@diagnosis(
    family="generalisation", severity=Severity.WARNING, leads_to=("loss-plateau",), since="0.1"
)
def underfitting(
    train_score: Series, val_score: Series, chance: Chance, limits: Limits
) -> Iterator[Evidence]:
    """The ends of both scores on the way from guessing to perfect."""
    train, val = finite(train_score.values), finite(val_score.values)
    if min(len(train), len(val)) < limits.points:
        raise NotApplicable(f"fewer than {limits.points} values of both scores")
    room = 1 - chance.accuracy
    way = (end_level(train) - chance.accuracy) / room
    gap = abs(end_level(train) - end_level(val)) / room
    if not limits.least < way < limits.poor or gap > limits.gap:
        return
    half = condense(train).values
    half = half[len(half) // 2 :]
    if trend(half).rising < limits.chance:
        return
    at = len(train_score) // 2
    yield Evidence(
        says=f"{train_score.name} ends at {number(end_level(train))} and {val_score.name} at "
        f"{number(end_level(val))}, where guessing among {chance.classes} classes gives "
        f"{number(chance.accuracy)}: the training data themselves are not fitted.",
        fix="Let it learn 100 examples by heart; if it can, enlarge the model or weaken dropout "
        "and weight decay, if it cannot, look for the fault in inputs, loss and rate.",
        tag=train_score.name,
        also=(val_score.name,),
        steps=(int(train_score.steps[at]), int(train_score.steps[-1])),
        measured=way,
        limit=limits.poor,
        unit="of the way from 1/K to 1",
    )
