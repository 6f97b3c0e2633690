"""The logged loss is a running mean that starts afresh in every epoch.

Why it matters:
    Keras writes as ``batch_loss`` not the loss of the batch but the mean since the epoch began.
    At every epoch's border it jumps. The jump looks like sudden progress or like a spike, and
    within an epoch the curve lags far behind the model.

How it is judged:
    Within an epoch the change from one value of a running mean to the next shrinks; at the border
    it is a whole batch's. The curve is a running mean where the median jump at the borders is at
    least 5 times the median change in the second halves of the epochs. The borders come from the
    number of epochs in the same log.

When it stays silent:
    Fewer than 2 epochs; fewer than 10 batches an epoch; a loss that is logged batch by batch.

What to try:
    Read the curve of the epochs (epoch_loss). For the loss of single batches log it yourself in a
    custom train_step, or undo the mean: batch i of an epoch is i * m[i] - (i - 1) * m[i - 1].

Sources:
    Keras 3, ``Trainer.reset_metrics`` at the start of each epoch; Keras documentation of
    ``TensorBoard(update_freq=…)``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of


class Limits(Thresholds):
    """How clear the sawtooth must be."""

    batches: int = limit(10, unit="batches an epoch", source="chosen: a mean of fewer still moves")
    jump: float = limit(5.0, unit="times the change within", source="calibrated on demo_logs")


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
def running_mean_loss(batch_loss: Series, limits: Limits) -> Iterator[Evidence]:
    """The per-batch curve of a Keras run."""
    values = np.asarray(batch_loss.values, dtype=np.float64)
    if len(values) < 2 * limits.batches or not all_of(np.isfinite(values)):
        raise NotApplicable("too few finite batches to see the border of an epoch", "")
    changes = np.abs(np.diff(values))
    period = _period(changes, limits)
    if period is None:
        return
    at = np.arange(period - 1, len(changes), period)
    place = np.arange(len(changes)) % period
    inside = median(changes[(place >= period // 2) & (place < period - 1)])
    jump = float(median(changes[at]))
    yield Evidence(
        message=f"{batch_loss.name} is the mean since the epoch began, not the batch's loss: at every "
        f"{period}th value it jumps by {number(jump)}, {number(jump / max(inside, 1e-300))} times "
        "the change within an epoch.",
        suggestion="Judge by epoch_loss; the jumps are the average starting afresh, not the model.",
        tag=batch_loss.name,
        steps=tuple(int(step) for step in batch_loss.steps[at + 1][:20]),
        measured=float(jump / max(inside, 1e-300)),
        limit=limits.jump,
        unit="times the change within",
    )


def _period(changes: NDArray[np.float64], limits: Limits) -> int | None:
    """Values per epoch: the distance of the largest changes, if they come at even distances."""
    for epochs in range(2, max(3, len(changes) // limits.batches) + 1):
        period = (len(changes) + 1) / epochs
        if period != int(period) or period < limits.batches:
            continue
        size = int(period)
        place = np.arange(len(changes)) % size
        borders = changes[place == size - 1]
        inside = changes[(place >= size // 2) & (place < size - 1)]
        if len(borders) and median(borders) >= limits.jump * median(inside):
            return size
    return None
