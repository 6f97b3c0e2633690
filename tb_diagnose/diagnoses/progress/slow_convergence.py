"""The loss falls in a straight line: the run has hardly begun to converge.

Why it matters:
    Training curves bend: they fall fast and then slowly. One that falls at one and the same pace
    from its start to its end has used a fraction of the step size it could stand, and would need
    many times the epochs it was given.

How it is judged:
    On at most 50 medians: the curve falls (Mann-Kendall, p < 0.001), the second half falls at
    least 0.7 times as much as the first, the last quarter still falls (p < 0.05, or by its whole
    share of a straight line where it has too few points for a test), and yet less than half of the
    starting level is gone by the end. Where less than a tenth is gone it is a warning, else a note.

When it stays silent:
    Fewer than 10 points; a curve that bends; a curve that has come down by more than half; a
    rate that is still warming up.

What to try:
    Multiply the learning rate by 3, then by 10. If the loss is huge, standardise the targets. If
    the rate is high already, the gradients are small: normalise the inputs, look at the depth.

Sources:
    Smith 2017, "Cyclical learning rates", section 3.3 (raising the rate until the loss turns);
    Google, "Deep learning tuning playbook".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.progress import training_course
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.trend import trend


class Limits(Thresholds):
    """How straight, how unfinished."""

    points: int = limit(10, unit="values", source="five in each half show a bend")
    chance: float = limit(0.001, unit="p-value", source="chosen: the fall must be beyond doubt")
    straight: float = limit(0.7, unit="of the first half's fall", source="calibrated on demo_logs")
    gone: float = limit(0.5, unit="of the start", source="chosen: more has converged somewhere")
    least: float = limit(0.02, unit="of the start", source="below, it is no-learning")
    crawl: float = limit(0.1, unit="of the start", source="chosen: five times the run to halve it")


@diagnosis(
    family="progress", severity=Severity.INFO, leads_to=("unfinished-training",), since="0.1"
)
def slow_convergence(
    train_loss: Series,
    learning_rate: Series | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """A straight line down that has not come far."""
    run = training_course(train_loss, limits.points)
    medians = run.condensed.values
    fell = float(run.start - run.end)
    if run.start <= 0 or not limits.least * run.start < fell < limits.gone * run.start:
        return
    ratio = _straightness(medians)
    if (
        ratio >= limits.straight
        and trend(medians).falling < limits.chance
        and _still_falls(medians, fell)
        and not _warming_up(learning_rate)
    ):
        yield _evidence(train_loss, run.start, run.end, ratio, optimizer, limits)


def _straightness(medians: NDArray[np.float64]) -> float:
    """Fall of the second half over fall of the first, between means of a tenth of the points."""
    tenth = max(1, len(medians) // 10)
    middle = len(medians) // 2
    start, end = medians[:tenth].mean(), medians[-tenth:].mean()
    centre = medians[middle - tenth // 2 : middle + max(1, tenth - tenth // 2)].mean()
    return float((centre - end) / (start - centre)) if start > centre else 0.0


def _still_falls(medians: NDArray[np.float64], fell: float) -> bool:
    last = medians[-(len(medians) // 4) :]
    share = float(last[0] - last[-1]) / fell
    return trend(last).falling < 0.05 or (len(last) < 4 and share > 0.5 / 4)


def _warming_up(rate: Series | None) -> bool:
    return rate is not None and len(rate) > 2 and bool(np.argmax(rate.values) > 0.8 * len(rate))


def _evidence(
    loss: Series,
    start: float,
    end: float,
    ratio: float,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Evidence:
    rate = optimizer.learning_rate if optimizer else None
    change = (
        f"Raise the learning rate from {rate:g} to {3 * rate:g}, then to {10 * rate:g}"
        if rate
        else ("Multiply the learning rate by 3, then by 10")
    )
    return Evidence(
        message=f"{loss.name} fell in a straight line from {number(start)} to {number(end)}, "
        f"{percent((start - end) / start)} in {len(loss)} values, and is still falling at the "
        "pace it began with.",
        suggestion=f"{change}; if the loss is this large by its scale, standardise the targets.",
        tag=loss.name,
        steps=(int(loss.steps[0]), int(loss.steps[-1])),
        measured=ratio,
        limit=limits.straight,
        unit="of the first half's fall",
        severity=Severity.WARNING if start - end < limits.crawl * start else None,
    )
