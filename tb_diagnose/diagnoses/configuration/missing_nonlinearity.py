"""Layers in a row without an activation between them: together they are one layer.

Why it matters:
    The product of two matrices is a matrix. Dense layers (or convolutions) with nothing but linear
    layers between them can represent no more than a single one, whatever their number and size.

How it is judged:
    In a model whose layers form a chain, a Dense layer or convolution without activation (of its
    own or as a layer behind it) is followed by another one, with at most dropout, normalisation,
    reshaping or averages between. It is a note where the first has fewer units than both its
    input and the layer behind: then it is a bottleneck, which is a constraint and may be meant; and
    where the training does well all the same: it ends more than halfway from guessing (where that
    is not known, from 0.5) to perfect, or, without a score, at less than half of its first loss.

When it stays silent:
    Models with branches (what follows what is not known there); a single layer; the last layer.

What to try:
    activation="relu" in every hidden layer, or remove the layer.

Sources:
    Nikanjam et al. 2021, "NeuraLint" (rule on missing activations); Goodfellow, Bengio and
    Courville 2016, "Deep learning", section 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.roles.architecture import Step, affine_runs, is_chain, written
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """What is doing well."""

    way: float = limit(0.5, unit="of the way from guessing to perfect", source="as underfitting")
    left: float = limit(0.5, unit="of the first loss", source="chosen: half of it was learned")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("underfitting", "loss-plateau"),
    since="0.1",
)
def missing_nonlinearity(
    model: ModelConfig,
    train_loss: Series | None,
    train_score: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Neighbours of which the first does not bend."""
    if not is_chain(model):
        raise NotApplicable("the model has branches, so that which layer follows which is unknown")
    wasted = [
        (first, second)
        for run in affine_runs(model)
        for first, second in pairwise(run)
        if first.activation == "linear"
    ]
    if not wasted:
        return
    first, second = wasted[0]
    names = listed([step.layer.name for step, _ in wasted])
    mild = all(_narrow(*pair) for pair in wasted) or _well(train_loss, train_score, chance, limits)
    yield Evidence(
        message=f"{written(first.layer, first.activation)} is followed by "
        f"{written(second.layer, second.activation)} with nothing between that bends: the two are "
        "one linear layer.",
        suggestion=f'Give {names} activation="relu", or remove '
        + ("it." if len(wasted) == 1 else "them."),
        tag="keras",
        measured=float(len(wasted)),
        limit=0.0,
        unit="layers without activation before another",
        severity=Severity.INFO if mild else None,
    )


def _narrow(first: Step, second: Step) -> bool:
    """Whether the first layer has fewer units than go in and than come out of the second."""
    shape = first.layer.input_shape
    before = shape[-1] if shape else None
    return before is not None and 0 < first.layer.units < min(before, second.layer.units)


def _well(
    loss: Series | None, score: Series | None, chance: ChanceLevel | None, limits: Limits
) -> bool:
    """Whether the training gets along without the activation."""
    if score is not None and len(scores := finite(score.values)):
        bar = chance.on_the_way(limits.way) if chance is not None else 0.5 + limits.way / 2
        return end_level(scores) > bar
    if loss is None or len(losses := finite(loss.values)) < 2:
        return False
    return end_level(losses) < limits.left * float(losses[0])
