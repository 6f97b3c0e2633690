"""The weights do not move.

Why it matters:
    Optimiser steps are taken and nothing changes: the run computes the same numbers again and
    again. Either the steps are too small to change a 32-bit number, or no gradient arrives.

How it is judged:
    The Wasserstein-1 distance between the first and any later histogram of a kernel is the least
    that its weights can have moved by on average. Where it stays below a millionth of the mean
    |weight| for every trainable kernel of the model, the weights stand still: 32-bit numbers
    cannot change by much less. Where they moved at first and then not at all for the last third
    of the run, while the loss shows no learning, they were frozen from there on. Critical where the
    loss shows no learning; a warning where it falls (then biases alone learn), and a note where
    the log does not say which layers are to be trained.

When it stays silent:
    Fewer than 3 histograms of a kernel; layers with trainable=False; some kernels move while
    others do not (disconnected-layers, vanishing-gradients); the learning rate went to 0 as
    planned; weights that hold NaN (non-finite-values).

What to try:
    Raise the learning rate to the optimizer's usual one. If it is usual already, look for units
    that are dead or saturated in every layer, for a loss that does not depend on the output, and
    for inputs so large that the first step pushed everything out of range.

Sources:
    Amazon SageMaker Debugger, rule UnchangedTensor (3 steps, relative tolerance 1e-5); Braiek and
    Khomh 2023, "TheDeepChecker" (untrained weights); IEEE 754 (float32: 24 bits, 6e-8).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import moved, moves
from tb_diagnose.measure.reductions import all_of, max_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import Kernel

ENABLE = 'tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)'


class Limits(Thresholds):
    """What counts as no movement."""

    points: int = limit(3, unit="histograms", source="SageMaker Debugger: unchanged for 3 steps")
    still: float = limit(1e-6, unit="of mean |w|", source="chosen: 16 times the grain of float32")
    share: float = limit(0.33, unit="of the run", source="chosen: longer than any pause")
    decayed: float = limit(1e-3, unit="of the peak rate", source="chosen: a schedule's end")


@diagnosis(
    family="layers",
    severity=Severity.CRITICAL,
    leads_to=("no-learning", "loss-plateau", "slow-convergence"),
    since="0.1",
)
def frozen_weights(
    kernels: tuple[Kernel, ...],
    train_loss: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    learning_rate: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """All kernels together: one that moves is enough to clear the optimizer."""
    trained = [
        each
        for each in kernels
        if each.trainable
        and len(each.histograms) >= limits.points
        and all_of(np.isfinite(each.histograms.quantiles))
    ]
    if not trained:
        raise NotApplicable(f"fewer than {limits.points} histograms of each kernel", ENABLE)
    why = stalled(train_loss, chance)
    farthest = max(moved(each.histograms.quantiles) for each in trained)
    if farthest < limits.still:
        yield _evidence(trained, 0, farthest, why, optimizer, limits)
    elif why and not _decayed(learning_rate, limits) and (since := _stopped(trained, limits)):
        yield _evidence(trained, since, 0.0, why, optimizer, limits)


def _stopped(trained: list[Kernel], limits: Limits) -> int:
    """Index of the histogram from which on no kernel moved until the end, 0 if one did."""
    last = 0
    for each in trained:
        moving = np.flatnonzero(moves(each.histograms.quantiles) > limits.still)
        last = max(last, int(moving[-1]) + 1 if len(moving) else 0)
    n = min(len(each.histograms) for each in trained)
    return last if n - 1 - last >= max(limits.points, limits.share * n) else 0


def _decayed(learning_rate: Series | None, limits: Limits) -> bool:
    if learning_rate is None or not len(learning_rate):
        return False
    return bool(learning_rate.values[-1] <= limits.decayed * max_of(learning_rate.values))


def _evidence(
    trained: list[Kernel],
    since: int,
    farthest: float,
    why: str,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Evidence:
    first = trained[0].histograms
    sure = all(each.layer is not None for each in trained)
    known = " that may be trained" if sure else ""
    from_on = f" from step {first.steps[since]} on" if since else ""
    message = (
        f"{plural(len(trained), 'kernel')}{known} did not move{from_on}, in "
        f"{plural(len(first) - since, 'histogram')}"
    )
    return Evidence(
        message=message + (f"; {why}." if why else "."),
        suggestion=_fix(optimizer),
        tag=first.name,
        related=tuple(each.name for each in trained[1:]),
        steps=(int(first.steps[since]), int(first.steps[-1])),
        measured=farthest,
        limit=limits.still,
        unit="of mean |w|",
        confidence="lower bound on the mean change, by the Wasserstein distance of the histograms",
        severity=None if why else Severity.WARNING if sure else Severity.INFO,
    )


def _fix(optimizer: Optimizer | None) -> str:
    rate = optimizer.learning_rate if optimizer else None
    usual = 0.01 if optimizer is not None and optimizer.name in ("sgd", "adagrad") else 1e-3
    if optimizer is not None and rate is not None and rate < usual / 100:
        return f"{optimizer.class_name}(learning_rate={rate:g}) → learning_rate={usual:g}"
    look = (
        "look at the gradients of one batch: where all are 0, units are dead or saturated, or "
        "the loss does not depend on the output."
    )
    return f"A rate of {number(rate)} is not what holds them; {look}" if rate else look.capitalize()
