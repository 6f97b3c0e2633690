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
    Or by two accuracies, which only a constant answer holds in place: neither that of training
    nor that of validation moved by one example for the last 6 points or more and four fifths of
    the run at least, while the training loss changed by a fiftieth. That is a warning.

When it stays silent:
    Fewer than 6 points; more than two classes and a loss that stands as still as the accuracy,
    which only says that the weights do not move; equal classes (no-learning); an accuracy that
    moves, if only by one example; an accuracy above 0.97. One that stands still on training data
    alone, with a loss below H: the last examples may be beyond it.

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

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.reductions import range_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.patterns import is_accuracy
from tb_diagnose.roles.requirements import lack

_FIX = (
    "Judge by recall per class, weigh the classes (class_weight), standardise the inputs, "
    "and divide the learning rate by 10."
)
#: Shares that differ by less are the same in float32.
_SAME = 1e-6


class Limits(Thresholds):
    """How constant, how near."""

    points: int = limit(6, unit="values", source="chosen: three in the second half")
    near: float = limit(0.03, unit="of H(p)", source="as no-learning's nearness to ln K")
    least: float = limit(0.52, unit="of all examples", source="below, classes are equal")
    moves: float = limit(1e-3, unit="of the loss", source="chosen: frozen weights move it less")
    most: float = limit(0.97, unit="of all examples", source="chosen: above, H(p) is tiny")
    still: float = limit(0.8, unit="of the run", source="chosen: since its first epochs")
    change: float = limit(0.02, unit="of the loss", source="chosen: the answers did change")


@diagnosis(
    family="progress", severity=Severity.CRITICAL, leads_to=("loss-plateau", "underfitting"),
    since="0.1",
)  # fmt: skip
def majority_guessing(
    train_loss: Series,
    train_score: Series,
    val_score: Series | None,
    chance: ChanceLevel | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The accuracy against the loss that it implies, else against that of validation."""
    if val_score is not None and (both := _by_both(train_loss, train_score, val_score, limits)):
        worse = _by_cost(train_loss, train_score, chance, model, limits) if chance else None
        yield worse or both
        return
    if chance is None:
        raise NotApplicable(*lack("chance"))
    if not (chance.cross_entropy or (_squared(model) and chance.classes == 2)):
        raise NotApplicable("only of a cross-entropy is it known what a guess costs")
    shortest = min(len(finite(each.values)) for each in (train_loss, train_score))
    if shortest < limits.points or not is_accuracy(train_score.tag):
        raise NotApplicable(f"fewer than {limits.points} values of loss and accuracy")
    if evidence := _by_cost(train_loss, train_score, chance, model, limits):
        yield evidence


def _by_cost(
    loss: Series, score: Series, chance: ChanceLevel, model: ModelConfig | None, limits: Limits
) -> Evidence | None:
    """The accuracy's second half, and the loss against what it implies."""
    squared = _squared(model)
    values, shares = finite(loss.values), finite(score.values)
    half = shares[len(shares) // 2 :]
    p, end = float(half[-1]), end_level(values)
    if range_of(half) > _SAME or not limits.least <= p <= limits.most:
        return None
    if range_of(values[len(values) // 2 :]) < limits.moves * abs(end) and chance.classes > 2:
        return None  # the weights do not move, so that no answer changes, whatever it is
    expected = p * (1 - p) if squared else float(-p * np.log(p) - (1 - p) * np.log(1 - p))
    if end < (1 - limits.near) * expected:
        return None
    since = len(score) - _held(score)
    return Evidence(
        message=f"{score.name} is {number(p)} since step {score.steps[since]} and does "
        f"not move by one example, and {loss.name} is {number(end)}, where the same answer "
        f"to every input costs {number(expected)}.",
        suggestion=_FIX,
        tag=score.name,
        related=(loss.name,),
        steps=(int(score.steps[since]), int(score.steps[-1])),
        measured=end / expected,
        limit=1 - limits.near,
        unit="of H(p)",
    )


def _by_both(loss: Series, score: Series, held_out: Series, limits: Limits) -> Evidence | None:
    """Both accuracies, and whether the loss says that the answers changed meanwhile."""
    for each in (score, held_out):
        if not (is_accuracy(each.tag) and limits.least <= each.values[-1] <= limits.most):
            return None
        if _held(each) < max(limits.points, limits.still * len(each)):
            return None
    still = _held(score)
    since = len(score) - still
    behind = finite(loss.values[len(loss) - still * len(loss) // len(score) :])
    if len(behind) < 2 or range_of(behind) < limits.change * abs(float(behind[0])):
        return None
    return Evidence(
        message=f"{score.name} is {number(float(score.values[-1]))} since step {score.steps[since]} "
        f"and {held_out.name} {number(float(held_out.values[-1]))}, and neither moves by one "
        f"example while {loss.name} goes from {number(float(behind[0]))} to "
        f"{number(float(behind[-1]))}: as if every input got the same answer.",
        suggestion=_FIX,
        tag=score.name,
        related=(held_out.name, loss.name),
        steps=(int(score.steps[since]), int(score.steps[-1])),
        measured=still / len(score),
        limit=limits.still,
        unit="of the run",
        severity=Severity.WARNING,
    )


def _held(score: Series) -> int:
    """How many of its last values are the same; what is not finite among them says nothing."""
    moved = np.flatnonzero(np.abs(score.values - finite(score.values)[-1]) > _SAME)
    return len(score) - 1 - int(moved[-1]) if len(moved) else len(score)


def _squared(model: ModelConfig | None) -> bool:
    """Whether the loss is the squared error of a single probability."""
    if model is None or len(model.losses) != 1 or len(model.outputs) != 1:
        return False
    last = model.outputs[0]
    one = last.units == 1 and last.activation == "sigmoid"
    return model.losses[0].name == "mean_squared_error" and one
