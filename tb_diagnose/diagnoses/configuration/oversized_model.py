"""The model has far more weights than there are examples, and it shows.

Why it matters:
    With a hundred weights to an example it is easier to learn each by heart than what they have in
    common. Unless something holds it back, it does.

How it is judged:
    The training accuracy moves in whole examples, which gives away how many there are. The model is
    oversized where it has at least 100 weights an example and the gap shows: the training score
    ends at least a fifth of the way from 1/K to 1 above the validation score.

When it stays silent:
    No gap between the two scores: a large model that generalises is not too large; the number of
    examples cannot be read off; the number of weights is not known; a pretrained model, most of
    whose layers are not trained, counts with those that are.

What to try:
    Fewer units or layers, a pretrained model of which only the last layers are trained, more data
    or augmentation.

Sources:
    Zhang et al. 2017, "Understanding deep learning requires rethinking generalization"; Humbatova
    et al. 2020, "Taxonomy of real faults in deep learning systems".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.granularity import sample_size
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How large, and which gap shows it."""

    weights: float = limit(100.0, unit="weights an example", source="chosen: far beyond any fit")
    gap: float = limit(0.2, unit="of the way from 1/K to 1", source="chosen: one in five")


@diagnosis(family="configuration", severity=Severity.WARNING, since="0.1")
def oversized_model(
    model: ModelConfig,
    train_score: Series,
    val_score: Series,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Weights an example, and the gap between the scores."""
    weights = [layer.parameters for layer in model.layers if layer.trainable]
    examples = sample_size(train_score.values)
    train, val = finite(train_score.values), finite(val_score.values)
    if examples is None or min(weights, default=-1) < 0 or not len(train) or not len(val):
        raise NotApplicable("the number of examples or of weights cannot be read from this log")
    each = sum(weights) / examples
    room = 1 - chance.accuracy if chance is not None else 1.0
    gap = (end_level(train) - end_level(val)) / room
    if each < limits.weights or gap < limits.gap:
        return
    yield Evidence(
        message=f"{sum(weights):,} weights for {examples:,} examples, {number(each)} for each; "
        f"{train_score.name} ends at {number(end_level(train))} and {val_score.name} at "
        f"{number(end_level(val))}.",
        suggestion="Use fewer units or layers, or a pretrained model with only its last layers trained; "
        "or more data and augmentation.",
        tag=val_score.name,
        related=(train_score.name,),
        steps=(int(val_score.steps[-1]),),
        measured=each,
        limit=limits.weights,
        unit="weights an example",
        confidence=f"the accuracy moves in steps of 1/{examples}",
    )
