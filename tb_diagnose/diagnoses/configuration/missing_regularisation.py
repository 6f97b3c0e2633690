"""The model overfits, and nothing in it holds it back.

Why it matters:
    Overfitting has cures that cost one line each. Where none is in place, they are the first to
    try, before more data or another model.

How it is judged:
    No layer of the model is dropout, noise, normalisation or augmentation, none has a weight
    penalty, and the optimizer has no weight decay; and the validation loss ends at least a tenth
    above its best, while its training loss fell by a tenth or more from there.

When it stays silent:
    The log does not describe the model or its optimizer; fewer than 5 validations, or NaN
    among them; no overfitting.

What to try:
    Dropout(0.3) before the last layer, AdamW(weight_decay=1e-4), or data augmentation.

Sources:
    Srivastava et al. 2014, "Dropout"; Loshchilov and Hutter 2019, "Decoupled weight decay
    regularization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import course
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.curves import Pair

HOLDS_BACK = ("Dropout", "Noise", "Normalization", "Random", "Regularization", "MixUp", "CutMix")


class Limits(Thresholds):
    """What counts as overfitting here."""

    points: int = limit(5, unit="validations", source="chosen: as overfitting")
    rise: float = limit(0.1, unit="of the best level", source="chosen: twice overfitting's")
    fall: float = limit(0.1, unit="of the training loss", source="chosen: as much as the rise")


@diagnosis(family="configuration", severity=Severity.INFO, since="0.1")
def missing_regularisation(
    pairs: tuple[Pair, ...], model: ModelConfig, limits: Limits
) -> Iterator[Evidence]:
    """What the model lacks, where it is missed."""
    pair = next((each for each in pairs if each.better < 0), None)
    val = course(pair.val.values) if pair is not None else None
    if pair is None or val is None or val.points < limits.points or model.optimizer is None:
        raise NotApplicable("no loss on both splits, or no optimizer in the model's configuration")
    if (
        val.points < len(pair.val)
        or _held_back(model)
        or val.best <= 0
        or val.rise < limits.rise * val.best
    ):
        return
    at = int(val.condensed.first[val.at_best])
    behind = finite(pair.train.values)[at * len(pair.train) // len(pair.val) :]
    if len(behind) < 2 or end_level(behind) > (1 - limits.fall) * behind[0]:
        return
    name = model.optimizer.class_name
    adam = "AdamW(weight_decay=1e-4)" if name == "Adam" else f"{name}(weight_decay=1e-4)"
    yield Evidence(
        message=f"{pair.val.name} rose by {percent(val.rise / val.best)} from its best at step "
        f"{pair.val.steps[at]}, and the model has no dropout, normalisation, weight penalty, "
        "weight decay nor augmentation.",
        suggestion=f"Dropout(0.3) before the last layer, {adam}, or augmentation layers such as "
        'RandomFlip("horizontal") for images.',
        tag=pair.val.name,
        steps=(int(pair.val.steps[at]), int(pair.val.steps[-1])),
        measured=val.rise / val.best,
        limit=limits.rise,
        unit="of the best level",
    )


def _held_back(model: ModelConfig) -> bool:
    decay = model.optimizer.config.get("weight_decay") if model.optimizer is not None else None
    layers = any(word in layer.kind for layer in model.layers for word in HOLDS_BACK)
    recurrent = any(layer.config.get("recurrent_dropout") for layer in model.layers)
    return layers or recurrent or is_penalized(model) or bool(decay)
