"""The model answers the same whatever it is asked.

Why it matters:
    A constant fits the mean of the targets at best. The loss may even have fallen, all the way to
    the loss of that constant, and looks as if it had converged.

How it is judged:
    The standard deviation of the output layer's values over all units and examples, against their
    mean |value|: below a millionth at the last 3 steps that were measured, or a histogram of the
    outputs whose smallest and largest value are the same. Every output is one number then.

When it stays silent:
    Neither outputs nor vitals were logged; outputs that differ at all. A classifier that always
    names one class has outputs that differ between the classes: no-learning sees that one by its
    score.

What to try:
    See whether the last layers are alive (dead-relu) and whether the last activation can give more
    than one value: a softmax over one unit cannot, a ReLU in front of negative targets gives 0.

Sources:
    Wardat et al. 2022, "DeepDiagnosis" (constant outputs); Karpathy 2019, "A recipe for training
    neural networks" (input-independent baseline).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Histograms, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.roles.weights import layer_of


class Limits(Thresholds):
    """How alike is alike."""

    spread: float = limit(1e-6, unit="of mean |value|", source="chosen: 16 times float32's grain")
    points: int = limit(3, unit="steps", source="chosen: once may be chance")


@diagnosis(
    family="progress",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "metric-loss-disagreement"),
    since="0.1",
)
def constant_output(
    layer_vitals: Vitals | None,
    activations: tuple[Histograms, ...] | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the vitals of the output layer, else by its histogram."""
    if layer_vitals is not None and len(layer_vitals) >= limits.points:
        yield from _by_vitals(layer_vitals, model, limits)
        return
    outputs = [
        each
        for each in activations or ()
        if model is not None and layer_of(each.tag, model) in model.outputs
    ]
    if not outputs:
        raise NotApplicable(
            "the model's outputs were not logged",
            'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])',
        )
    for each in outputs:
        last = each.at(slice(-limits.points, None))
        if len(last) == limits.points and all_of(last.high == last.low):
            yield _evidence(each.name, last.steps, float(last.low[-1]), 0.0, limits)


def _by_vitals(vitals: Vitals, model: ModelConfig | None, limits: Limits) -> Iterator[Evidence]:
    names = [each.name for each in model.outputs] if model else []
    rows = [at for at, row in enumerate(vitals.rows) if row in names] or [len(vitals.rows) - 1]
    for at in rows:
        mean, std = (vitals.column(name)[-limits.points :, at] for name in ("mean", "std"))
        allowed = limits.spread * np.maximum(np.abs(mean), np.finfo(np.float32).tiny)
        if all_of(std <= allowed):
            share = float(std[-1] / max(abs(mean[-1]), np.finfo(np.float32).tiny))
            steps = vitals.steps[-limits.points :]
            yield _evidence(vitals.name, steps, float(mean[-1]), share, limits)


def _evidence(
    tag: str, steps: NDArray[np.int64], value: float, spread: float, limits: Limits
) -> Evidence:
    return Evidence(
        message=f"The model's output is {number(value)} for every example, at each of the last "
        f"{limits.points} steps that were measured.",
        suggestion="See whether the last activation can give more than one value (softmax over one unit, "
        "a ReLU that is dead) and whether the layers before it are alive.",
        tag=tag,
        steps=tuple(int(step) for step in steps),
        measured=spread,
        limit=limits.spread,
        unit="of mean |value|",
    )
