"""Some layers are not trained although others are.

Why it matters:
    No gradient reaches these weights, so that the network is smaller than it looks: a branch that
    the loss does not use, a detached tensor, a recurrent layer that is fed sequences of one step.

How it is judged:
    Kernels whose histograms stay within a millionth of the mean |weight| over the whole run, or
    whose gradient norm is exactly 0, or missing, whenever it was measured, while others move. A
    recurrent kernel that stands still beside a moving input kernel has never been used: the
    state before the first step is 0, so that only a second step would reach it. That is a
    warning; so is any other layer where the loss shows no learning. Else it is worth a note.

When it stays silent:
    Layers with trainable=False; fewer than 3 histograms; no kernel moves at all (frozen-weights);
    all kernels up to a depth stand still and all behind it move while nothing is learned
    (vanishing-gradients); embeddings, of which a batch uses a few rows.

What to try:
    Recurrent layers: shape the input as (batch, steps, features) with more than one step. Others:
    see whether the layer's output is on the way to the loss, and whether stop_gradient, detach, a
    NumPy round trip, argmax or an integer cast stand between them. Set trainable=False where it is
    meant.

Sources:
    Amazon SageMaker Debugger, rule UnchangedTensor; Hochreiter and Schmidhuber 1997, "Long
    short-term memory" (the recurrent weights act from the second step on).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, plural
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import moved
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import Kernel

ENABLE = 'tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)'


class Limits(Thresholds):
    """What counts as no movement."""

    points: int = limit(3, unit="histograms", source="SageMaker Debugger: unchanged for 3 steps")
    still: float = limit(1e-6, unit="of mean |w|", source="chosen: 16 times the grain of float32")


@diagnosis(family="layers", severity=Severity.WARNING, since="0.1")
def disconnected_layers(
    kernels: tuple[Kernel, ...] | None,
    weight_vitals: Vitals | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the gradients where they were measured, else by the weights' movement."""
    why = stalled(train_loss, chance)
    if weight_vitals is not None and len(weight_vitals) >= limits.points:
        yield from _by_gradient(weight_vitals)
        return
    judged = [
        each
        for each in kernels or ()
        if each.trainable
        and each.kind != "embeddings"
        and len(each.histograms) >= limits.points
        and np.isfinite(each.histograms.quantiles).all()
    ]
    if len(judged) < 2:
        raise NotApplicable(f"fewer than two kernels with {limits.points} histograms", ENABLE)
    still = [each for each in judged if moved(each.histograms.quantiles) < limits.still]
    if not still or len(still) == len(judged):
        return
    recurrent = [each for each in still if each.kind == "recurrent"]
    if recurrent:
        yield _recurrent(recurrent, limits)
    others = [each for each in still if each.kind != "recurrent"]
    if others and not (why and others == judged[: len(others)]):
        yield _others(others, len(judged), why, limits)


def _by_gradient(vitals: Vitals) -> Iterator[Evidence]:
    norms, updates = vitals.column("gradient_norm"), vitals.column("update_norm")
    reached = (np.nan_to_num(norms) > 0).any(axis=0)
    # No gradient at all is logged as NaN; that nothing was measured, too, but not with an update.
    still = (norms == 0).all(axis=0) | (np.isnan(norms).all(axis=0) & (updates == 0).all(axis=0))
    if not still.any() or not reached.any():
        return
    names = [row for row, cut in zip(vitals.rows, still, strict=True) if cut]
    yield Evidence(
        message=f"No gradient reached {listed(names)} at any of {len(vitals)} steps at which it was "
        f"measured, while {plural(int(reached.sum()), 'weight')} got one.",
        suggestion="See whether their output is on the way to the loss (stop_gradient, argmax, a cast, "
        "a branch that is not used), or set trainable=False.",
        tag=vitals.name,
        steps=(int(vitals.steps[0]), int(vitals.steps[-1])),
        measured=0.0,
        limit=0.0,
        unit="gradient norm",
    )


def _recurrent(still: list[Kernel], limits: Limits) -> Evidence:
    first = still[0].histograms
    names = [each.called for each in still]
    return Evidence(
        message=f"The recurrent weights of {listed(names)} never moved, while the weights of its "
        "input did: it sees sequences of a single step and remembers nothing.",
        suggestion="Shape the input as (batch, steps, features) with more than one step; for inputs "
        "without order Dense layers do the same with a quarter of the weights.",
        tag=first.name,
        related=tuple(each.name for each in still[1:]),
        steps=(int(first.steps[0]), int(first.steps[-1])),
        measured=max(moved(each.histograms.quantiles) for each in still),
        limit=limits.still,
        unit="of mean |w|",
    )


def _others(still: list[Kernel], judged: int, why: str, limits: Limits) -> Evidence:
    first = still[0].histograms
    message = (
        f"{len(still)} of {plural(judged, 'kernel')} never moved, among them "
        f"{listed([each.called for each in still])}"
    )
    return Evidence(
        message=message + (f"; {why}." if why else ", while the others are trained."),
        suggestion="See whether these layers are on the way to the loss and whether their units are "
        "alive, or set trainable=False if they are to stay as they are.",
        tag=first.name,
        related=tuple(each.name for each in still[1:]),
        steps=(int(first.steps[0]), int(first.steps[-1])),
        measured=max(moved(each.histograms.quantiles) for each in still),
        limit=limits.still,
        unit="of mean |w|",
        severity=None if why else Severity.INFO,
    )
