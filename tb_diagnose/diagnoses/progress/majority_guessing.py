"""The classifier gives one answer to every input.

Why it matters:
    It has learned how frequent the classes are and nothing of the inputs. With unequal classes
    that looks like success: always saying no is right 9 times in 10 where one in 10 is a yes.

How it is judged:
    By two numbers that only a constant answer makes agree. Who gives every example the same
    probability p of being in the larger class is right in a share p of the cases and has a
    cross-entropy of H(p) = -p ln p - (1 - p) ln (1 - p) (a squared error of p (1 - p)); whoever
    knows more has less, since H is concave. With more than two classes a guess costs H(p) at
    least, more where the smaller classes are many. The training accuracy must not have moved at
    all over the second half of the run, and the loss must end within 3 % of H of it, or above.

When it stays silent:
    Fewer than 6 points; more than two classes and a loss that stands as still as the accuracy,
    which only says that the weights do not move; equal classes (no-learning); an accuracy that
    moves, if only by one example; an accuracy above 0.97.

What to try:
    Look at recall per class and at the area under the ROC curve, not at accuracy. Weigh the classes
    (class_weight) or sample them evenly, lower the learning rate, standardise the inputs, and look
    for dead units.

Sources:
    The concavity of the entropy (Jensen); Karpathy 2019, "A recipe for training neural networks"
    (input-independent baseline).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.chance import Chance
from tb_diagnose.diagnosis import Thresholds, diagnosis, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.reductions import range_of
from tb_diagnose.model import ModelConfig
from tb_diagnose.runs import Series
from tb_diagnose.words import number


class Limits(Thresholds):
    """How constant, how near."""

    points: int = limit(6, unit="values", source="chosen: three in the second half")
    near: float = limit(0.03, unit="of H(p)", source="as no-learning's nearness to ln K")
    least: float = limit(0.52, unit="of all examples", source="below, classes are equal")
    moves: float = limit(1e-3, unit="of the loss", source="chosen: frozen weights move it less")
    most: float = limit(0.97, unit="of all examples", source="chosen: above, H(p) is tiny")


@diagnosis(
    family="progress", severity=Severity.CRITICAL, leads_to=("loss-plateau", "underfitting"),
    since="0.1",
)  # fmt: skip
def majority_guessing(
    train_loss: Series,
    train_score: Series,
    chance: Chance,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The accuracy's second half, and the loss against what it implies."""
    squared = _squared(model)
    if not (chance.cross_entropy or (squared and chance.classes == 2)):
        raise NotApplicable("only of a cross-entropy is it known what a guess costs")
    values, shares = finite(train_loss.values), finite(train_score.values)
    if min(len(values), len(shares)) < limits.points or "acc" not in train_score.tag.lower():
        raise NotApplicable(f"fewer than {limits.points} values of loss and accuracy")
    half = shares[len(shares) // 2 :]
    p, end = float(half[-1]), end_level(values)
    if range_of(half) > 1e-6 or not limits.least <= p <= limits.most:
        return
    if range_of(values[len(values) // 2 :]) < limits.moves * abs(end) and chance.classes > 2:
        return  # the weights do not move, so that no answer changes, whatever it is
    expected = p * (1 - p) if squared else float(-p * np.log(p) - (1 - p) * np.log(1 - p))
    if end < (1 - limits.near) * expected:
        return
    same = np.flatnonzero(np.abs(train_score.values - p) > 1e-6)
    since = int(same[-1]) + 1 if len(same) else 0
    yield Evidence(
        says=f"{train_score.name} is {number(p)} since step {train_score.steps[since]} and does "
        f"not move by one example, and {train_loss.name} is {number(end)}, where the same answer "
        f"to every input costs {number(expected)}.",
        fix="Judge by recall per class, weigh the classes (class_weight), standardise the inputs, "
        "and divide the learning rate by 10.",
        tag=train_score.name,
        also=(train_loss.name,),
        steps=(int(train_score.steps[since]), int(train_score.steps[-1])),
        measured=end / expected,
        limit=1 - limits.near,
        unit="of H(p)",
    )


def _squared(model: ModelConfig | None) -> bool:
    """Whether the loss is the squared error of a single probability."""
    if model is None or len(model.losses) != 1 or len(model.outputs) != 1:
        return False
    last = model.outputs[0]
    one = last.units == 1 and last.activation == "sigmoid"
    return model.losses[0].name == "mean_squared_error" and one
