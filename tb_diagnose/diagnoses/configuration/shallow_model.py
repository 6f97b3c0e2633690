"""The model is too narrow or too shallow for what goes in.

Why it matters:
    A hidden layer of one unit passes one number on, whatever comes in. Behind it everything the
    network computes is a function of that number alone.

How it is judged:
    In a model whose layers form a chain: a hidden layer of a single unit that has more than one
    input, or a model with no hidden layer at all that is asked to tell classes apart. It speaks
    where training shows it: the training score (of a classifier) ends less than halfway from
    1/K to 1, or the training loss comes down by less than nine tenths and has stopped falling
    over the last half (Mann-Kendall, p >= 0.05, or by less than 1 %).

When it stays silent:
    A model with branches; attention and gates; a loss that is still falling; a model that fits its
    training data; regressions without a hidden layer (a straight line may be what is wanted).

What to try:
    16 to 128 units in each hidden layer, and one or two of them.

Sources:
    Cybenko 1989, "Approximation by superpositions of a sigmoidal function"; Humbatova et al. 2020,
    "Taxonomy of real faults in deep learning systems" (suboptimal number of neurons and layers).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import course
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.architecture import hidden, is_chain, written
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """What is narrow, and what shows it."""

    units: int = limit(1, unit="units", source="one number; two already span a plane")
    halfway: float = limit(0.5, unit="of the way from 1/K to 1", source="chosen: as loss-plateau")
    fall: float = limit(0.9, unit="of the first loss", source="chosen: a fit goes further")
    chance: float = limit(0.05, unit="p-value", source="convention")
    still: float = limit(0.01, unit="of the loss", source="chosen: less is no fall")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("underfitting", "loss-plateau", "constant-output", "no-learning"),
    since="0.1",
)
def shallow_model(
    model: ModelConfig,
    train_loss: Series,
    train_score: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The narrowest hidden layer, and whether the training data were fitted."""
    if not is_chain(model):
        raise NotApplicable("the model has branches, so that which layer follows which is unknown")
    narrow = next((each.layer for each in hidden(model) if _narrow(each.layer, limits)), None)
    alone = chance is not None and _alone(model)
    if narrow is None and not alone:
        return
    seen = _unfitted(train_loss, train_score, chance, limits)
    if not seen:
        return
    what = (
        f"{written(narrow)} passes a single number on"
        if narrow is not None
        else f"{written(model.outputs[0])} is the only layer, so that classes can only be parted "
        "by straight cuts"
    )
    units = narrow.units if narrow is not None else 0
    yield Evidence(
        message=f"{what}, and {seen}.",
        suggestion="Use 16 to 128 units with relu in each hidden layer, one or two of them.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[0]), int(train_loss.steps[-1])),
        measured=float(units),
        limit=float(limits.units),
        unit="units",
    )


def _narrow(layer: Layer, limits: Limits) -> bool:
    inputs = layer.input_shape[-1] if layer.input_shape else None
    return layer.kind == "Dense" and 0 < layer.units <= limits.units and (inputs or 0) > 1


def _alone(model: ModelConfig) -> bool:
    """Whether the last layer is the only one that learns."""
    return sum(layer.parameters != 0 for layer in model.layers) == 1


def _unfitted(
    loss: Series, score: Series | None, chance: ChanceLevel | None, limits: Limits
) -> str:
    """How training shows that it could not fit its data; empty where it does not."""
    shares = finite(score.values) if score is not None else np.empty(0)
    if chance is not None and score is not None and len(shares) > 1:
        bar = chance.on_the_way(limits.halfway)
        level = end_level(shares)
        return f"{score.name} ends at {number(level)} on the training data" if level < bar else ""
    run = course(loss.values)
    if run is None or run.points < 4 or run.end < (1 - limits.fall) * run.start:
        return ""
    half = run.condensed.values[len(run.condensed) // 2 :]
    still = trend(half).falling >= limits.chance or half[0] - half[-1] < limits.still * half[0]
    return f"{loss.name} stands at {number(run.end)}" if still else ""
