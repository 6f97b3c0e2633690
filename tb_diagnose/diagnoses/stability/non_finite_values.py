"""NaN or infinity in what was logged.

Why it matters:
    Once a loss or a weight is NaN every later step is NaN too: nothing that follows is training.
    TensorBoard leaves such points out of its charts, so that the curve merely seems to end.

How it is judged:
    Every value of every scalar at full resolution, and the smallest and largest number of every
    histogram, is tested for NaN and infinity. In a loss, a weight or a gradient that never comes
    back it is critical. A curve that recovers is a warning if it is a loss, else worth a note:
    a score of an empty class is 0/0, and mixed precision overflows now and then on purpose.

When it stays silent:
    Every value is finite.

What to try:
    Look at the run-up: a loss that rose before was thrown out by its step size, so divide the
    learning rate by 10 or clip the gradients' norm. A loss that fell smoothly before met a bad
    operation: log(0), a division by zero, an empty batch, an overflow in half precision.

Sources:
    Humbatova et al. 2020, "Taxonomy of real faults in deep learning systems", section 4;
    Micikevicius et al. 2018, "Mixed precision training", section 3.2 (overflow is expected there).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, plural, steps_of
from tb_diagnose.core.run import Histograms, Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of


class Limits(Thresholds):
    """From where on a run-up counts."""

    run_up: float = limit(
        3.0,
        unit="times the median before",
        source="chosen: a loss three times its usual value is no sampling noise",
    )


@diagnosis(family="stability", severity=Severity.CRITICAL, since="0.1")
def non_finite_values(
    scalars: tuple[Series, ...] | None,
    histograms: tuple[Histograms, ...] | None,
    train_loss: Series | None,
    val_loss: Series | None,
    gradient_norm: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """One piece of evidence for the losses, one for the layers, one for all other curves."""
    if not scalars and not histograms:
        raise NotApplicable("no values in this run", 'tf.summary.scalar("loss", loss, step)')
    losses = {id(curve) for curve in (train_loss, val_loss) if curve is not None}
    sick = [curve for curve in scalars or () if not all_of(np.isfinite(curve.values))]
    for curve in sorted(sick, key=lambda each: id(each) not in losses):
        if id(curve) in losses:
            yield _loss(curve, limits)
    if bad := [each for each in histograms or () if not all_of(np.isfinite(each.high - each.low))]:
        yield _layers(bad)
    others = [curve for curve in sick if id(curve) not in losses]
    if others and not losses & {id(curve) for curve in sick}:
        yield _others(others, gradient_norm)


def _loss(curve: Series, limits: Limits) -> Evidence:
    bad = ~np.isfinite(curve.values)
    first = int(np.argmax(bad))
    before = curve.values[:first]
    stays = bool(bad[first:].mean() > 0.5)
    climbed = len(before) >= 2 and before[-1] > limits.run_up * median(before)
    message = (
        f"{curve.name} is {_name(curve.values[first])} at step {curve.steps[first]}, "
        f"{plural(int(bad.sum()), 'value')} of {len(curve)} are not finite"
    )
    message += (
        f"; the last one before was {number(before[-1])}." if len(before) else " from the start."
    )
    fix = (
        "The loss rose before it broke: divide the learning rate by 10, or clip the gradients "
        "(clipnorm=1.0), and restart from the last checkpoint before that step."
        if climbed
        or (first and not np.isfinite(curve.values[first]) and np.isinf(curve.values[first]))
        else "Look at what that step did: log(0), a division by zero, NaN in the data; "
        "tf.debugging.enable_check_numerics() names the operation. A learning rate divided by "
        "10 tells whether it was the step size."
    )
    return Evidence(
        message=message,
        suggestion=fix,
        tag=curve.name,
        steps=steps_of(curve, bad),
        measured=float(bad.sum()),
        limit=0.0,
        unit="values",
        severity=Severity.CRITICAL if stays else Severity.WARNING,
    )


def _layers(bad: list[Histograms]) -> Evidence:
    def begins(each: Histograms) -> tuple[float, int]:
        first = int(np.argmin(np.isfinite(each.high - each.low)))
        return float(each.wall[first]), int(each.steps[first])

    earliest = min(bad, key=lambda each: begins(each)[1])
    return Evidence(
        message=f"{plural(len(bad), 'layer tensor')} hold NaN or infinity, first {earliest.name} at "
        f"step {begins(earliest)[1]}.",
        suggestion=f"Go back to a checkpoint before step {begins(earliest)[1]}; look at the layer of "
        f"{earliest.name} first.",
        tag=earliest.name,
        steps=(begins(earliest)[1],),
        measured=float(len(bad)),
        limit=0.0,
        unit="tensors",
        related=tuple(each.name for each in bad if each is not earliest),
    )


def _others(sick: list[Series], gradient_norm: Series | None) -> Evidence:
    curve = next((each for each in sick if each is gradient_norm), sick[0])
    bad = ~np.isfinite(curve.values)
    return Evidence(
        message=f"{curve.name} is {_name(curve.values[int(np.argmax(bad))])} at step "
        f"{curve.steps[int(np.argmax(bad))]} ({plural(int(bad.sum()), 'value')} of {len(curve)}), "
        "while the losses are finite.",
        suggestion="Check how it is computed (0/0 of an empty class or episode); a gradient norm that "
        "overflows now and then under mixed precision is the loss scale at work.",
        tag=curve.name,
        steps=steps_of(curve, bad),
        measured=float(bad.sum()),
        limit=0.0,
        unit="values",
        severity=Severity.INFO,
        related=tuple(each.name for each in sick if each is not curve),
    )


def _name(value: float) -> str:
    return "NaN" if np.isnan(value) else "infinite"
