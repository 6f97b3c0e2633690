"""Batches are so small that the gradient is mostly noise.

Why it matters:
    Steps point in a new direction each time and cancel out: the loss jumps about instead of
    falling, and batch normalisation has nothing to average.

How it is judged:
    How far the gradients of single steps lie from their mean over a window of steps, divided by
    the length of that mean, as the median over the run. At the limit of 3 a training takes
    1 + 3² = 10 times as many steps as it would with batches of any size. Only where the loss shows
    no learning and a batch holds fewer than 32 examples.

When it stays silent:
    Not measured, or in fewer than 5 steps; the loss falls: with a small enough rate a noisy
    gradient gets there too, and at the end of every training the noise is larger than the signal;
    32 examples a batch and more, where noise has other reasons.

What to try:
    Four times as many examples a batch, as long as memory lasts, or accumulate gradients over a
    few batches; else divide the learning rate by the same factor.

Sources:
    McCandlish et al. 2018, "An empirical model of large-batch training", section 2.2 (noise
    against signal, and the steps that it costs); Masters and Luschi 2018, "Revisiting small batch
    training" (small is not bad by itself); Bengio 2012, "Practical recommendations for
    gradient-based training" (32 is a good default).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import typical
from tb_diagnose.measure.medians import median
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How much noise, in how large a batch."""

    noise: float = limit(
        3.0, unit="of the mean gradient", source="McCandlish et al. 2018: 10 times the steps"
    )
    large: float = limit(32, unit="examples a batch", source="Bengio 2012: a good default")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("loss-oscillation", "slow-convergence", "loss-plateau", "no-learning"),
    since="0.1",
)
def batch_too_small(
    step_vitals: Vitals, train_loss: Series | None, chance: ChanceLevel | None, limits: Limits
) -> Iterator[Evidence]:
    """The median window."""
    noise = step_vitals.column("gradient_noise")[:, 0]
    known = noise[np.isfinite(noise)]
    if not len(known):
        raise NotApplicable("the noise of the gradient was not measured")
    sizes = step_vitals.column("batch_size")[:, 0]
    size = float(np.nan_to_num(typical(sizes[:, None])[0]))
    level = float(median(known))
    why = stalled(train_loss, chance)
    if level <= limits.noise or size >= limits.large or not why:
        return
    of = f"batches of {number(size)} examples" if size else "these batches"
    yield Evidence(
        message=f"With {of} the gradients of single steps lie {number(level)} times as far from their "
        f"mean as that one is long; {why}.",
        suggestion=f"model.fit(..., batch_size={4 * round(size)})"
        if size
        else "Batches 4 times as large",
        tag=step_vitals.name,
        steps=(int(step_vitals.steps[0]), int(step_vitals.steps[-1])),
        measured=level,
        limit=limits.noise,
        unit="of the mean gradient",
    )
