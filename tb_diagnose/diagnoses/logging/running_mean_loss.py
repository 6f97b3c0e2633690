"""The logged loss is a running mean that starts afresh in every epoch.

Why it matters:
    Keras writes as ``batch_loss`` the mean since the epoch began. At every epoch's border it jumps,
    which looks like sudden progress or a spike; within an epoch it lags behind the model.

How it is judged:
    Within an epoch the change of a running mean from value to value shrinks; at the border it is a
    whole batch's. At some even distance the median jump is five times the median change in the
    second halves of the epochs.

When it stays silent:
    Fewer than 10 batches an epoch; a loss of single batches.

What to try:
    Read epoch_loss, or undo the mean: batch i of an epoch is i * m[i] - (i - 1) * m[i - 1].

Sources:
    Keras 3, ``Trainer.reset_metrics`` at the start of each epoch.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method


def _broken(batch_loss: Curve) -> str:
    return "the loss of the batches is not finite" if batch_loss.non_finite else ""


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
class RunningMeanLoss:
    jump = limit(5, alarm=">=", unit="× the change within", source="single batches jump alike")
    batches = limit(10, unit="batches an epoch", source="a mean of fewer still moves")

    @method("loss of single batches", points={"batch_loss": 20}, unless=_broken)
    def by_jumps(self, batch_loss: Curve) -> Iterator[Evidence]:
        changes = np.abs(np.diff(batch_loss.values))
        for period in self._periods(len(batch_loss)):
            border, inside = _typical_changes(changes, period)
            times = border / max(inside, float(np.finfo(np.float32).tiny))
            if border > 0 and self.jump.exceeded(times):
                yield Evidence(
                    message=f"{batch_loss.name} is the mean since the epoch began, not the loss of "
                    f"the batch: at every {period}th value it jumps by {number(border)}, "
                    f"{number(times)} times the change within an epoch.",
                    suggestion="Judge by epoch_loss; the jumps are the mean that starts afresh, "
                    "not the model.",
                    tag=batch_loss.name,
                    steps=tuple(int(step) for step in batch_loss.steps[period::period]),
                    comparison=self.jump.compare(times),
                )
                return

    def _periods(self, count: int) -> Iterator[int]:
        """The values that an epoch may have: those that divide their number, longest first."""
        for epochs in range(2, count // int(self.batches) + 1):
            if count % epochs == 0:
                yield count // epochs


def _typical_changes(changes: NDArray[np.float64], period: int) -> tuple[float, float]:
    """Median change at the borders of epochs, and in their second halves."""
    place = np.arange(len(changes)) % period
    inside = changes[(place >= period // 2) & (place < period - 1)]
    return float(np.median(changes[place == period - 1])), float(np.median(inside))
