"""Validation jumps so much that it cannot tell one checkpoint from the next.

Why it matters:
    The best checkpoint, early stopping and the choice between two settings all rest on that
    curve. Where it jumps by as much as is to be gained, they pick luck.

How it is judged:
    On the validation loss behind the first fifth: the standard deviation of its point-to-point
    noise (from second differences, so that a trend does not count) against how far it fell from
    its start to its best. A fifth or more is too noisy.

When it stays silent:
    Fewer than 10 validations; a validation loss that never fell; swings that are slow
    (loss-oscillation speaks of those that are large).

What to try:
    Validate on more examples, or average the weights (EMA, SWA). Let the learning rate decay at the
    end. Judge checkpoints by the mean of 3 validations.

Sources:
    Google, "Deep learning tuning playbook" (step-to-step variance late in training); Izmailov et
    al. 2018, "Averaging weights leads to wider optima and better generalization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import best, finite, noise, start_level
from tb_diagnose.measure.medians import median


class Limits(Thresholds):
    """How noisy."""

    points: int = limit(10, unit="validations", source="eight behind the first fifth")
    share: float = limit(0.2, unit="of all progress", source="trainspotter has 0.15, as a step")


@diagnosis(family="generalisation", severity=Severity.INFO, since="0.1")
def noisy_validation(val_loss: Series, limits: Limits) -> Iterator[Evidence]:
    """Noise against progress."""
    values = finite(val_loss.values)
    if len(values) < limits.points:
        raise NotApplicable(
            f"fewer than {limits.points} validations",
            "model.fit(..., validation_data=(x_val, y_val), validation_freq=1)",
        )
    start, jumps = start_level(values), noise(values[len(values) // 5 :])
    lowest = min(max(int(values.argmin()), 1), len(values) - 2)
    if jumps < limits.share * (start - float(median(values[lowest - 1 : lowest + 2]))):
        return  # the best is no higher than that, and the progress no less
    progress = start - best(values)[1]
    if progress <= 0 or jumps < limits.share * progress:
        return
    yield Evidence(
        message=f"{val_loss.name} jumps by {number(jumps)} from one validation to the next, "
        f"{percent(jumps / progress)} of all it fell by ({number(progress)}).",
        suggestion="Validate on more examples, let the learning rate decay at the end, and judge "
        "checkpoints by the mean of 3 validations.",
        tag=val_loss.name,
        steps=(int(val_loss.steps[len(values) // 5]), int(val_loss.steps[-1])),
        measured=jumps / progress,
        limit=limits.share,
        unit="of all progress",
    )
