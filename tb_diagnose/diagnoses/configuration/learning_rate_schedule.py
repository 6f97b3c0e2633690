"""The learning rate does something that no schedule is meant to do.

Why it matters:
    At a rate of zero nothing is learned, below zero everything is unlearned. A rate that jumps up
    in the middle of a run throws the weights out of where they had settled: usually a restart
    whose schedule began anew.

How it is judged:
    On the logged learning rate. *Zero* for a fifth of the run or more, its last value apart, is a
    warning; for all of it, or below zero anywhere, it is critical. A *jump* is a rise to 5 times
    the value before or more, behind the first tenth of the run, that happens no more than twice
    (more are a schedule with warm restarts); it is a warning where the training loss behind it
    lies above that before it by a tenth or more, else a note.

When it stays silent:
    Warm-up; decay to zero at the very end; a zero where another group of weights has a rate;
    cyclic schedules; a rate that never decays, which is as good a choice as others.

What to try:
    Save and restore the scheduler with the optimizer (in Keras, model.save keeps the iterations).
    Give the schedule the number of steps, not of epochs.

Sources:
    Loshchilov and Hutter 2017, "SGDR" (restarts that are meant); PyTorch documentation, "Saving
    and loading a general checkpoint".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, steps_of
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import any_of, min_of
from tb_diagnose.roles.tags import parse_tag


class Limits(Thresholds):
    """How long at zero, how high a jump."""

    zero: float = limit(0.2, unit="of the run", source="chosen: more than the end of a schedule")
    jump: float = limit(5.0, unit="times the rate before", source="chosen: beyond any warm-up step")
    early: float = limit(0.1, unit="of the run", source="chosen: warm-up ends before")
    times: int = limit(2, unit="jumps", source="chosen: more are meant")
    worse: float = limit(0.1, unit="of the loss before", source="chosen: it did harm")


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("no-learning", "loss-plateau", "loss-divergence", "loss-spikes", "frozen-weights"),
    since="0.1",
)
def learning_rate_schedule(
    learning_rate: Series,
    scalars: tuple[Series, ...] | None,
    train_loss: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Below zero, at zero, and jumps."""
    rates = np.asarray(learning_rate.values, dtype=np.float64)
    if len(finite(learning_rate.values)) < 2:
        return
    if not min_of(rates) > 0:  # or where one is no number
        yield from _too_low(learning_rate, rates, scalars or (), limits)
    yield from _jumps(learning_rate, rates, train_loss, limits)


def _too_low(
    learning_rate: Series, rates: NDArray[np.float64], scalars: tuple[Series, ...], limits: Limits
) -> Iterator[Evidence]:
    if (below := np.flatnonzero(rates < 0)).size:
        yield Evidence(
            message=f"{learning_rate.name} is below zero, {number(min_of(rates[below]))}: every "
            "such step climbs the loss.",
            suggestion="Clip the schedule at zero: its number of steps is too small.",
            tag=learning_rate.name,
            steps=steps_of(learning_rate, below),
            measured=min_of(rates[below]),
            limit=0.0,
            unit="learning rate",
            severity=Severity.CRITICAL,
        )
    zero = np.flatnonzero(rates == 0)
    # A schedule that comes to zero with its last step has done what it should.
    too_long = len(zero) > 1 and len(zero) - 1 >= limits.zero * len(rates)
    if too_long and not _another(learning_rate, scalars):
        yield _at_zero(learning_rate, zero, limits)


def _another(rate: Series, scalars: tuple[Series, ...]) -> bool:
    """Whether another group of weights has a rate of its own that is not zero."""
    return any(
        each is not rate
        and parse_tag(each.folder, each.tag).kind == "learning_rate"
        and any_of(each.values > 0)
        for each in scalars
    )


def _at_zero(rate: Series, zero: NDArray[np.int64], limits: Limits) -> Evidence:
    share = len(zero) / len(rate)
    return Evidence(
        message=f"{rate.name} is 0 in {percent(share)} of its values, from step {rate.steps[zero[0]]} "
        "on: nothing is learned there.",
        suggestion="Give the schedule the number of steps of the whole run, or stop where it ends.",
        tag=rate.name,
        steps=steps_of(rate, zero),
        measured=share,
        limit=limits.zero,
        unit="of the run",
        severity=Severity.CRITICAL if len(zero) == len(rate) else None,
    )


def _jumps(
    rate: Series, rates: NDArray[np.float64], loss: Series | None, limits: Limits
) -> Iterator[Evidence]:
    first = math.ceil(max(2, limits.early * len(rates)))
    before, after = rates[first - 1 : -1], rates[first:]
    with_jump = np.flatnonzero((before > 0) & (after >= limits.jump * before))
    if not 0 < len(with_jump) <= limits.times:
        return
    at = int(with_jump[0]) + first
    harm = _worse(loss, float(rate.wall[at - 1]), float(rate.wall[at])) if loss is not None else 0.0
    yield Evidence(
        message=f"{rate.name} jumps from {rates[at - 1]:g} to {rates[at]:g} at step {rate.steps[at]}"
        + (
            f", and {loss.name} is {percent(harm)} higher behind it."
            if loss is not None and harm > 0
            else "."
        ),
        suggestion="If the run was resumed there, restore the schedule's step with the optimizer.",
        tag=rate.name,
        related=(loss.name,) if loss is not None else (),
        steps=(int(rate.steps[at]),),
        measured=float(rates[at] / rates[at - 1]),
        limit=limits.jump,
        unit="times the rate before",
        severity=None if harm >= limits.worse else Severity.INFO,
    )


def _worse(loss: Series, before: float, after: float) -> float:
    """By how much the loss behind a moment is above that before it, as a share; 0 if unknown."""
    width = max(3, len(loss) // 50)
    ahead = finite(loss.values[loss.wall <= before])[-width:]
    behind = finite(loss.values[loss.wall >= after])[:width]
    if not len(ahead) or not len(behind) or median(ahead) <= 0:
        return 0.0
    return float(median(behind) / median(ahead) - 1)
